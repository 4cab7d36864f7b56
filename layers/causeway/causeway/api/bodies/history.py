"""The shapes of the API's answers about parked changes and runs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from causeway.api.bodies.shared import Answer
from causeway.api.paging import Page
from causeway.contract.names import SOURCE, Strict

UNREADABLE = "_unreadable"


class ParkedQuery(Page):
    """Which parked changes: of one reason, source or record; `tenant=_unreadable` shows operators what named no tenant."""

    code: str | None = Field(default=None, min_length=1, max_length=128)
    source: str | None = Field(default=None, pattern=SOURCE)
    key: str | None = Field(default=None, min_length=1, max_length=256)
    tenant: Literal["_unreadable"] | None = None


class ParkedChange(Answer):
    """One change that is kept with its reason; `change` as it was sent, or `body` when it could not be parsed."""

    parked_id: str
    tenant: str
    source: str | None
    key: str | None
    sync: str | None
    code: str
    reason: str
    remedy: str
    parked_at: str
    retry_when: str | None = Field(description="What it waits for before it goes on by itself; null needs `redrive`.")
    change: dict[str, Any] | None = None
    body: str | None = None


class Parked(Answer):
    """Parked changes by id."""

    parked: list[ParkedChange]
    next: str | None = None


class RedriveRequest(Strict):
    """Which parked changes to send again: all, or those of one reason, source or record."""

    code: str | None = Field(default=None, min_length=1, max_length=128)
    source: str | None = Field(default=None, pattern=SOURCE)
    key: str | None = Field(default=None, min_length=1, max_length=256)


class Accepted(Answer):
    """It is on its way, for what was named."""

    accepted: bool
    code: str | None
    source: str | None
    key: str | None


class Waiting(Answer):
    """Since when a run waits for what its `detail` says, when it tries again (null: when somebody acts), when it gives up."""

    since: str
    next_try_at: str | None
    until: str | None


class Run(Answer):
    """One entry of the history; `counts` grow while it goes on. `detail`: how it ended, or what it waits for."""

    id: str
    kind: str
    trigger: str
    source: str | None
    sync: str | None
    started_at: str | None
    ended_at: str | None
    status: str
    detail: str | None
    remedy: str | None
    waiting: Waiting | None
    api_calls: int
    counts: dict[str, int]


class Runs(Answer):
    """Runs, newest first."""

    runs: list[Run]
    next: str | None = None


class FailedRecord(Answer):
    """One record that failed in a run."""

    key: str
    sync: str | None
    code: str
    reason: str
    remedy: str


class RunDetail(Run):
    """One run with its failing records; `next` leads to more of them."""

    failures: list[FailedRecord]
    next: str | None = None
