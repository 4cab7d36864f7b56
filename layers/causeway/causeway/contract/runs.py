"""Runs: the entries of the sync history, push activity grouped by time window. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from causeway.contract.outcomes import Outcome, Result

WINDOW_MS = 5 * 60_000
MAX_FAILURES_PER_NOTE = 100
COUNTS = ("read", *(result.value for result in Result))


class Failure(NamedTuple):
    """One failing record of a run: its key, code, and the reason and remedy for a person."""

    key: str
    sync: str | None
    code: str
    reason: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """
    One entry of the sync history; times in epoch ms, `counts` by the words of COUNTS.

    `detail` says how it ended or what it waits for, `remedy` what to do. While it waits: since when, when it tries again (0:
    when somebody acts), and when it gives up (0: the schedule goes on with it). `total`: how many rows it will read, where known.
    """

    run_id: str
    tenant: str
    kind: str
    trigger: str
    source: str
    sync: str = ""
    started_at_ms: int = 0
    ended_at_ms: int = 0
    status: str = "running"
    detail: str = ""
    remedy: str = ""
    waiting_since_ms: int = 0
    next_try_ms: int = 0
    waits_until_ms: int = 0
    api_calls: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    total: int | None = None

    @property
    def percent(self) -> int | None:
        """Return how much of the total was read, 100 once all was; None where the total is not known."""
        if self.total is None:
            return None
        if self.status == "completed" or not self.total:
            return 100
        return min(99, self.counts.get("read", 0) * 100 // self.total)


class RunFilter(NamedTuple):
    """
    Which runs are looked for; "" and None let every run pass. `outcome` is a word of its counts that is not zero.

    `sync_source` is the source of `sync`: a push is grouped by source, so its run counts the changes of all the source's syncs.
    """

    kind: str = ""
    status: str = ""
    source: str = ""
    sync: str = ""
    sync_source: str = ""
    outcome: str = ""
    since_ms: int | None = None
    until_ms: int | None = None

    def fits(self, run: Run) -> bool:
        """Return whether a run is looked for."""
        named = ((self.kind, run.kind), (self.status, run.status), (self.source, run.source))
        return (
            all(wanted in ("", found) for wanted, found in named)
            and (not self.sync or run.sync == self.sync or (not run.sync and run.source == self.sync_source))
            and (not self.outcome or run.counts.get(self.outcome, 0) > 0)
            and (self.since_ms is None or run.started_at_ms >= self.since_ms)
            and (self.until_ms is None or run.started_at_ms < self.until_ms)
        )


class PushNote(NamedTuple):
    """
    Outcomes of one settlement that the history gets: each by a mark that names its change and sync within the settlement.

    `started_at_ms` (epoch ms) is when the first of their messages was sent. `left` are marks of changes that the settlement leaves
    to a redelivery though it may have remembered them. Without `is_own` another worker settled them, and may have noted them.
    """

    run_id: str
    source: str
    settlement: str
    outcomes: Mapping[str, Outcome]
    started_at_ms: int
    api_calls: int = 0
    left: Collection[str] = ()
    is_own: bool = True


def run_id_at(at_ms: int, *parts: str) -> str:
    """Return an id that sorts by time, such as `20261120T100000-push-lead`."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y%m%dT%H%M%S")
    return "-".join([moment, *parts])


def push_run_id(source: str, at_ms: int) -> str:
    """Return the run that push activity of a source falls into at a time: there is one for each window."""
    return run_id_at(at_ms - at_ms % WINDOW_MS, "push", source)


def counted(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Return how many outcomes there are of each result."""
    return dict(Counter(outcome.result.value for outcome in outcomes))


def failures(outcomes: Iterable[Outcome]) -> list[Failure]:
    """Return the failing records among outcomes, as many as one note keeps."""
    found = (
        Failure(item.key, item.sync, item.code or "", item.detail or "", item.remedy or "")
        for item in outcomes
        if item.result is Result.REJECTED
    )
    return list(found)[:MAX_FAILURES_PER_NOTE]
