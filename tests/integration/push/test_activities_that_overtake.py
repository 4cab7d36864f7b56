"""An activity that overtakes its person waits: while the person is written, until it is pushed, or for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pytest
from causeway.errors import StoreUnavailable
from causeway.push.memory.claims.answers import Claim
from causeway.salesforce.calls import Lookup, Row

from tests.support.push.memory import MemoryClaims, MemoryParked
from tests.support.push.world import CountedCalls, Interrupted, World, change, sync, world

WAIT_MS = 600_000
PEOPLE = sync("people", "Contact", ("last_name", "LastName"), source="people")
CHATS = sync("chat", "Task", ("subject", "Subject"), source="chat")
ABOUTS: list[dict[str, str]] = [{"source": "people", "key": "p1"}, {"email": "ada@example.com"}]
each_about = pytest.mark.parametrize("about", ABOUTS, ids=["key", "address"])


class AfterRead(CountedCalls):
    """Calls to the org; something happens after the first read."""

    def __init__(self, w: World, what: Callable[[], Any]) -> None:
        super().__init__(w.org, w)
        self._what: Callable[[], Any] | None = what

    def read(self, lookups: Sequence[Lookup], timeout_s: float = 60.0) -> list[list[Row]]:
        rows = super().read(lookups, timeout_s)
        what, self._what = self._what, None
        if what:
            what()
        return rows


class LateClaims(MemoryClaims):
    """Claims of a worker before whose first acquisition something else happens."""

    def __init__(self, w: World, what: Callable[[], Any]) -> None:
        super().__init__(w.state, "late", lambda: w.now, 720_000)
        self._what: Callable[[], Any] | None = what

    def acquire(self, tenant: str, entities: Iterable[str]) -> dict[str, Claim]:
        what, self._what = self._what, None
        if what:
            what()
        return super().acquire(tenant, entities)


class DeafParked(MemoryParked):
    """A parked store that cannot wake."""

    def wake(self, tenant: str, parked_ids: Sequence[str]) -> None:
        raise StoreUnavailable("The store does not answer.", "It is tried again.")


@pytest.fixture
def w() -> Iterator[World]:
    with world(PEOPLE, CHATS) as made:
        yield made


def chat(about: dict[str, str]) -> dict[str, Any]:
    return {**change("t1", subject="Chat"), "about": about}


def person() -> dict[str, Any]:
    return change("p1", last_name="Ada", email="ada@example.com")


@each_about
def test_it_comes_again_while_its_person_is_being_written(w: World, about: dict[str, str]) -> None:
    message, redelivered = w.message(chat(about), source="chat"), list[dict[str, int]]()

    def meanwhile() -> None:
        redelivered.append(dict(w.deliver(message, person_wait_ms=WAIT_MS).redelivered))

    w.deliver(w.message(person(), source="people"), org=lambda tenant: Interrupted(w, meanwhile))
    assert [list(each) for each in redelivered] == [[message.message_id]]
    assert 0 < redelivered[0][message.message_id] - w.now <= 1_500
    w.now += 5_000
    w.deliver(message, person_wait_ms=WAIT_MS)
    assert [row["WhoId"][:3] for row in w.records("Task")] == ["003"]


def test_it_comes_again_when_its_person_was_written_since_it_was_looked_for(w: World) -> None:
    message = w.message(chat(ABOUTS[1]), source="chat")
    batch = w.deliver(
        message, person_wait_ms=WAIT_MS, org=lambda tenant: AfterRead(w, lambda: w.push(person(), source="people"))
    )
    assert (list(batch.redelivered), w.records("Task"), w.parked.entries) == ([message.message_id], [], {})


def test_it_comes_again_when_the_key_of_its_person_was_linked_since_it_was_looked_at(w: World) -> None:
    message = w.message(chat(ABOUTS[0]), source="chat")
    claims = LateClaims(w, lambda: w.push(person(), source="people"))
    batch = w.deliver(message, person_wait_ms=WAIT_MS, claims=claims)
    assert (list(batch.redelivered), w.records("Task"), w.parked.entries) == ([message.message_id], [], {})


@each_about
def test_it_waits_for_its_person_and_is_due_as_soon_as_the_person_is_there(w: World, about: dict[str, str]) -> None:
    w.deliver(w.message(chat(about), source="chat"), person_wait_ms=WAIT_MS)
    (waits,) = w.parked.entries.values()
    assert (waits.retry_when, waits.not_before_ms, w.records("Task")) == ("person", w.now + WAIT_MS, [])
    w.now += 5_000
    w.push(person(), source="people")
    (due,) = w.parked.entries.values()
    assert (due.not_before_ms, due.body) == (0, waits.body)


def test_a_store_that_cannot_wake_it_spoils_nothing_of_its_person(w: World) -> None:
    w.deliver(w.message(chat(ABOUTS[0]), source="chat"), person_wait_ms=WAIT_MS)
    batch = w.deliver(w.message(person(), source="people"), parked=DeafParked())
    assert batch.redelivered == {}
    w.now += 5_000
    assert [each["result"] for each in w.push(person(), source="people")] == ["unchanged"]
    assert [each.not_before_ms for each in w.parked.entries.values()] == [0]  # woken by the next change of the person


def test_somebody_who_is_refused_wakes_nobody(w: World) -> None:
    w.deliver(w.message(chat(ABOUTS[0]), source="chat"), person_wait_ms=WAIT_MS)
    before = dict(w.parked.entries)
    (refused,) = w.push(change("p1", email="ada@example.com"), source="people")
    assert refused["result"] == "rejected"
    assert before.items() <= w.parked.entries.items()


def test_when_the_wait_is_over_it_goes_on_alone_and_still_follows_its_person(w: World) -> None:
    sent = w.message(chat(ABOUTS[1]), source="chat")
    w.now += WAIT_MS
    w.deliver(sent, person_wait_ms=WAIT_MS)
    (outcome,) = w.outcomes()
    assert (outcome["result"], [each["code"] for each in outcome["warnings"]]) == ("created", ["about_unknown"])
    (follows,) = w.parked.entries.values()
    assert (follows.code, follows.not_before_ms) == ("person_unknown", w.now + 3_600_000)


def test_a_task_that_has_its_person_already_waits_for_no_other(w: World) -> None:
    w.push(person(), source="people")
    (made,) = w.push(chat(ABOUTS[0]), source="chat")
    w.deliver(
        w.message({**change("t1", subject="More"), "about": {"email": "nobody@example.com"}}, source="chat"),
        person_wait_ms=WAIT_MS,
    )
    assert [(row["Id"], row["Subject"]) for row in w.records("Task")] == [(made["salesforce_id"], "More")]


def test_a_person_who_was_deleted_is_known_and_not_waited_for(w: World) -> None:
    (gone,) = w.push(person(), source="people")
    w.org.request("DELETE", f"sobjects/Contact/{gone['salesforce_id']}")
    w.deliver(w.message(chat(ABOUTS[0]), source="chat"), person_wait_ms=WAIT_MS)
    assert [row.get("WhoId") for row in w.records("Task")] == [None]
