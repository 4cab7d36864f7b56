"""The history of pushes counts each outcome of a settlement once, whoever notes it; the table and the one in memory alike."""

from __future__ import annotations

from typing import Any, Protocol

import pytest
from causeway.contract.outcomes import Outcome, Result
from causeway.contract.runs import Failure, PushNote, counted
from causeway.errors import StoreUnavailable
from causeway.gateways.dynamodb.config.push_history import MAX_MARKS, TRIES, PushHistory
from causeway.gateways.dynamodb.config.runs import RunTable

from tests.support.pull.tables import Time
from tests.support.push.history import push_history_of
from tests.support.push.memory import MemoryHistory

RUN = "20260101T000000-push-lead"


class Table:
    """The history in DynamoDB."""

    def __init__(self, client: Any, time: Time) -> None:
        self.runs = RunTable(client, "config", time, 30)
        self.history = push_history_of(self.runs)

    def counts(self) -> dict[str, int]:
        found = self.runs.get("acme", RUN)
        return {word: count for word, count in found.counts.items() if word != "read"} if found else {}


class Memory:
    """The history in memory."""

    def __init__(self) -> None:
        self.history = MemoryHistory()

    def counts(self) -> dict[str, int]:
        return counted(outcome for *_, outcomes, _ in self.history.notes for outcome in outcomes)


class Kept(Protocol):
    """Either of them."""

    @property
    def history(self) -> Any: ...
    def counts(self) -> dict[str, int]: ...


@pytest.fixture(params=["table", "memory"])
def kept(request: pytest.FixtureRequest, client: Any, time: Time) -> Kept:
    return Table(client, time) if request.param == "table" else Memory()


def a_note(*keys: str, **changes: Any) -> PushNote:
    outcomes = {key: Outcome(key, Result.REJECTED if key.startswith("bad") else Result.CREATED) for key in keys}
    return PushNote(RUN, "lead", "1000.w1", outcomes, 1_000)._replace(**changes)


def test_what_a_worker_noted_is_not_counted_again_by_those_who_recognize_it(kept: Kept) -> None:
    kept.history.note_push("acme", a_note("a", "bad"))
    kept.history.note_push("acme", a_note("a", "bad", is_own=False))
    assert kept.counts() == {"created": 1, "rejected": 1}


def test_what_a_dead_worker_did_not_note_counts_once_however_its_messages_are_shared_out(kept: Kept) -> None:
    for keys in (("a", "bad"), ("c",), ("a", "c", "d"), ("bad",)):
        kept.history.note_push("acme", a_note(*keys, is_own=False))
    assert kept.counts() == {"created": 3, "rejected": 1}


def test_a_worker_that_only_stood_still_counts_what_others_did_not_count_meanwhile(kept: Kept) -> None:
    kept.history.note_push("acme", a_note("a", is_own=False))
    kept.history.note_push("acme", a_note("a", "c"))
    kept.history.note_push("acme", a_note("c", is_own=False))
    assert kept.counts() == {"created": 2}


def test_what_a_worker_left_to_a_redelivery_counts_when_it_turns_out_to_be_remembered(kept: Kept) -> None:
    kept.history.note_push("acme", a_note("a", left=["c"]))
    for _ in range(2):
        kept.history.note_push("acme", a_note("a", "c", is_own=False))
    assert kept.counts() == {"created": 2}


def test_the_same_settlement_noted_again_counts_once(kept: Kept) -> None:
    for _ in range(2):
        kept.history.note_push("acme", a_note("bad"))
    assert kept.counts() == {"rejected": 1}


def test_settlements_tenants_and_sources_are_counted_apart(kept: Kept) -> None:
    kept.history.note_push("acme", a_note("a"))
    kept.history.note_push("acme", a_note("a", settlement="1000.w2"))
    kept.history.note_push("acme", a_note("a", source="other"))
    assert kept.counts() == {"created": 3}


def test_more_changes_than_one_transaction_takes_are_counted(client: Any, time: Time) -> None:
    kept, keys = Table(client, time), [f"k{number}" for number in range(2 * MAX_MARKS + 1)]
    kept.history.note_push("acme", a_note(*keys[:5], is_own=False))
    kept.history.note_push("acme", a_note(*keys, is_own=False))
    assert kept.counts() == {"created": len(keys)}


def test_rejections_are_listed_with_the_counts(client: Any, time: Time) -> None:
    kept = Table(client, time)
    kept.history.note_push("acme", a_note("bad", is_own=False))
    assert kept.runs.failures("acme", RUN)[0] == [Failure("bad", None, "", "")]


@pytest.mark.parametrize("order", [(1_000, 2_000), (2_000, 1_000)])
def test_a_run_starts_with_its_first_message_whichever_is_noted_first(
    client: Any, time: Time, order: tuple[int, int]
) -> None:
    kept = Table(client, time)
    for place, started_at_ms in enumerate(order):
        kept.history.note_push("acme", a_note("a", settlement=f"1.w{place}", started_at_ms=started_at_ms))
    found = kept.runs.get("acme", RUN)
    assert found is not None
    assert (found.started_at_ms, found.ended_at_ms, found.counts["created"]) == (1_000, time(), 2)


class Meanwhile:
    """A client to whose first transaction something else happens before; then others are in the way `conflicts` times."""

    def __init__(self, client: Any, what: Any = None, conflicts: int = 0) -> None:
        self._client, self._what, self.conflicts = client, what, conflicts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, TransactItems: Any) -> Any:
        what, self._what = self._what, None
        if what:
            what()
        if self.conflicts:
            self.conflicts -= 1
            reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
            answer = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise self._client.exceptions.ClientError(answer, "TransactWriteItems")
        return self._client.transact_write_items(TransactItems=TransactItems)


@pytest.mark.parametrize("is_own", [True, False])
def test_who_notes_at_the_same_moment_counts_nothing_twice(client: Any, time: Time, is_own: bool) -> None:
    kept = Table(client, time)
    other = a_note("a", "c", is_own=not is_own)
    meanwhile = Meanwhile(client, lambda: kept.history.note_push("acme", other))
    PushHistory(meanwhile, "config", kept.runs, time).note_push("acme", a_note("a", "c", is_own=is_own))
    assert kept.counts() == {"created": 2}


def test_workers_that_meet_at_a_run_try_again(client: Any, time: Time) -> None:
    kept, pauses = Table(client, time), list[float]()
    crowded = Meanwhile(client, conflicts=TRIES - 1)
    PushHistory(crowded, "config", kept.runs, time, pauses.append).note_push("acme", a_note("a"))
    assert (kept.counts(), len(pauses)) == ({"created": 1}, TRIES - 1)


def test_a_run_that_stays_crowded_brings_the_messages_back(client: Any, time: Time) -> None:
    kept = Table(client, time)
    crowded = Meanwhile(client, conflicts=TRIES)
    with pytest.raises(StoreUnavailable, match="history"):
        PushHistory(crowded, "config", kept.runs, time, lambda seconds: None).note_push("acme", a_note("a"))
    assert kept.counts() == {}
