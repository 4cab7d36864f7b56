"""Publishes a connection's status: in the history, as an event, and with a mark that both were done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from causeway.connections.statuses import sentence_of
from causeway.connections.tokens.grants import ConnectionRecord
from causeway.connections.tokens.ports import TokenPorts
from causeway.connections.transitions import next_check_ms
from causeway.salesforce.values.dates import rfc3339


def publish_status(record: ConnectionRecord, ports: TokenPorts) -> ConnectionRecord:
    """
    Write the current status to the history, publish its event, and return the record marked so.

    After a crash in between, the scheduled check finds the mark missing and publishes again, so an event may come twice.
    """
    if record.announced_epoch == record.connection.epoch:
        return record
    ports.connections.note_status(record.connection)
    ports.events.publish("connection.status_changed", _detail(record))
    after = replace(record, announced_epoch=record.connection.epoch)
    after = replace(after, due_at_ms=next_check_ms(after, ports.now_ms(), ports.jitter()))
    ports.connections.save(record, after)
    return after


def _detail(record: ConnectionRecord) -> dict[str, Any]:
    connection = record.connection
    message, remedy = sentence_of(connection)
    return {
        "tenant": connection.tenant,
        "status": connection.status.value,
        "previous_status": record.previous,
        "cause": connection.cause or None,
        "message": message or None,
        "remedy": remedy or None,
        "since": rfc3339(connection.since_ms),
        "org_id": connection.org_id or None,
        "epoch": connection.epoch,
    }
