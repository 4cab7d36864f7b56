"""The shapes of the API's answers about runs."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from causeway.api.bodies.shared import Answer
from causeway.contract.names import Strict
from causeway.pull.planning.imports import MAX_IDS


class ImportRequest(Strict):
    """Which records of the sync's rule to import once; neither `ids` nor `filter` means all of them."""

    ids: list[str] = Field(
        default=[], max_length=MAX_IDS, description="Salesforce Ids; those outside the rule are left out."
    )
    filter: dict[str, Any] | None = Field(
        default=None, description="A filter as in `pull.filter`, in addition to the rule."
    )


class Waiting(Answer):
    """Since when a run waits for what its `detail` says, when it tries again (null: when somebody acts), when it gives up."""

    since: str
    next_try_at: str | None
    until: str | None


class Run(Answer):
    """
    One entry of the history; `counts` grow while it goes on. `detail`: how it ended, or what it waits for.

    `total`: how many rows it will read, where known, and `percent` how much of it was read.
    """

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
    total: int | None = None
    percent: int | None = None


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
