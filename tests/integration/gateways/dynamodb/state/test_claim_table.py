"""What the network does to ClaimTable alone: answers that are lost, writes that the SDK sends twice, reads that leave keys over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from causeway.gateways.dynamodb.state.claims import ClaimTable
from causeway.push.memory.claims.answers import Busy, Held
from moto import mock_aws

from tests.support.api.factories import STATE_TABLE, a_state_table

NOW_MS, LEASE_MS = 1_000_000, 720_000


class Wire:
    """A DynamoDB client that may lose the answers to updates or send them twice; of a read it takes one key at a time."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.loses = self.repeats = False
        self.reads: list[dict[str, Any]] = []

    def update_item(self, **request: Any) -> Any:
        answer = self._client.update_item(**request)
        if self.loses:
            raise ReadTimeoutError(endpoint_url="dynamodb")
        return self._client.update_item(**request) if self.repeats else answer

    def batch_get_item(self, RequestItems: dict[str, Any]) -> Any:
        request = RequestItems[STATE_TABLE]
        self.reads.append(request)
        first, *left = request["Keys"]
        answer = self._client.batch_get_item(RequestItems={STATE_TABLE: {**request, "Keys": [first]}})
        return {**answer, "UnprocessedKeys": {STATE_TABLE: {**request, "Keys": left}} if left else {}}


type Worker = Callable[[str], tuple[ClaimTable, Wire]]


@pytest.fixture
def worker() -> Iterator[Worker]:
    """Give a way to make workers over one table, each with a wire of its own."""
    with mock_aws():
        client = a_state_table()

        def made(name: str) -> tuple[ClaimTable, Wire]:
            wire = Wire(client)
            return ClaimTable(wire, STATE_TABLE, name, lambda: NOW_MS, LEASE_MS), wire

        yield made


def held(store: ClaimTable, entity: str = "h1") -> Held:
    claim = store.acquire("acme", [entity])[entity]
    assert isinstance(claim, Held)
    return claim


def test_a_claim_whose_answer_was_lost_is_not_held_and_comes_back_when_its_lease_is_over(worker: Worker) -> None:
    store, wire = worker("a")
    wire.loses = True
    assert store.acquire("acme", ["h1"])["h1"] == Busy(NOW_MS + LEASE_MS)


def test_a_completion_whose_answer_was_lost_is_not_done(worker: Worker) -> None:
    store, wire = worker("a")
    claim = held(store)
    wire.loses = True
    assert store.complete("acme", {"h1": (claim.fence, "state")}) == set()


def test_a_pointer_or_owner_whose_answer_was_lost_is_unknown(worker: Worker) -> None:
    store, wire = worker("a")
    wire.loses = True
    assert store.point("acme", {"key": "h1"}) == {}
    assert store.own("acme", "org", {"003000000000001AAA": "h1"}) == {}


def test_writes_that_the_sdk_sent_twice_are_recognized_as_our_own(worker: Worker) -> None:
    store, wire = worker("a")
    wire.repeats = True
    claim = held(store)
    assert store.complete("acme", {"h1": (claim.fence, "state")}) == {"h1"}
    assert held(worker("b")[0]).state == "state"


def test_a_completion_that_came_too_late_is_not_taken_for_our_own_sent_twice(worker: Worker) -> None:
    store, _ = worker("a")
    claim = held(store)
    assert store.complete("acme", {"h1": (claim.fence, "first")}) == {"h1"}
    assert store.complete("acme", {"h1": (claim.fence, "second")}) == set()


def test_identities_are_read_strongly_and_what_a_read_left_over_is_read_again(worker: Worker) -> None:
    store, wire = worker("a")
    held(store, "h1")
    held(store, "h2")
    assert store.look("acme", ["h1", "h2"]).keys() == {"h1", "h2"}
    assert [request["ConsistentRead"] for request in wire.reads] == [True, True]
