"""API usage of the tenant's org."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causeway.api.bodies.shared import Usage
from causeway.api.routing import Call, Route
from causeway.connections.access.roles import Role
from causeway.salesforce.values.dates import rfc3339

if TYPE_CHECKING:
    from causeway.connections.connection import Connection
    from causeway.wiring.api import UseCases


def read_usage(call: Call, use: UseCases) -> Usage:
    """Read how many of its API calls the org has used."""
    return usage_now(call, use, use.connections.get(call.tenant))


def usage_now(call: Call, use: UseCases, connection: Connection) -> Usage:
    """Return the usage of a connection's org, and how changes are gathered because of it."""
    report = use.usage_of(call.tenant)
    gathering_s, pace = use.pace_of(connection)
    return Usage(
        used=report.used,
        allowed=report.allowed,
        share=report.share,
        read_at=None if report.read_at_ms is None else rfc3339(report.read_at_ms),
        pauses_at=report.pauses_at,
        is_alarming=report.is_alarming,
        gathering_s=gathering_s,
        pace=pace,
    )


ROUTES = (
    Route(
        "GET",
        "usage",
        read_usage,
        least=Role.VIEWER,
        answers=Usage,
    ),
)
