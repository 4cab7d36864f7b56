"""The shapes of the API's answers about runs."""

from __future__ import annotations

from causeway.api.bodies.shared import Answer


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
