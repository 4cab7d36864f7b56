"""A worker dies around what it remembers and notes: the history counts each outcome once, with its rejections, in the run of its work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from causeway.contract.messages import Delivery
from causeway.contract.runs import Failure, PushNote, Run
from causeway.contract.timeline import Noted
from causeway.gateways.dynamodb.config.push_history import PushHistory
from causeway.gateways.dynamodb.config.runs import RunTable
from causeway.push.memory.identifiers import key_identifier

from tests.support.pull.tables import pull_tables
from tests.support.push.history import push_history_of
from tests.support.push.memory import LossyClaims, MemoryClaims, MemoryOutbound
from tests.support.push.world import TENANT, World, change, contact_sync, world

LEASE_OVER_MS = 800_000
GOOD = [change(f"good-{number}", last_name="L") for number in range(3)]
BAD = [change(f"bad-{number}", first_name="F") for number in range(2)]  # a contact needs a last name


class Killed(BaseException):
    """The worker's process is gone."""


class DiesBeforeNoting:
    """A history of runs that its worker never reaches."""

    def note_timeline(self, tenant: str, settlement: str, noted: Sequence[Noted]) -> None:
        pass

    def note_push(self, tenant: str, note: PushNote) -> None:
        raise Killed


class DiesAfterNoting:
    """A history whose worker dies as soon as it noted something."""

    def __init__(self, history: PushHistory) -> None:
        self._history = history

    def note_timeline(self, tenant: str, settlement: str, noted: Sequence[Noted]) -> None:
        self._history.note_timeline(tenant, settlement, noted)

    def note_push(self, tenant: str, note: PushNote) -> None:
        self._history.note_push(tenant, note)
        raise Killed


class DiesBeforeRemembering(MemoryClaims):
    """Claims whose worker dies when it stores what it settled."""

    def complete(self, tenant: str, entities: Mapping[str, tuple[int, str]], *, keep: bool = False) -> set[str]:
        if not keep:
            raise Killed
        return super().complete(tenant, entities, keep=keep)


class DiesBeforeSending(MemoryOutbound):
    """An outbound queue that its worker never reaches."""

    def send(self, tenant: str, bodies: Iterable[str]) -> None:
        raise Killed


class StoresUnheard(MemoryClaims):
    """Claims that are stored though the worker never hears so."""

    def complete(self, tenant: str, entities: Mapping[str, tuple[int, str]], *, keep: bool = False) -> set[str]:
        stored = super().complete(tenant, entities, keep=keep)
        return stored if keep else set()


class Recorded:
    """A world whose history lies in DynamoDB."""

    def __init__(self, w: World, client: Any) -> None:
        self.w = w
        self.runs = RunTable(client, "config", w.clock, 30)
        self.history = push_history_of(self.runs)

    def killed(self, message: Delivery, **replaced: Any) -> None:
        """Deliver a message to a worker that dies, and let its leases run out."""
        with pytest.raises(Killed):
            self.w.deliver(message, **{"history": self.history, **replaced})
        self.w.now += LEASE_OVER_MS

    def deliver(self, message: Delivery) -> None:
        """Deliver a message until it is done."""
        while redelivered := self.w.deliver(message, history=self.history).redelivered:
            self.w.now = max(self.w.now + 1_000, *redelivered.values())

    def run(self) -> Run:
        """Return the one run that there is."""
        (run,) = self.runs.page(TENANT)[0]
        return run

    def failures(self) -> list[Failure]:
        return sorted(self.runs.failures(TENANT, self.run().run_id)[0], key=lambda failure: failure.key)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorded]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with world(contact_sync()) as w, pull_tables() as client:
        yield Recorded(w, client)


def deaths(recorded: Recorded) -> dict[str, dict[str, Any]]:
    """Return what a worker dies at, by when."""
    w = recorded.w
    return {
        "before it remembers": {"claims": DiesBeforeRemembering(w.state, "dying", w.clock, 720_000)},
        "before it notes the run": {"history": DiesBeforeNoting()},
        "after it noted the run": {"history": DiesAfterNoting(recorded.history)},
        "before it sends the outcomes": {"outbound": DiesBeforeSending()},
    }


@pytest.mark.parametrize(
    "when",
    ["before it remembers", "before it notes the run", "after it noted the run", "before it sends the outcomes"],
)
def test_what_a_worker_did_before_it_died_counts_once_with_its_rejections(recorded: Recorded, when: str) -> None:
    message = recorded.w.message(*GOOD, *BAD)
    recorded.killed(message, **deaths(recorded)[when])
    recorded.deliver(message)
    done = {"created": 3} if when != "before it remembers" else {"unchanged": 3}
    assert recorded.run().counts == {"read": 5, "rejected": 2, **done}
    assert [failure.key for failure in recorded.failures()] == ["bad-0", "bad-1"]
    assert all("Last Name" in failure.reason for failure in recorded.failures())


def test_several_workers_that_die_one_after_another_count_once(recorded: Recorded) -> None:
    message = recorded.w.message(*GOOD, *BAD)
    for when in ("before it notes the run", "before it notes the run", "after it noted the run"):
        recorded.killed(message, **deaths(recorded)[when])
    recorded.deliver(message)
    assert recorded.run().counts == {"read": 5, "created": 3, "rejected": 2}


def test_each_message_of_a_dead_worker_counts_once_whoever_gets_it(recorded: Recorded) -> None:
    w = recorded.w
    first, second = w.message(*GOOD), w.message(*BAD)
    with pytest.raises(Killed):
        w.deliver(first, second, history=DiesBeforeNoting())
    w.now += LEASE_OVER_MS
    for message in (second, first):
        recorded.deliver(message)
    assert recorded.run().counts == {"read": 5, "created": 3, "rejected": 2}
    assert len(recorded.failures()) == 2


def test_what_was_stored_unheard_counts_once_when_it_is_recognized(recorded: Recorded) -> None:
    w, message = recorded.w, recorded.w.message(*GOOD)
    unheard = StoresUnheard(w.state, "unheard", w.clock, 720_000)
    assert w.deliver(message, history=recorded.history, claims=unheard).redelivered
    recorded.deliver(message)
    assert recorded.run().counts == {"read": 3, "created": 3}


def test_a_message_of_which_some_could_not_be_remembered_counts_each_change_once(recorded: Recorded) -> None:
    w, message = recorded.w, recorded.w.message(*GOOD, *BAD)
    lost = key_identifier(w.access.org_id, "lead", "good-0")
    assert w.deliver(message, history=recorded.history, claims=LossyClaims(w.state, w.clock, lost)).redelivered
    recorded.deliver(message)
    runs, _ = recorded.runs.page(TENANT)  # the redelivery comes in a later window
    assert sum(run.counts["read"] for run in runs) == 5
    assert {word for run in runs for word in run.counts} == {"read", "created", "rejected"}


def test_a_run_starts_when_its_first_message_was_sent(recorded: Recorded) -> None:
    w = recorded.w
    w.now += 137_000
    message, sent_ms = w.message(*GOOD), w.now
    w.now += 9_000
    recorded.killed(message, history=DiesBeforeNoting())
    recorded.deliver(message)
    assert (recorded.run().started_at_ms, recorded.run().ended_at_ms) == (sent_ms, w.now)


def test_a_refused_message_that_comes_again_counts_once(recorded: Recorded) -> None:
    message = recorded.w.message({"key": "k1", "feilds": {}})
    recorded.killed(message, outbound=DiesBeforeSending())
    recorded.deliver(message)
    assert recorded.run().counts == {"read": 1, "rejected": 1}


def test_the_same_change_sent_again_long_after_is_not_counted_again(recorded: Recorded) -> None:
    again = [{**each, "occurred_at": "2026-11-20T10:00:00Z"} for each in GOOD]
    recorded.deliver(recorded.w.message(*again))
    recorded.w.now += 20 * 86_400_000
    recorded.deliver(recorded.w.message(*again))
    assert recorded.run().counts == {"read": 3, "created": 3}
