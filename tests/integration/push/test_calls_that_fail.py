"""One call of a batch fails: what the others did is remembered, and what passes is tried again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from causeway.errors import CausewayError, OrgUnavailable, QuotaSpent
from causeway.salesforce.calls import Saved, SaveError
from causeway.syncs.sync import Mapping as Row

from tests.support.push.world import TENANT, FailingCalls, World, change, contact_sync, sync, world

PARENT = Row(product="company", salesforce="Account.Name", create_related=True)


@pytest.fixture
def w() -> Iterator[World]:
    with world(contact_sync()) as running:
        yield running


@pytest.mark.parametrize("error", [QuotaSpent("spent"), OrgUnavailable("down")])
def test_records_made_before_a_later_call_failed_are_their_keys_records(w: World, error: CausewayError) -> None:
    calls = FailingCalls(w, error, first=2)
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
        FailingCalls(w, met),
    )
    assert w.deliver(delivery, org=lambda _: calls).redelivered
    assert w.records("Contact") == []
    w.now += 5_000
    assert not w.deliver(delivery).redelivered
    ((contact,), (account,)) = w.records("Contact"), w.records("Account")
    assert contact["AccountId"] == account["Id"]


def result_of(outcome: Any) -> tuple[str, str | None]:
    return outcome["result"], outcome["code"]


def test_of_two_upserts_that_race_the_later_one_is_sent_again(w: World) -> None:
    key = {"name": "Key__c", "type": "string", "length": 40, "externalId": True, "unique": True}
    w.control("POST", "schema", {"sobjects": [{"name": "Account", "fields": [key]}]})
    rows = ("id", "Key__c"), ("name", "Name")
    w.syncs.by_tenant[TENANT] = [sync("c", "Account", *rows, source="company", external_id_field="Key__c")]
    calls = FailingCalls(w, Saved("refused", error=SaveError("DUPLICATE_VALUE", "no")))
    sent = w.message(change("c1", id="A-1", name="Acme"), source="company")
    assert w.deliver(sent, org=lambda _: calls).redelivered == {}
    assert result_of(w.outcomes()[-1]) == ("created", None)


def test_a_record_that_seems_to_change_without_end_is_rejected_in_the_end(w: World) -> None:
    w.push(change("k1", email="ada@example.com", last_name="L"))
    calls = FailingCalls(w, Saved("refused", error=SaveError("ENTITY_IS_DELETED", "no")), times=100)
    assert w.deliver(w.message(change("k1", phone="7")), org=lambda _: calls).redelivered == {}
    assert result_of(w.outcomes()[-1]) == ("rejected", "salesforce:ENTITY_IS_DELETED")


def test_values_that_are_refused_one_after_the_other_are_all_reported(w: World) -> None:
    for name, value in (("Title", "CTO"), ("Phone", "7")):
        refusal = {
            "do": "record_error",
            "sobject": "Contact",
            "code": "STRING_TOO_LONG",
            "fields": [name],
            "times": None,
        }
        w.control("POST", "faults", {**refusal, "where": {name: value}})
    (outcome,) = w.push(change("k1", first_name="A" * 50, last_name="L", title="CTO", phone="7"))
    warned = [(warning["field"], warning["code"]) for warning in outcome["warnings"]]
    assert warned[0] == ("FirstName", "cut")
    assert sorted(warned[1:]) == [("Phone", "salesforce:STRING_TOO_LONG"), ("Title", "salesforce:STRING_TOO_LONG")]
