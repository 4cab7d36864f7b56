"""What the connected user may not read costs a push that field's data, not the change: account, owner, the other people's sObject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from causeway.errors import NotFound, OrgRefused
from causeway.push.deciding.describes import Describes
from causeway.push.dry_run import DryRunPorts, dry_run
from causeway.salesforce.describe import SObjectDescribe, describe_from_json
from causeway.syncs.sync import Sync

from tests.support.push.memory import MemoryClaims
from tests.support.push.world import TENANT, World, by_sync, change, contact_sync, lead_sync, sync, world

ADA: dict[str, Any] = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace", "company": "Acme"}
HIDDEN = {"read": False, "edit": False}
NO_ACCESS = {"read": False, "create": False, "edit": False, "delete": False}


@pytest.fixture
def w() -> Iterator[World]:
    with world(contact_sync()) as made:
        yield made


def use(w: World, *syncs: Sync) -> None:
    w.syncs.by_tenant[TENANT] = list(syncs)


def hide(w: World, *names: str) -> None:
    """Hide fields (Account.Website) and sObjects (Account) from the connected user."""
    fields = {name: HIDDEN for name in names if "." in name}
    sobjects = {name: NO_ACCESS for name in names if "." not in name}
    rights = {"fields": fields, "objects": sobjects}
    w.control("POST", "schema", {"permissions": {"admin@northwind.example": rights}})
    w._describes.clear()


def read_anew(w: World, tenant: str, sobject: str) -> SObjectDescribe:
    answer = w.org.describe(sobject)
    assert answer is not None
    w._describes[sobject] = describe_from_json(answer[0])
    return w._describes[sobject]


def result_of(outcome: Any) -> tuple[str, str | None]:
    return outcome["result"], outcome["code"]


def load_ada(w: World) -> None:
    (account,) = w.load("Account", {"Name": "Acme", "Website": "acme.example"})
    w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com", "AccountId": account})


# --- account and owner data


REP = {"assigned_sales_rep_id", "assigned_sales_rep_name", "assigned_sales_rep_email"}
ACCOUNT_OWNER = {"account_owner_name", "account_owner_email"}


@pytest.mark.parametrize(
    ("hidden", "gone"),
    [
        ("Account.Website", {"account_website"}),
        ("Account", {"account_name", "account_website", "account_owner_id", *ACCOUNT_OWNER}),
        ("Contact.AccountId", set()),  # the account of the company's name takes its place
        ("User.Email", {"account_owner_email", "assigned_sales_rep_email"}),
        ("User.IsActive", REP),  # only an active user is published
        ("User", {*ACCOUNT_OWNER, *REP}),
    ],
)
@pytest.mark.parametrize("made", [contact_sync(), lead_sync(create_unless="never")], ids=["Contact", "Lead"])
def test_what_is_hidden_of_account_and_owner_is_missing_in_the_data_alone(
    w: World, made: Sync, hidden: str, gone: set[str]
) -> None:
    use(w, made)
    load_ada(w)
    before = w.push(change("k1", **ADA, phone="1"))[0]["data"]
    hide(w, hidden)
    (outcome,) = w.push(change("k1", **ADA, phone="2"))
    assert result_of(outcome) == ("updated", None)
    missing = {name for name, value in before.items() if value and not outcome["data"][name]}
    assert missing == {f"salesforce_{name}" for name in gone}


def test_a_hidden_account_field_costs_no_call(w: World) -> None:
    load_ada(w)
    hide(w, "Account.Website")
    for sobject in ("Contact", "Lead", "Account"):
        w.described(TENANT, sobject)
    w.calls()
    (outcome,) = w.push(change("k1", **ADA, phone="2"))
    assert (result_of(outcome), w.calls()) == (("updated", None), {"composite": 2})


def test_a_dry_run_goes_without_what_is_hidden_too(w: World) -> None:
    hide(w, "Account.Website", "User.Email")
    load_ada(w)
    made = w.ports()
    claims = MemoryClaims(w.state, "dry run", w.clock, 0)
    ports = DryRunPorts(
        made.connections, made.syncs, made.described, made.described_again, made.org, claims, made.synced, made.now_ms
    )
    found = dry_run(TENANT, contact_sync(), change("k1", **ADA, phone="2"), ports)
    assert (found["result"], found["data"]["salesforce_account_name"]) == ("updated", "Acme")


def test_an_account_field_that_was_hidden_a_moment_ago_is_found_out_by_the_refusal(w: World) -> None:
    load_ada(w)
    for sobject in ("Contact", "Lead", "Account"):
        w.described(TENANT, sobject)
    stale = dict(w._describes)
    hide(w, "Account.Website")
    w._describes |= stale
    message = w.message(change("k1", **ADA, phone="2"))
    batch = w.deliver(message, described_again=lambda tenant, sobject: read_anew(w, tenant, sobject))
    assert (batch.redelivered, result_of(w.outcomes()[-1])) == ({}, ("updated", None))


@pytest.mark.parametrize("hidden", ["Account.Website", "Account"])
def test_while_the_account_can_not_be_described_anew_the_change_comes_back_instead_of_being_refused(
    w: World, hidden: str
) -> None:
    load_ada(w)
    for sobject in ("Contact", "Lead", "Account"):
        w.described(TENANT, sobject)
    stale = dict(w._describes)
    hide(w, hidden)
    w._describes |= stale
    message = w.message(change("k1", email="ada@example.com", phone="2"))
    assert w.deliver(message).redelivered == {message.message_id: w.now + 30_000}
    assert w.parked.entries == {}


def test_a_lookup_that_leads_to_no_sobject_that_the_user_sees_is_not_read_through(w: World) -> None:
    hide(w, "Account")
    for sobject in ("Contact", "Lead"):
        known = w.described(TENANT, sobject)
        fields = (
            replace(field, reference_to=()) if "Account" in field.reference_to else field for field in known.fields
        )
        w._describes[sobject] = replace(known, fields=tuple(fields))
    w.calls()
    (outcome,) = w.push(change("k1", email="ada@example.com", last_name="L"))
    assert (result_of(outcome), w.calls()) == (("created", None), {"composite": 2})


def test_a_condition_on_an_account_that_may_not_be_read_is_refused_at_once_and_says_why(w: World) -> None:
    use(w, contact_sync(when="account.AnnualRevenue > `1`"))
    hide(w, "Account")
    message = w.message(change("k1", email="ada@example.com", last_name="L"))
    assert w.deliver(message).redelivered == {}
    (outcome,) = w.outcomes()
    assert result_of(outcome) == ("rejected", "salesforce:INVALID_FIELD")
    assert "Account' in field path" in outcome["detail"]


# --- the other sObject of people


@pytest.mark.parametrize(
    "hidden", [("Contact.Email",), ("Contact",), ("Contact", "Account"), ("Contact", "Account", "User")]
)
def test_a_lead_sync_goes_on_while_contacts_can_not_be_looked_for(w: World, hidden: tuple[str, ...]) -> None:
    use(w, lead_sync())
    hide(w, *hidden)
    assert result_of(w.push(change("k1", **ADA))[0]) == ("created", None)
    assert result_of(w.push(change("k2", **ADA, phone="7"))[0]) == ("updated", None)


@pytest.mark.parametrize("hidden", [("Lead.Email",), ("Lead",), ("Lead.Email", "Lead.ConvertedContactId")])
def test_a_contact_sync_goes_on_while_leads_can_not_be_looked_for(w: World, hidden: tuple[str, ...]) -> None:
    hide(w, *hidden)
    assert result_of(w.push(change("k1", **ADA))[0]) == ("created", None)
    assert result_of(w.push(change("k2", **ADA, phone="7"))[0]) == ("updated", None)


def test_a_lead_that_is_named_leads_to_its_contact_also_while_lead_addresses_are_hidden(w: World) -> None:
    (lead_id,) = w.load("Lead", {"LastName": "Lovelace", "Company": "Acme", "Email": "ada@example.com"})
    w.control("POST", f"leads/{lead_id}/convert")
    hide(w, "Lead.Email")
    (outcome,) = w.push(change("k1", salesforce_lead_id=lead_id, email="other@example.com", phone="7"))
    assert (result_of(outcome), outcome["salesforce_id"]) == (("updated", None), w.records("Contact")[0]["Id"])


def test_a_sync_that_can_not_look_for_its_own_records_by_address_makes_no_second_ones(w: World) -> None:
    use(w, contact_sync(), lead_sync(create_unless="never"))
    load_ada(w)
    hide(w, "Contact.Email")
    outcomes = by_sync(w.push(change("k1", **ADA)))
    refused = outcomes["lead-contact"][0]
    assert result_of(refused) == ("rejected", "salesforce:INVALID_FIELD")
    assert "No such column 'Email' on entity 'Contact'" in refused["detail"]
    assert result_of(outcomes["lead-lead"][0]) == ("created", None)
    assert len(w.records("Contact")) == 1


def test_an_activity_is_written_though_the_people_it_may_be_about_are_hidden(w: World) -> None:
    use(w, sync("task", "Task", ("subject", "Subject"), source="interaction"))
    hide(w, "Contact.Email", "Lead.Email", "Account")
    about = {**change("i1", subject="Quiz"), "about": {"email": "ada@example.com"}}
    (outcome,) = w.push(about, source="interaction")
    assert (result_of(outcome), [item["code"] for item in outcome["warnings"]]) == (
        ("created", None),
        ["about_unknown"],
    )


# --- whose describe is outdated


def refused(message: str) -> OrgRefused:
    return OrgRefused(message, org_code="INVALID_FIELD")


def describes_of(w: World, *sobjects: str) -> Describes:
    found = Describes(TENANT, w.ports())
    for sobject in sobjects:
        found.visible(sobject)
    return found


@pytest.mark.parametrize(
    ("message", "outdated"),
    [
        ("No such column 'Email' on entity 'Contact'.", True),
        ("No such column 'Company' on entity 'Contact'.", False),  # a Lead has it
        ("No such column 'Website' on entity 'Account'.", True),
        ("No such column 'Stage__c' on entity 'Opportunity'.", False),
        ("Didn't understand relationship 'Account' in field path.", True),
        ("Didn't understand relationship 'Nothing' in field path.", False),
    ],
)
def test_a_describe_is_outdated_that_has_what_salesforce_refused_of_the_sobject_it_named(
    w: World, message: str, outdated: bool
) -> None:
    assert describes_of(w, "Lead", "Contact", "Account").is_outdated(refused(message)) is outdated


def test_a_describe_that_was_read_anew_is_not_outdated(w: World) -> None:
    describes = Describes(TENANT, w.ports(described_again=lambda tenant, sobject: read_anew(w, tenant, sobject)))
    w.described(TENANT, "Contact")
    describes.field_refused = True
    describes.visible("Contact")
    assert not describes.is_outdated(refused("No such column 'Email' on entity 'Contact'."))


def test_a_sync_whose_sobject_became_visible_is_not_kept_back_by_what_is_remembered(w: World) -> None:
    asked: list[str] = []

    def remembered(tenant: str, sobject: str) -> SObjectDescribe:
        if sobject == "Contact" and not asked:
            raise NotFound("The requested resource does not exist")
        return w.described(tenant, sobject)

    def redelivered(tenant: str, sobject: str) -> SObjectDescribe:
        asked.append(sobject)
        return w.described(tenant, sobject)

    batch = w.deliver(w.message(change("k1", **ADA)), described=remembered, described_again=redelivered)
    assert (batch.redelivered, result_of(w.outcomes()[-1]), asked) == ({}, ("created", None), ["Contact"])
