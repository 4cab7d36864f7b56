"""The shapes of the API's answers about runs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, Field

from causeway.api.bodies.shared import Answer
from causeway.api.paging import Page
from causeway.contract.names import SOURCE, SYNC_ID, Strict
from causeway.pull.planning.imports import MAX_IDS

Outcome = Literal[
    "created", "updated", "unchanged", "skipped", "rejected", "waiting", "deleted", "merged", "converted", "echoed"
]


class ImportRequest(Strict):
    """Which records of the sync's rule to import once; neither `ids` nor `filter` means all of them."""

    ids: list[str] = Field(
        default=[], max_length=MAX_IDS, description="Salesforce Ids; those outside the rule are left out."
    )
    filter: dict[str, Any] | None = Field(
        default=None, description="A filter as in `pull.filter`, in addition to the rule."
    )


class RunQuery(Page):
    """
    Which runs to list; all filters must fit. `outcome` is a count of the run that is not zero.

    `sync` finds its pulls and imports, and the pushes of its source, which are grouped by source. `record` (a key, an e-mail address
    or a Salesforce Id) finds the pushes that decided changes of the product's records of that name, the last 100 of each.
    """

    kind: Literal["push", "pull", "bidirectional"] | None = None
    status: str | None = Field(default=None, pattern=r"^[a-z_]{1,32}$")
    outcome: Outcome | None = None
    source: str | None = Field(default=None, pattern=SOURCE)
    sync: str | None = Field(default=None, pattern=SYNC_ID)
    since: AwareDatetime | None = Field(default=None, description="Runs that began then or later.")
    until: AwareDatetime | None = Field(default=None, description="Runs that began before.")
    record: str | None = Field(default=None, min_length=1, max_length=256)


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
