"""
Items that earlier versions stored are read by today's code: an upgrade finds its connections, syncs, links, runs and parked changes.

Each file of `earlier_shapes` holds items as a version wrote them (`first_version.json`: by the handlers of 2026-11-20), bytes in base64.
They are never changed; a shape that comes to be is a new file.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from causeway.connections.connection import Status
from causeway.gateways.dynamodb.config.checkpoints import CheckpointTable
from causeway.gateways.dynamodb.config.connections import ConnectionTable
from causeway.gateways.dynamodb.config.fields import FieldTable
from causeway.gateways.dynamodb.config.runs import RunTable
from causeway.gateways.dynamodb.config.syncs import SyncTable
from causeway.gateways.dynamodb.parked.store import ParkedTable
from causeway.gateways.dynamodb.state.claims import ClaimTable
from causeway.push.memory.claims.answers import Held
from causeway.push.memory.entity import Entity
from moto import mock_aws

from tests.support.api.factories import (
    CONFIG_TABLE,
    PARKED_BUCKET,
    PARKED_TABLE,
    STATE_TABLE,
    a_config_table,
    a_parked_table,
    a_state_table,
)

STORED: list[dict[str, Any]] = json.loads((Path(__file__).parent / "earlier_shapes" / "first_version.json").read_text())
TABLES = {"config_table": CONFIG_TABLE, "state_table": STATE_TABLE, "parked_table": PARKED_TABLE}
NOW_MS = 1_796_073_600_000  # minutes after they were written: nothing has expired
TENANT, ORG = "acme", "00D8qlF00000001ECA"
CONTACT = "0038qlF00000001ACA"


@pytest.fixture(scope="module")
def stored() -> Iterator[tuple[Any, Any]]:
    """Put every item where it was; yield the clients of DynamoDB and S3."""
    with mock_aws():
        client = a_config_table()
        a_state_table()
        _, objects = a_parked_table()
        for entry in STORED:
            item = {
                name: {kind: b64decode(value) if kind == "B" else value}
                for name, typed in entry["item"].items()
                for kind, value in typed.items()
            }
            client.put_item(TableName=TABLES[entry["table"]], Item=item)
        yield client, objects


def items(attribute: str) -> list[dict[str, Any]]:
    return [entry["item"] for entry in STORED if attribute in entry["item"]]


def test_a_connection(stored: tuple[Any, Any]) -> None:
    connection = ConnectionTable(stored[0], CONFIG_TABLE).get(TENANT)
    assert (connection.status, connection.org_id, connection.epoch) == (Status.CONNECTED, ORG, 1)


def test_syncs(stored: tuple[Any, Any]) -> None:
    found = {sync.id: sync for sync in SyncTable(stored[0], CONFIG_TABLE).list(TENANT)}
    assert set(found) == {"lead-contact", "contacts"}
    assert (found["lead-contact"].sobject, found["lead-contact"].pushes, found["contacts"].pulls) == (
        "Contact",
        True,
        True,
    )
    assert found["lead-contact"].mappings


def test_fields_that_were_learned(stored: tuple[Any, Any]) -> None:
    assert {field.name for field in FieldTable(stored[0], CONFIG_TABLE).get(TENANT, "lead")} == {"email", "last_name"}


def test_runs_and_their_refusals(stored: tuple[Any, Any]) -> None:
    table = RunTable(stored[0], CONFIG_TABLE, lambda: NOW_MS, 30)
    runs, _ = table.page(TENANT)
    assert {run.kind for run in runs} == {"push", "pull"}
    assert {run.status for run in runs} == {"completed"}


def test_a_person_is_known_by_key_address_and_record(stored: tuple[Any, Any]) -> None:
    claims = ClaimTable(stored[0], STATE_TABLE, "worker-1", lambda: NOW_MS, 60_000)
    pointer = items("home")[0]["pk"]["S"].partition("#")[2]
    entity_id = claims.look(TENANT, [pointer])[pointer].entity
    assert entity_id == items("home")[0]["home"]["S"]
    assert entity_id is not None
    assert claims.owners(TENANT, ORG, [CONTACT]) == {CONTACT: entity_id}
    held = claims.acquire(TENANT, [entity_id])[entity_id]
    assert isinstance(held, Held)
    entity = Entity.parse(held.state)
    (known,) = entity.keys.values()
    assert known["of"] == ["lead", "k1"]
    assert known["links"] == {"Contact": CONTACT}
    assert entity.times[CONTACT]
    assert Entity.parse(entity.text()).times == entity.times


def test_parked_changes_of_every_kind(stored: tuple[Any, Any]) -> None:
    table = ParkedTable(stored[0], PARKED_TABLE, stored[1], PARKED_BUCKET, lambda: NOW_MS, 90)
    found = [*table.page(TENANT).entries, *table.page("_unreadable").entries]
    assert sorted((entry.code, entry.key) for entry in found if entry.key) == [
        ("invalid_message", "k2"),
        ("missing_required_field", "k1"),
    ]
    assert {entry.code for entry in found if not entry.key} == {"crashed", "invalid_message"}
    assert all(entry.body and entry.reason for entry in found)


def test_where_a_pull_goes_on(stored: tuple[Any, Any]) -> None:
    held = CheckpointTable(stored[0], CONFIG_TABLE, lambda: NOW_MS).claim(TENANT, "contacts", ORG, "worker-1", 60_000)
    assert held is not None
    assert held.checkpoint.read_upto_ms == 1_796_073_481_000
    assert held.checkpoint.phase == "done"
