"""Reports how much of its API quota a tenant's org has used, and how much Causeway may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from causeway.connections.connection import Connection
from causeway.connections.gates import share_percent

ALARM_SHARE = 0.8


class Connections(Protocol):
    """Stored connections: see gateways/dynamodb/config/connections.py."""

    def get(self, tenant: str) -> Connection: ...


@dataclass(frozen=True, slots=True)
class UsageReport:
    """
    The org's API calls of the last 24 hours, by all of its tools, as read from its last answer to Causeway.

    `allowed` is what the org's edition and licences give; both are None before the first call. `pauses_at` is the count at which
    Causeway stops and keeps changes waiting, so that the rest stays free for the tenant's other tools.
    """

    used: int | None
    allowed: int | None
    share: float | None
    read_at_ms: int | None
    pauses_at: int | None
    is_alarming: bool


def usage_of(tenant: str, connections: Connections, quota_share_percent: int) -> UsageReport:
    """Return the tenant's usage."""
    connection = connections.get(tenant)
    usage = connection.usage
    if usage is None:
        return UsageReport(None, None, None, None, None, is_alarming=False)
    return UsageReport(
        used=usage.used,
        allowed=usage.allowed,
        share=round(usage.share, 4),
        read_at_ms=usage.read_at_ms,
        pauses_at=usage.allowed * share_percent(connection, quota_share_percent) // 100,
        is_alarming=usage.share >= ALARM_SHARE,
    )
