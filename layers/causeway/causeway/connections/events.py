"""Change a connection's status and tell: history, event, and a mark that both were done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from causeway.connections.statuses import sentence_of
from causeway.connections.tokens.grants import ConnectionRecord
from causeway.connections.tokens.ports import Connections, TokenPorts
from causeway.connections.transitions import next_check_ms
from causeway.errors import RetryableError
from causeway.salesforce.dates import rfc3339

_ATTEMPTS = 5


class Meanwhile(RetryableError):
    """A connection was changed by others again and again while this change was tried."""

    code = "connection_changed_meanwhile"


def changed(
    connections: Connections, tenant: str, change: Callable[[ConnectionRecord], ConnectionRecord | None]
) -> tuple[ConnectionRecord, ConnectionRecord]:
    """
    Apply `change` to the newest record and return the record before and after; None from `change` leaves it as it is.

    Raises Meanwhile when others win five times in a row.
    """
    for _ in range(_ATTEMPTS):
        before = connections.record(tenant)
        after = change(before)
        if after is None:
            return before, before
        if connections.save(before, after):
            return before, after
    raise Meanwhile("The connection is being changed by others right now.", "Try again in a minute.", retry_after_s=5)


def announced(record: ConnectionRecord, ports: TokenPorts) -> ConnectionRecord:
    """
    Write the present status to the history, send its event, and return the record as it is then.

    A crash in between is made good by the scheduled check, which finds the mark missing; so an event may come twice.
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
