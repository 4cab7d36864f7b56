"""ClaimTable and its fake keep one contract: one writer per entity, by lease and fence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count

import pytest
from causeway.gateways.dynamodb.state.claims import ClaimTable
from causeway.push.memory.claims.answers import Busy, Claim, Held, Pointed
from moto import mock_aws

from tests.support.api.factories import STATE_TABLE, a_state_table
from tests.support.api.statements import WithStatements
from tests.support.push.memory import MemoryClaims, StateItems

LEASE_MS = 720_000
MADE = count()  # stores in company, so that each has others of its own
type Store = ClaimTable | MemoryClaims | InCompany


class Workers:
    """Makes one store per worker over the same items, and holds the clock."""

    def __init__(self, made: Callable[[str, Callable[[], int]], Store]) -> None:
        self._made, self.now_ms = made, 1_000_000

    def worker(self, name: str) -> Store:
        return self._made(name, lambda: self.now_ms)


class InCompany:
    """A store whose every write has company, so that it is a statement among others and no update of its own."""

    def __init__(self, store: ClaimTable, name: str, client: WithStatements) -> None:
        self._client = client
        self._store, self.look, self.owners, self.own = store, store.look, store.owners, store.own
        self._others = (f"other-of-{name}-{number}" for number in count(next(MADE) * 1_000))

    def acquire(self, tenant: str, entities: Iterable[str]) -> Mapping[str, Claim]:
        wanted, others = list(entities), [next(self._others), next(self._others)]
        self._store.look(tenant, [*wanted, *others])  # as push does
        before = self._client.batches
        found = self._store.acquire(tenant, [*wanted, *others])
        assert self._client.batches > before
        assert all(isinstance(found[other], (Held, Busy)) for other in others)
        return {entity: found[entity] for entity in wanted}

    def point(self, tenant: str, entities: Mapping[str, str]) -> Mapping[str, str]:
        found = self._store.point(tenant, {**entities, next(self._others): "h", next(self._others): "h"})
        return {entity: found[entity] for entity in entities if entity in found}

    def complete(self, tenant: str, entities: Mapping[str, tuple[int, str]], *, keep: bool = False) -> set[str]:
        others = self._held_others(tenant)
        together = {**entities, **{each: (fence, "x") for each, fence in others.items()}}
        done = self._store.complete(tenant, together, keep=keep)
        assert others.keys() <= done
        return done & entities.keys()

    def release(self, tenant: str, entities: Mapping[str, int]) -> None:
        self._store.release(tenant, {**entities, **self._held_others(tenant)})

    def _held_others(self, tenant: str) -> dict[str, int]:
        others = [next(self._others), next(self._others)]
        claims = self._store.acquire(tenant, others)
        return {each: claim.fence for each, claim in claims.items() if isinstance(claim, Held)}


@pytest.fixture(params=["dynamodb", "dynamodb, many together", "memory"])
def workers(request: pytest.FixtureRequest) -> Iterator[Workers]:
    if request.param == "memory":
        items = StateItems()
        yield Workers(lambda name, now: MemoryClaims(items, name, now, LEASE_MS))
        return
    with mock_aws():
        client = a_state_table()
        if request.param == "dynamodb":
            yield Workers(lambda name, now: ClaimTable(client, STATE_TABLE, name, now, LEASE_MS))
        else:
            yield Workers(
                lambda name, now: InCompany(ClaimTable(client, STATE_TABLE, name, now, LEASE_MS), name, client)
            )


def held(store: Store, entity: str = "h1") -> Held:
    claim = store.acquire("acme", [entity])[entity]
    assert isinstance(claim, Held)
    return claim


def test_a_entity_has_one_holder_at_a_time(workers: Workers) -> None:
    held(workers.worker("a"))
    assert workers.worker("b").acquire("acme", ["h1"])["h1"] == Busy(workers.now_ms + LEASE_MS + 2_000)


def test_tenants_do_not_share_claims(workers: Workers) -> None:
    held(workers.worker("a"))
    assert isinstance(workers.worker("b").acquire("other", ["h1"])["h1"], Held)


def test_what_was_completed_is_there_for_the_next_holder(workers: Workers) -> None:
    store = workers.worker("a")
    assert store.complete("acme", {"h1": (held(store).fence, "state-1")}) == {"h1"}
    again = held(workers.worker("b"))
    assert (again.state, again.fence, again.completed_at_ms) == ("state-1", 2, workers.now_ms)


def test_a_released_entity_is_free_and_unchanged(workers: Workers) -> None:
    store = workers.worker("a")
    store.release("acme", {"h1": held(store).fence})
    assert held(workers.worker("b")).state is None


def test_an_expired_claim_passes_on_and_its_late_holder_completes_nothing(workers: Workers) -> None:
    late = workers.worker("a")
    fence = held(late).fence
    workers.now_ms += LEASE_MS + 2_001
    new = held(workers.worker("b"))
    assert new.fence == fence + 1
    assert late.complete("acme", {"h1": (fence, "stale")}) == set()
    late.release("acme", {"h1": fence})
    assert isinstance(workers.worker("c").acquire("acme", ["h1"])["h1"], Busy)


def test_a_lease_that_has_just_ended_still_stands_because_clocks_differ(workers: Workers) -> None:
    held(workers.worker("a"))
    workers.now_ms += LEASE_MS + 2_000
    assert isinstance(workers.worker("b").acquire("acme", ["h1"])["h1"], Busy)
    workers.now_ms += 1
    assert isinstance(workers.worker("b").acquire("acme", ["h1"])["h1"], Held)


def test_a_fence_that_is_over_completes_and_frees_nothing_even_for_the_same_worker(workers: Workers) -> None:
    store = workers.worker("a")
    over = held(store).fence
    assert store.complete("acme", {"h1": (over, "first")}) == {"h1"}
    held(store)
    assert store.complete("acme", {"h1": (over, "stale")}) == set()
    store.release("acme", {"h1": over})
    assert isinstance(workers.worker("b").acquire("acme", ["h1"])["h1"], Busy)
    assert store.look("acme", ["h1"])["h1"].state == "first"


def test_a_claim_that_was_given_back_completes_nothing_more(workers: Workers) -> None:
    store = workers.worker("a")
    fence = held(store).fence
    store.release("acme", {"h1": fence})
    assert store.complete("acme", {"h1": (fence, "late")}) == set()
    assert store.look("acme", ["h1"])["h1"].state is None


def test_a_kept_claim_stores_its_memory_and_stays_busy(workers: Workers) -> None:
    store = workers.worker("a")
    assert store.complete("acme", {"h1": (held(store).fence, "half")}, keep=True) == {"h1"}
    assert isinstance(workers.worker("b").acquire("acme", ["h1"])["h1"], Busy)
    assert store.look("acme", ["h1"])["h1"].state == "half"


def test_a_kept_claim_is_busy_for_its_own_worker_too(workers: Workers) -> None:
    store = workers.worker("a")
    assert store.complete("acme", {"h1": (held(store).fence, "half")}, keep=True) == {"h1"}
    assert store.acquire("acme", ["h1"])["h1"] == Busy(workers.now_ms + LEASE_MS + 2_000)


def test_an_identity_keeps_the_entity_it_was_given_first(workers: Workers) -> None:
    assert workers.worker("a").point("acme", {"key": "h1"}) == {"key": "h1"}
    assert workers.worker("b").point("acme", {"key": "h2"}) == {"key": "h1"}
    assert workers.worker("b").acquire("acme", ["key"])["key"] == Pointed("h1")
    assert workers.worker("b").look("acme", ["key", "unknown"]).keys() == {"key"}


def test_an_identifier_that_is_an_entity_is_returned_as_itself(workers: Workers) -> None:
    held(workers.worker("a"), "key")
    assert workers.worker("b").point("acme", {"key": "h2"}) == {"key": "key"}


def test_records_belong_to_the_entity_that_asked_first(workers: Workers) -> None:
    first, second = "003000000000001AAA", "003000000000002AAA"
    assert workers.worker("a").own("acme", "org", {first: "h1"}) == {first: "h1"}
    owned = workers.worker("b").own("acme", "org", {first: "h2", second: "h2"})
    assert owned == {first: "h1", second: "h2"}
    assert workers.worker("b").own("acme", "another org", {first: "h3"}) == {first: "h3"}


def test_the_owner_of_a_record_is_read_without_owning_it(workers: Workers) -> None:
    first, second, third = "003000000000001AAA", "003000000000002AAA", "0030000000000Z1AAA"
    workers.worker("a").own("acme", "org", {first: "h1"})
    for _ in range(2):
        assert workers.worker("b").owners("acme", "org", [first, second, third]) == {first: "h1"}
    assert workers.worker("b").owners("acme", "another org", [first]) == {}
