"""Builds the tables, each once per execution environment."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from causeway.wiring.clients import aws, now_ms, settings

if TYPE_CHECKING:
    from causeway.gateways.dynamodb.config.checkpoints import CheckpointTable
    from causeway.gateways.dynamodb.config.connections import ConnectionTable
    from causeway.gateways.dynamodb.config.describes import DescribeTable
    from causeway.gateways.dynamodb.config.due_syncs import DueSyncTable
    from causeway.gateways.dynamodb.config.fields import FieldTable
    from causeway.gateways.dynamodb.config.markers import MarkerTable
    from causeway.gateways.dynamodb.config.push_history import PushHistory
    from causeway.gateways.dynamodb.config.runs import RunTable
    from causeway.gateways.dynamodb.config.syncs import SyncTable
    from causeway.gateways.dynamodb.lookup_answers import LookupAnswers
    from causeway.gateways.dynamodb.parked.gathering import GatheringTable
    from causeway.gateways.dynamodb.parked.store import ParkedTable
    from causeway.gateways.dynamodb.relays import RelayTable
    from causeway.gateways.dynamodb.state.synced import SyncedTable


@cache
def connection_table() -> ConnectionTable:
    """Return the connections of every tenant."""
    from causeway.gateways.dynamodb.config.connections import ConnectionTable

    return ConnectionTable(aws("dynamodb"), settings().config_table)


@cache
def marker_table() -> MarkerTable:
    """Return the used links, the OAuth states and the sessions."""
    from causeway.gateways.dynamodb.config.markers import MarkerTable

    return MarkerTable(aws("dynamodb"), settings().config_table)


@cache
def sync_table() -> SyncTable:
    """Return the syncs of every tenant."""
    from causeway.gateways.dynamodb.config.syncs import SyncTable

    return SyncTable(aws("dynamodb"), settings().config_table)


@cache
def due_sync_table() -> DueSyncTable:
    """Return the index of syncs by the time that their pull is due."""
    from causeway.gateways.dynamodb.config.due_syncs import DueSyncTable

    return DueSyncTable(aws("dynamodb"), settings().config_table)


@cache
def relay_table() -> RelayTable:
    """Return the event relays of every tenant."""
    from causeway.gateways.dynamodb.relays import RelayTable

    return RelayTable(aws("dynamodb"), settings().config_table)


@cache
def field_table() -> FieldTable:
    """Return the product's field lists."""
    from causeway.gateways.dynamodb.config.fields import FieldTable

    return FieldTable(aws("dynamodb"), settings().config_table)


@cache
def describe_table() -> DescribeTable:
    """Return the cached describes."""
    from causeway.gateways.dynamodb.config.describes import DescribeTable

    return DescribeTable(aws("dynamodb"), settings().config_table)


@cache
def lookup_answers() -> LookupAnswers:
    """Return the kept answers of lookups."""
    from causeway.gateways.dynamodb.lookup_answers import LookupAnswers

    return LookupAnswers(aws("dynamodb"), settings().config_table)


@cache
def checkpoint_table() -> CheckpointTable:
    """Return how far each pull has come."""
    from causeway.gateways.dynamodb.config.checkpoints import CheckpointTable

    return CheckpointTable(aws("dynamodb"), settings().config_table, now_ms)


@cache
def run_table() -> RunTable:
    """Return the sync history."""
    from causeway.gateways.dynamodb.config.runs import RunTable

    return RunTable(aws("dynamodb"), settings().config_table, now_ms, settings().history_retention_days)


@cache
def push_history() -> PushHistory:
    """Return the sync history as push writes it."""
    from causeway.gateways.dynamodb.config.push_history import PushHistory

    return PushHistory(aws("dynamodb"), settings().config_table, run_table(), now_ms)


@cache
def synced_table() -> SyncedTable:
    """Return the values that both sides had at the last sync."""
    from causeway.gateways.dynamodb.state.synced import SyncedTable

    return SyncedTable(aws("dynamodb"), settings().state_table)


@cache
def gathering_table() -> GatheringTable:
    """Return the windows of paced delivery, and what they hold."""
    from causeway.gateways.dynamodb.parked.gathering import GatheringTable

    return GatheringTable(aws("dynamodb"), settings().parked_table, now_ms)


@cache
def parked_table() -> ParkedTable:
    """Return the parked changes: a table, and a bucket for large bodies."""
    from causeway.gateways.dynamodb.parked.store import ParkedTable

    known = settings()
    return ParkedTable(
        aws("dynamodb"), known.parked_table, aws("s3"), known.parked_bucket, now_ms, known.parked_retention_days
    )
