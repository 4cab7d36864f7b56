"""Applies a change to a stored connection, again when somebody else changed it meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from causeway.connections.tokens.grants import ConnectionRecord
from causeway.connections.tokens.ports import Connections
from causeway.errors import RetryableError

_ATTEMPTS = 5


class Meanwhile(RetryableError):
    """Others changed the connection each time that this change was tried."""

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
