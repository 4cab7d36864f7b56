"""What of a tenant needs a person, most urgent first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from causeway.api.bodies.overview import Need
from causeway.api.bodies.places import Place
from causeway.connections.connection import Connection, Status
from causeway.connections.statuses import CAUSES, sentence_of
from causeway.connections.usage import UsageReport
from causeway.contract.days import LastRun
from causeway.parked.groups import ParkedGroup
from causeway.syncs.sync import Sync

MOST_GROUPS = 5  # of parked changes; the page of all of them is one click away


def needs_of(
    connection: Connection,
    usage: UsageReport,
    syncs: Sequence[Sync],
    last_runs: Mapping[str, LastRun],
    refused: Sequence[ParkedGroup],
) -> list[Need]:
    """Return what needs a person; `refused` are groups of parked changes, largest first."""
    return [
        *_of_connection(connection),
        *_of_usage(usage),
        *(need for sync in syncs for need in _of_sync(sync, last_runs.get(sync.id))),
        *_of_groups(refused),
    ]


def _of_connection(connection: Connection) -> Iterator[Need]:
    if connection.status is Status.CONNECTED:
        return
    message, remedy = sentence_of(connection)
    code = connection.cause if connection.cause in CAUSES else "never_connected"
    level: Literal["error", "warning"] = "warning"
    if connection.status is Status.RECONNECTION_REQUIRED:
        level = "error"
    yield Need(code=code, level=level, message=message, remedy=remedy, place=Place(page="connection"))


def _of_usage(usage: UsageReport) -> Iterator[Need]:
    if usage.used is None or usage.pauses_at is None:
        return
    if usage.used >= usage.pauses_at:
        yield Need(
            code="quota_spent",
            level="error",
            message=f"The org has used {usage.used:,} of {usage.allowed:,} API calls; from {usage.pauses_at:,} on changes wait.",
            remedy="They go on by themselves. Let other tools use fewer calls, buy more, or raise the share that Causeway may use.",
            place=Place(page="connection"),
        )
    elif usage.is_alarming:
        yield Need(
            code="quota_alarm",
            level="warning",
            message=f"The org has used {usage.used:,} of its {usage.allowed:,} API calls of 24 hours.",
            remedy="Look which tools use most: Salesforce Setup → Company Information → API Requests, Last 24 Hours.",
            place=Place(page="connection"),
        )


def _of_sync(sync: Sync, last_run: LastRun | None) -> Iterator[Need]:
    place = Place(page="sync", sync=sync.id)
    errors = [problem for problem in sync.problems if problem.level == "error"]
    if sync.enabled and errors:
        yield Need(
            code=errors[0].code,
            level="error",
            message=f"{sync.id}: {errors[0].message}",
            remedy="Correct the row, or the field in Salesforce.",
            count=len(errors),
            place=place,
        )
    if sync.enabled and last_run is not None and last_run.status == "failed":
        yield Need(
            code="run_failed",
            level="error",
            message=f"{sync.id}: the last run failed. {last_run.detail}".strip(),
            remedy="Open the run for what to do; the next one goes on where it stopped.",
            place=Place(page="history", sync=sync.id),
        )


def _of_groups(refused: Iterable[ParkedGroup]) -> Iterator[Need]:
    for _, found in zip(range(MOST_GROUPS), refused, strict=False):
        entry = found.newest
        yield Need(
            code=entry.code,
            level="error",
            message=found.reason,
            remedy=entry.remedy,
            count=found.counted.changes,
            place=Place(page="parked", sync=entry.sync, group=found.counted.group),
        )
