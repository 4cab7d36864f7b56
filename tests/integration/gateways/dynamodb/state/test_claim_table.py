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
    """A DynamoDB client that may lose the answers to writes, send them twice or throttle the first statement; a read leaves half over."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.batches = 0
        self.loses = self.repeats = self.throttles = False
        self.reads: list[dict[str, Any]] = []

    def update_item(self, **request: Any) -> Any:
        answer = self._client.update_item(**request)
        if self.loses:
            raise ReadTimeoutError(endpoint_url="dynamodb")
        return self._client.update_item(**request) if self.repeats else answer

    def batch_execute_statement(self, Statements: list[dict[str, Any]]) -> Any:
        self.batches += 1
        answer = self._client.batch_execute_statement(Statements)
        if self.loses:
            raise ReadTimeoutError(endpoint_url="dynamodb")
        if self.throttles:
            throttled = {"Error": {"Code": "ThrottlingError"}}
            return {"Responses": [throttled, *answer["Responses"][1:]]}
        return self._client.batch_execute_statement(Statements) if self.repeats else answer

    def batch_get_item(self, RequestItems: dict[str, Any]) -> Any:
        request = RequestItems[STATE_TABLE]
        self.reads.append(request)
        taken = (len(request["Keys"]) + 1) // 2
        first, left = request["Keys"][:taken], request["Keys"][taken:]
        answer = self._client.batch_get_item(RequestItems={STATE_TABLE: {**request, "Keys": first}})
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


MANY = [f"h{number:02}" for number in range(60)]


def held_together(store: ClaimTable, entities: list[str]) -> dict[str, Held]:
    """Look at entities and claim them, as push does; all must be free."""
    store.look("acme", entities)
    claims = store.acquire("acme", entities)
    assert all(isinstance(claim, Held) for claim in claims.values())
    return {entity: claim for entity, claim in claims.items() if isinstance(claim, Held)}


def test_sixty_claims_are_taken_completed_and_released_in_three_requests_each(worker: Worker) -> None:
    store, wire = worker("a")
    claims = held_together(store, MANY)
    assert wire.batches == 3
    assert store.complete("acme", {each: (claim.fence, f"state of {each}") for each, claim in claims.items()}) == {
        *MANY
    }
    assert wire.batches == 6
    again = held_together(worker("b")[0], MANY)
    assert {each: (claim.fence, claim.state) for each, claim in again.items()} == {
        each: (2, f"state of {each}") for each in MANY
    }


def test_what_another_worker_did_since_it_was_looked_at_is_found_with_the_claim(worker: Worker) -> None:
    store = worker("a")[0]
    store.look("acme", MANY)
    between = worker("b")[0]
    claims = held_together(between, MANY[:30])
    between.complete("acme", {each: (claims[each].fence, "newer") for each in MANY[:10]})
    between.release("acme", {each: claims[each].fence for each in MANY[10:20]})
    found = store.acquire("acme", MANY)
    assert [found[each] for each in MANY[:10]] == [Held(each, 2, "newer", NOW_MS) for each in MANY[:10]]
    assert [found[each] for each in MANY[10:20]] == [Held(each, 2, None) for each in MANY[10:20]]
    assert {found[each] for each in MANY[20:30]} == {Busy(NOW_MS + LEASE_MS + 2_000)}
    assert [found[each] for each in MANY[30:]] == [Held(each, 1, None) for each in MANY[30:]]


def test_a_state_that_changed_under_the_same_fence_is_found_with_the_claim(worker: Worker) -> None:
    holder, store = worker("a")[0], worker("b")[0]
    claims = held_together(holder, MANY[:2])
    store.look("acme", MANY[:2])
    holder.complete("acme", {each: (claim.fence, "since then") for each, claim in claims.items()})
    assert [claim.state for claim in store.acquire("acme", MANY[:2]).values() if isinstance(claim, Held)] == [
        "since then"
    ] * 2


def test_many_claims_whose_answer_was_lost_are_not_held(worker: Worker) -> None:
    store, wire = worker("a")
    wire.loses = True
    store.look("acme", MANY)
    assert {*store.acquire("acme", MANY).values()} == {Busy(NOW_MS + LEASE_MS)}
    assert store.point("acme", {"key1": "h1", "key2": "h1"}) == {}


def test_many_completions_whose_answer_was_lost_are_not_done(worker: Worker) -> None:
    store, wire = worker("a")
    claims = held_together(store, MANY)
    wire.loses = True
    assert store.complete("acme", {each: (claim.fence, "state") for each, claim in claims.items()}) == set()


def test_statements_that_the_sdk_sent_twice_are_recognized_as_our_own(worker: Worker) -> None:
    store, wire = worker("a")
    wire.repeats = True
    claims = held_together(store, MANY[:2])
    assert store.complete("acme", {each: (claim.fence, "state") for each, claim in claims.items()}) == {*MANY[:2]}
    assert store.point("acme", {"key1": "h1", "key2": "h1"}) == {"key1": "h1", "key2": "h1"}
    assert [claim.state for claim in held_together(store, MANY[:2]).values()] == ["state", "state"]


def test_many_completions_that_came_too_late_are_not_taken_for_our_own_sent_twice(worker: Worker) -> None:
    store, _ = worker("a")
    claims = held_together(store, MANY[:2])
    for state, stored in (("first", {*MANY[:2]}), ("second", set())):
        assert store.complete("acme", {each: (claim.fence, state) for each, claim in claims.items()}) == stored


def test_a_statement_that_was_throttled_is_written_alone(worker: Worker) -> None:
    store, wire = worker("a")
    wire.throttles = True
    claims = held_together(store, MANY[:3])
    assert store.complete("acme", {each: (claim.fence, "state") for each, claim in claims.items()}) == {*MANY[:3]}
    assert store.point("acme", {"key1": "h1", "key2": "h1"}) == {"key1": "h1", "key2": "h1"}
    store.release("acme", {each: claim.fence for each, claim in held_together(store, MANY[:3]).items()})
    assert len(held_together(worker("b")[0], MANY[:3])) == 3


def test_an_entity_that_was_never_looked_at_is_claimed_all_the_same(worker: Worker) -> None:
    claims = worker("a")[0].acquire("acme", MANY[:3])
    assert claims == {each: Held(each, 1, None) for each in MANY[:3]}
