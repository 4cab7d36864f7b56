"""The shapes of the API's answer about how a tenant is doing."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from causeway.api.bodies.places import Place
from causeway.api.bodies.shared import Answer, Usage
from causeway.connections.connection import Status


class DayCounts(Answer):
    """What became of the changes of one day (UTC); a change counts once for each sync. `written` is created and updated."""

    day: str
    written: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    refused: int
    waiting: int = Field(description="That began to wait on this day; they count again once they went on.")
    api_calls: int = Field(description="That Causeway's pushes made.")


class Need(Answer):
    """One thing that needs a person: what is the matter, what to do, and where."""

    code: str
    level: Literal["error", "warning"]
    message: str
    remedy: str
    count: int | None = None
    place: Place


class UsageForecast(Usage):
    """The org's API calls, and where their count is heading."""

    share_percent: int = Field(description="How much of the allowance Causeway may use up.")
    forecast: int | None = Field(
        description="The count at the end of the day (UTC) if it goes on as in the last hours; null while that is unknown."
    )


class EndedRun(Answer):
    """The pull of a sync that ended last."""

    id: str
    status: str
    ended_at: str
    detail: str | None


class SyncState(Answer):
    """One sync: when it worked last and comes next, and its counts of the days shown."""

    id: str
    source: str
    sobject: str
    direction: str
    enabled: bool
    position: int
    written: int
    refused: int
    errors: int = Field(description="Findings of the save check that keep rows from being written.")
    last_change_at: str | None
    last_run: EndedRun | None
    next_run_at: str | None


class ConnectionState(Answer):
    """Whether the tenant's org can be reached, and what to do if not."""

    status: Status
    cause: str | None
    message: str | None
    remedy: str | None
    since: str | None
    name: str | None
    environment: str
    org_id: str | None
    username: str | None
    instance_url: str | None


class Overview(Answer):
    """How a tenant is doing: what needs a person first, then the connection, the days, the syncs."""

    needs: list[Need]
    connection: ConnectionState
    usage: UsageForecast
    days: list[DayCounts]
    refused: int = Field(description="Changes that are parked until a person has mended the cause.")
    waiting: int = Field(description="Changes that go on by themselves.")
    syncs: list[SyncState]
