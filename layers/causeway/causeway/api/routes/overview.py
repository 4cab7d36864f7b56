"""How a tenant is doing, in one answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from causeway.api.bodies.overview import (
    ConnectionState,
    DayCounts,
    EndedRun,
    Overview,
    SyncState,
    UsageForecast,
)
from causeway.api.needs import needs_of
from causeway.api.routes.usage import usage_now
from causeway.api.routing import Call, Route
from causeway.connections.access.roles import Role
from causeway.connections.forecast import forecast_used
from causeway.connections.statuses import sentence_of
from causeway.contract.days import DAYS_SHOWN, Day, LastRun
from causeway.salesforce.values.dates import rfc3339
from causeway.syncs.schedules import next_due_ms

if TYPE_CHECKING:
    from causeway.connections.connection import Connection
    from causeway.syncs.sync import Sync
    from causeway.wiring.api import UseCases


def read_overview(call: Call, use: UseCases) -> Overview:
    """Read how the tenant is doing: what needs a person, the connection, API use with its forecast, 14 days, and every sync."""
    connection, now_ms = use.connections.get(call.tenant), use.now_ms()
    shown = _days_until(now_ms)
    days = {day.day: day for day in use.runs.days.since(call.tenant, shown[0])}
    syncs, parked = use.syncs.list(call.tenant), use.parked.groups(call.tenant).groups
    refused = [group for group in parked if not group.newest.is_waiting]
    runs = {sync: run for day in days.values() for sync, run in day.last_runs.items()}
    return Overview(
        needs=needs_of(connection, use.usage_of(call.tenant), syncs, runs, refused),
        connection=_connection(connection),
        usage=_usage(call, use, connection),
        days=[_counts(days.get(day, Day(day, {}, 0, {}, {}))) for day in shown],
        refused=sum(group.counted.changes for group in refused),
        waiting=sum(group.counted.changes for group in parked if group.newest.is_waiting),
        syncs=[_sync(call.tenant, sync, list(days.values()), runs, now_ms) for sync in syncs],
    )


def _days_until(now_ms: int) -> list[str]:
    today = datetime.fromtimestamp(now_ms / 1000, UTC)
    return [f"{today - timedelta(days=ago):%Y-%m-%d}" for ago in reversed(range(DAYS_SHOWN))]


def _connection(connection: Connection) -> ConnectionState:
    message, remedy = sentence_of(connection)
    return ConnectionState(
        status=connection.status,
        cause=connection.cause or None,
        message=message or None,
        remedy=remedy or None,
        since=rfc3339(connection.since_ms) if connection.since_ms else None,
        name=connection.name or None,
        environment=connection.environment,
        org_id=connection.org_id or None,
        username=connection.username or None,
        instance_url=connection.instance_url or None,
    )


def _usage(call: Call, use: UseCases, connection: Connection) -> UsageForecast:
    usage = connection.usage
    return UsageForecast(
        **usage_now(call, use, connection).model_dump(),
        share_percent=use.share_percent(connection),
        forecast=forecast_used(usage, use.connections.earlier_usage(call.tenant)) if usage else None,
    )


def _counts(day: Day) -> DayCounts:
    return DayCounts(
        day=day.day,
        written=day.total("created", "updated"),
        created=day.total("created"),
        updated=day.total("updated"),
        unchanged=day.total("unchanged"),
        skipped=day.total("skipped"),
        refused=day.total("rejected"),
        waiting=day.total("waiting"),
        api_calls=day.api_calls,
    )


def _sync(tenant: str, sync: Sync, days: Sequence[Day], runs: Mapping[str, LastRun], now_ms: int) -> SyncState:
    last_change_ms = max((day.last_change_ms.get(sync.id, 0) for day in days), default=0)
    counts = [day.counts.get(sync.id, {}) for day in days]
    next_ms = next_due_ms(sync.pull.schedule, now_ms, f"{tenant}/{sync.id}") if sync.enabled and sync.pulls else None
    return SyncState(
        id=sync.id,
        source=sync.source,
        sobject=sync.sobject,
        direction=sync.direction,
        enabled=sync.enabled,
        position=sync.position,
        written=sum(each.get("created", 0) + each.get("updated", 0) for each in counts),
        refused=sum(each.get("rejected", 0) for each in counts),
        errors=sum(problem.level == "error" for problem in sync.problems),
        last_change_at=rfc3339(last_change_ms) if last_change_ms else None,
        last_run=_run(runs[sync.id]) if sync.id in runs else None,
        next_run_at=rfc3339(next_ms) if next_ms else None,
    )


def _run(run: LastRun) -> EndedRun:
    return EndedRun(id=run.run_id, status=run.status, ended_at=rfc3339(run.ended_at_ms), detail=run.detail or None)


ROUTES = (Route("GET", "overview", read_overview, least=Role.VIEWER, answers=Overview),)
