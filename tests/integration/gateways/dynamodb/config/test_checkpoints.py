"""The checkpoints of pulls and their fake keep one contract."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from causeway.errors import ClaimBusy
from causeway.gateways.dynamodb.config.checkpoints import CheckpointTable
from causeway.pull.jobs import EmittedPage, Fired, Held, Unsent
from causeway.pull.planning.checkpoints import BulkPlace, Checkpoint
from causeway.pull.planning.watermarks import Place, Window

from tests.support.pull.factories import an_id
from tests.support.pull.fakes import MemoryCheckpoints
from tests.support.pull.tables import Time

ORG, LEASE_MS = "00D000000000001EAA", 60_000


@pytest.fixture(params=["dynamodb", "memory"])
def store(request: pytest.FixtureRequest, client: Any, time: Time) -> Any:
    return CheckpointTable(client, "config", time) if request.param == "dynamodb" else MemoryCheckpoints(time)


def held(store: Any, owner: str = "w1") -> Held:
    found = store.claim("acme", "people", ORG, owner, LEASE_MS)
    assert isinstance(found, Held)
    return found


def page(number: int, *ids: str, gone: tuple[str, ...] = (), body: bytes = b'{"records":[]}') -> EmittedPage:
    marks = {each: number.to_bytes(8, "big") for each in ids}
    return EmittedPage(number, number, number * 1_000, marks, gone, body, {"a": {"Phone": "m"}}, 77)


WINDOW = Window(Place(5, "003A"), 9, 10)
BEHIND = Checkpoint(3, WINDOW, "bulk", Place(4, "003B"), BulkPlace("750A", "loc", 7), "run-1", 2, kept=1, cut=4)


def test_the_lease_has_one_holder_until_it_runs_out_or_is_given_back(store: Any, time: Time) -> None:
    first = held(store)
    assert store.claim("acme", "people", ORG, "w2", LEASE_MS) is None
    assert store.claim("other", "people", ORG, "w2", LEASE_MS) is not None
    time.now_ms += LEASE_MS + 1
    second = held(store, "w2")
    assert second.fence > first.fence
    store.release(first, is_sent=True)
    assert store.claim("acme", "people", ORG, "w3", LEASE_MS) is None
    store.release(second, is_sent=True)
    assert held(store, "w3").fence > second.fence


def test_a_page_and_the_checkpoint_after_it_are_stored_together(store: Any) -> None:
    first = held(store)
    store.save(first, BEHIND, page(1, an_id(1), an_id(2), body=b'{"records":[1]}'))
    store.release(first, is_sent=False)
    again = held(store, "w2")
    assert again.checkpoint == BEHIND
    assert store.unsent(again) == Unsent(b'{"records":[1]}', {"a": {"Phone": "m"}}, 77)


def test_a_page_comes_back_with_the_signals_that_fired_for_it(store: Any) -> None:
    first = held(store)
    fired = Fired(({"id": "e1", "signal": "hot"},), {an_id(1): {"hot": [True, 5]}})
    store.save(first, BEHIND, replace(page(1, an_id(1)), fired=fired))
    found = store.unsent(first)
    assert found
    assert found.fired == fired


def test_a_page_that_was_sent_is_not_sent_again(store: Any) -> None:
    first = held(store)
    store.save(first, BEHIND, page(1, an_id(1)))
    store.release(first, is_sent=True)
    assert store.unsent(held(store, "w2")) is None


def test_a_large_page_comes_back_whole(store: Any) -> None:
    body = bytes(random.Random(1).choices(range(32, 127), k=1_000_000))
    first = held(store)
    store.save(first, BEHIND, page(1, an_id(1), body=body))
    found = store.unsent(first)
    assert found is not None
    assert found.body == body


def test_a_worker_that_lost_its_lease_keeps_nothing(store: Any, time: Time) -> None:
    first = held(store)
    time.now_ms += LEASE_MS + 1
    second = held(store, "w2")
    with pytest.raises(ClaimBusy):
        store.save(first, BEHIND, page(1, an_id(1)))
    with pytest.raises(ClaimBusy):
        store.advance(first, BEHIND)
    assert store.unsent(second) is None
    assert store.inventory(second) == {}


def test_what_was_published_is_remembered_by_stamp_and_forgotten_when_gone(store: Any) -> None:
    mine = held(store)
    store.save(mine, BEHIND, page(1, an_id(1), an_id(2)))
    store.save(mine, BEHIND, page(2, an_id(3), gone=(an_id(1),)))
    assert set(store.newer_pages(mine, 1_000)) == {an_id(3)}
    assert set(store.newer_pages(mine, 0)) == {an_id(1), an_id(2), an_id(3)}
    assert set(store.inventory(mine)) == {an_id(2), an_id(3)}
    assert store.inventory(mine)[an_id(3)] == (2).to_bytes(8, "big")


def test_compacting_keeps_what_is_known(store: Any) -> None:
    mine = held(store)
    store.save(mine, BEHIND, page(1, an_id(1)))
    store.save(mine, BEHIND, page(2, an_id(2)))
    before = store.inventory(mine)
    store.compact(mine, BEHIND, before)
    store.release(mine, is_sent=True)
    again = held(store, "w2")
    assert (again.checkpoint.generation, again.checkpoint.kept) == (1, 0)
    assert store.inventory(again) == before
    assert set(store.newer_pages(again, 1_999)) == set(before)
    store.save(again, again.checkpoint, page(3, an_id(3)))
    assert set(store.inventory(again)) == {an_id(1), an_id(2), an_id(3)}
