"""One call of a batch fails: what the others did is remembered, and what passes is tried again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from causeway.domain.org_calls import Collection, Saved, SaveError
from causeway.domain.syncs import Mapping as Row
from causeway.errors import CausewayError, OrgUnavailable, QuotaSpent

from tests.push_world import TENANT, CountedCalls, World, change, contact_sync, world

PARENT = Row(product="company", salesforce="Account.Name", create_related=True)


class OneFails(CountedCalls):
    """Calls to the org of which one write meets something else than its answer."""

    def __init__(self, w: World, number: int, met: Saved | CausewayError) -> None:
        super().__init__(w.org, w)
        self._left, self._met = number, met

    def save(self, collections: Sequence[Collection], timeout_s: float) -> list[list[Saved]]:
        self._left -= 1
        if self._left:
            return super().save(collections, timeout_s)
        if isinstance(self._met, CausewayError):
            raise self._met
        return [[self._met] * len(each.saves) for each in collections]


@pytest.fixture
def w() -> Iterator[World]:
    with world(contact_sync()) as running:
        yield running


@pytest.mark.parametrize("error", [QuotaSpent("spent"), OrgUnavailable("down")])
def test_records_made_before_a_later_call_failed_are_their_keys_records(w: World, error: CausewayError) -> None:
    calls = OneFails(w, 2, error)
    w.deliver(w.message(*[change(f"k{number}", last_name=f"N{number}") for number in range(300)]), org=lambda _: calls)
    made = {item["key"]: item["salesforce_id"] for item in w.outcomes() if item["result"] == "created"}
    assert len(made) == len(w.records("Contact")) == 200
    renamed(w, made["k0"])
    w.now += 800_000
    (outcome,) = w.push(change("k0", last_name="N0", phone="7"))
    assert (outcome["result"], outcome["salesforce_id"]) == ("updated", made["k0"])


def renamed(w: World, contact: str) -> None:
    """Let a person in Salesforce give a contact another name, so that nothing but its link tells which one it is."""
    address = f"{w.origin}/services/data/v66.0/sobjects/Contact/{contact}"
    head = {"Authorization": f"Bearer {w.access.access_token}"}
    w.http.patch(address, json={"LastName": "Married"}, headers=head, timeout=60).raise_for_status()


@pytest.mark.parametrize(
    "met",
    [
        Saved("refused", error=SaveError("UNABLE_TO_LOCK_ROW", "locked")),
        Saved("not_applied", error=SaveError("SERVER_UNAVAILABLE", "too many requests")),
    ],
)
def test_a_parent_that_met_a_lock_is_made_in_the_end(w: World, met: Saved) -> None:
    people = contact_sync()
    w.syncs.by_tenant[TENANT] = [people.model_copy(update={"mappings": (*people.mappings, PARENT)})]
    delivery, calls = (
        w.message(change("k1", email="ada@example.com", last_name="L", company="Acme")),
        OneFails(w, 1, met),
    )
    assert w.deliver(delivery, org=lambda _: calls).again
    assert w.records("Contact") == []
    w.now += 5_000
    assert not w.deliver(delivery).again
    ((contact,), (account,)) = w.records("Contact"), w.records("Account")
    assert contact["AccountId"] == account["Id"]
