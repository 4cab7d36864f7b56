"""Two workers meet at one record or name, or one cannot store what it knows: nothing is doubled, stale or published too early."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from causeway.contract.message_writing import rfc3339
from causeway.push.memory.claims.answers import Claim
from causeway.push.memory.entity import MAX_KEYS_PER_ENTITY, Entity
from causeway.push.memory.identifiers import key_identifier
from causeway.salesforce.calls import Lookup, Row, Saved
from causeway.syncs.sync import Mapping as MappingRow

from tests.support.push.memory import LossyClaims, MemoryClaims
from tests.support.push.world import TENANT, CountedCalls, FailingCalls, World, change, contact_sync, world

LEASE_MS = 720_000
PARENT = MappingRow(product="company", salesforce="Account.Name", create_related=True)


class Meanwhile(CountedCalls):
    """Calls to the org; after the first read something else happens, before its answer is looked at."""

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
        super().__init__(w.state, "late", lambda: w.now, LEASE_MS)
        self._what: Callable[[], Any] | None = what

    def acquire(self, tenant: str, entities: Iterable[str]) -> dict[str, Claim]:
        what, self._what = self._what, None
        if what:
            what()
        return super().acquire(tenant, entities)


@pytest.fixture
def w() -> Iterator[World]:
    with world(contact_sync()) as made:
        yield made


@pytest.mark.parametrize("clock_lags_ms", [0, 1_900])
def test_a_record_that_another_worker_changed_after_it_was_read_is_read_again(w: World, clock_lags_ms: int) -> None:
    (made,) = w.push(change("k1", email="ada@example.com", last_name="L", phone="1"))
    older = w.message(change("k1", at=rfc3339(w.now), phone="2"))
    newer = w.message(change("k2", at=rfc3339(w.now + 1), phone="1", salesforce_contact_id=made["salesforce_id"]))

    def another_worker() -> None:
        claims = MemoryClaims(w.state, "another", lambda: w.now - clock_lags_ms, LEASE_MS)
        assert w.deliver(older, claims=claims).redelivered == {}

    calls = Meanwhile(w, another_worker)
    assert list(w.deliver(newer, org=lambda tenant: calls).redelivered) == [newer.message_id]
    w.now += 5_000
    assert w.deliver(newer).redelivered == {}
    assert [contact["Phone"] for contact in w.records("Contact")] == ["1"]


def test_a_change_that_another_worker_settled_before_its_claim_was_taken_is_recognized(w: World) -> None:
    sent = w.message(change("k1", email="ada@example.com", last_name="L"))
    late = LateClaims(w, lambda: w.deliver(sent))
    assert w.deliver(sent, claims=late).redelivered == {}
    assert [item["result"] for item in w.outcomes()] == ["created", "created"]
    assert sum(len(outcomes) for _, _, _, outcomes, _ in w.history.notes) == 1


def test_a_record_whose_owner_could_not_be_noted_at_its_creation_is_not_written_under_two_claims(w: World) -> None:
    w.deliver(w.message(change("k1", last_name="L")), claims=LossyClaims(w.state, w.clock, owners=False))
    (contact,) = w.records("Contact")
    late, early = rfc3339(w.now + 2_000), rfc3339(w.now + 1_000)
    w.push(change("k2", at=late, phone="new", salesforce_contact_id=contact["Id"]))
    (outcome,) = w.push(change("k1", at=early, phone="old"))
    assert (outcome["result"], outcome["code"]) == ("skipped", "superseded")
    assert [found["Phone"] for found in w.records("Contact")] == ["new"]


def test_a_change_is_not_done_before_the_memory_of_its_record_is_stored(w: World) -> None:
    (made,) = w.push(change("k1", last_name="L"))
    sent = w.message(change("k2", phone="7", salesforce_contact_id=made["salesforce_id"]))
    owner = key_identifier(w.access.org_id, "lead", "k1")
    assert list(w.deliver(sent, claims=LossyClaims(w.state, w.clock, owner)).redelivered) == [sent.message_id]
    assert w.outcomes()[1:] == []


def test_a_create_that_could_not_be_noted_is_not_sent(w: World) -> None:
    entity = key_identifier(w.access.org_id, "lead", "k1")
    sent = w.message(change("k1", last_name="L"))
    assert list(w.deliver(sent, claims=LossyClaims(w.state, w.clock, entity)).redelivered) == [sent.message_id]
    assert w.records("Contact") == []


def test_a_key_that_another_worker_gave_its_entity_meanwhile_is_not_made_a_second_person(w: World) -> None:
    sent = w.message(change("k1", email="ada@example.com", last_name="L"))
    late = LateClaims(w, lambda: w.deliver(w.message(change("k1", last_name="L"))))
    assert list(w.deliver(sent, claims=late).redelivered) == [sent.message_id]
    w.now += 5_000
    assert w.deliver(sent).redelivered == {}
    assert [contact["Email"] for contact in w.records("Contact")] == ["ada@example.com"]


def test_a_mailbox_that_very_many_share_is_not_remembered_in_one_item_alone(w: World) -> None:
    for start in range(0, 3 * MAX_KEYS_PER_ENTITY, MAX_KEYS_PER_ENTITY):
        w.push(*[change(f"k{start + number}", email="info@example.com", last_name="L") for number in range(200)])
    sizes = [len(Entity.parse(item.state).keys) for item in w.state.items.values() if item.state]
    assert sum(sizes) == 3 * MAX_KEYS_PER_ENTITY
    assert MAX_KEYS_PER_ENTITY // 2 <= max(sizes) <= MAX_KEYS_PER_ENTITY
    assert len(w.records("Contact")) == 1


# --- parents by name


def by_company(w: World) -> None:
    people = contact_sync()
    w.syncs.by_tenant[TENANT] = [people.model_copy(update={"mappings": (*people.mappings, PARENT)})]


def employee(key: str) -> Mapping[str, Any]:
    return change(key, email=f"{key}@example.com", last_name="L", company="Acme")


def test_a_parent_that_may_have_been_created_is_not_created_by_another_before_its_claim_is_over(w: World) -> None:
    by_company(w)
    calls = FailingCalls(w, Saved("unknown"))
    sent, later = w.message(employee("k1")), w.message(employee("k2"))
    assert list(w.deliver(sent, org=lambda tenant: calls).redelivered) == [sent.message_id]
    assert w.deliver(later).redelivered[later.message_id] > w.now + 700_000
    assert w.records("Account") == []


def test_a_parent_that_another_worker_made_since_the_read_is_not_made_again(w: World) -> None:
    by_company(w)
    calls = Meanwhile(w, lambda: w.deliver(w.message(employee("k2"))))
    assert w.deliver(w.message(employee("k1")), org=lambda tenant: calls).redelivered == {}
    (account,) = w.records("Account")
    assert [contact["AccountId"] for contact in w.records("Contact")] == [account["Id"]] * 2


def test_of_two_changes_of_a_record_the_one_whose_parent_is_busy_is_left_for_later(w: World) -> None:
    w.push(change("k1", email="k1@example.com", last_name="L"))
    by_company(w)
    calls = FailingCalls(w, Saved("unknown"))
    w.deliver(w.message(employee("k2")), org=lambda tenant: calls)
    alone, busy = w.message(change("k1", title="Dr")), w.message(change("k1", phone="7", company="Acme"))
    assert list(w.deliver(alone, busy).redelivered) == [busy.message_id]
    (contact,) = w.records("Contact")
    assert (contact["Title"], contact.get("Phone")) == ("Dr", None)
