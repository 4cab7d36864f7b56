"""Changes that arrive together end as they would one after the other: one record of a person, no value lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from causeway.contract.message_writing import rfc3339
from causeway.syncs.sync import Mapping as Row
from causeway.syncs.sync import Sync

from tests.support.push.world import TENANT, Interrupted, World, change, sync, world

CONTACTS = sync(
    "lead-contact",
    "Contact",
    ("first_name", "FirstName"),
    ("last_name", "LastName"),
    ("phone", "Phone"),
    ("title", "Title"),
)
LEADS = sync("lead-lead", "Lead", ("last_name", "LastName"), ("company", "Company"), ("phone", "Phone"))


@pytest.fixture
def w() -> Iterator[World]:
    with world(CONTACTS) as running:
        yield running


def use(w: World, *syncs: Sync) -> None:
    w.syncs.by_tenant[TENANT] = list(syncs)


def results_of(outcomes: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(item["result"], item["code"]) for item in outcomes]


@pytest.mark.parametrize(
    "first",
    [
        {"email": "ngozi@delta.example"},
        {"salesforce_contact_id": "known"},
    ],
)
@pytest.mark.parametrize("partial_first", [False, True])
@pytest.mark.parametrize("apart", [False, True])
def test_a_partial_change_goes_to_the_record_that_another_change_of_its_key_leads_to(
    w: World, first: dict[str, str], partial_first: bool, apart: bool
) -> None:
    (known,) = w.load("Contact", {"LastName": "Okonkwo", "Email": "ngozi@delta.example"})
    identifying = change(
        "k", title="COO", **{name: known if value == "known" else value for name, value in first.items()}
    )
    partial = change("k", last_name="Okonkwo", phone="+234 1")
    changes = [partial, identifying] if partial_first else [identifying, partial]
    if apart:
        w.deliver(w.message(changes[0]), w.message(changes[1]))
    else:
        w.push(*changes)
    (record,) = w.records("Contact")
    assert (record["Id"], record["Title"], record["Phone"]) == (known, "COO", "+234 1")


def test_a_partial_change_of_another_record_needs_no_match_value_of_its_own(w: World) -> None:
    companies = sync(
        "co",
        "Account",
        ("name", "Name"),
        ("phone", "Phone"),
        ("site", "Website"),
        source="company",
        match_fields=("Name",),
    )
    use(w, companies)
    w.load("Account", {"Name": "Zeta"})
    known = w.push(change("c1", phone="1"), change("c1", name="Zeta", site="z.example"), source="company")
    new = w.push(change("c2", phone="2"), change("c2", name="Omega"), source="company")
    assert results_of(known) == [("updated", None)] * 2
    assert results_of(new) == [("created", None)] * 2
    rows = {row["Name"]: (row["Phone"], row.get("Website")) for row in w.records("Account")}
    assert rows == {"Zeta": ("1", "z.example"), "Omega": ("2", None)}
    alone = w.push(change("c3", phone="3"), source="company")
    assert results_of(alone) == [("rejected", "invalid_match_key")]


@pytest.mark.parametrize("together", [True, False])
def test_a_key_whose_address_led_to_a_converted_lead_makes_no_lead_without_it(w: World, together: bool) -> None:
    use(w, LEADS)
    (lead,) = w.load("Lead", {"LastName": "Osei", "Company": "Kente", "Email": "ama@kente.example"})
    w.control("POST", f"leads/{lead}/convert")
    changes = [change("k", email="ama@kente.example"), change("k", last_name="Osei", company="Kente")]
    outcomes = w.push(*changes) if together else [*w.push(changes[0]), *w.push(changes[1])]
    assert results_of(outcomes) == [("skipped", "converted")] * 2
    assert len(w.records("Lead")) == 1


@pytest.mark.parametrize("together", [True, False])
def test_a_key_whose_address_led_to_a_contact_makes_no_lead_without_it(w: World, together: bool) -> None:
    use(w, LEADS)
    w.load("Contact", {"LastName": "Osei", "Email": "ama@kente.example"})
    changes = [change("k", email="ama@kente.example"), change("k", last_name="Osei", company="Kente")]
    outcomes = w.push(*changes) if together else [*w.push(changes[0]), *w.push(changes[1])]
    assert results_of(outcomes) == [("skipped", "exists_as_contact")] * 2
    assert w.records("Lead") == []


@pytest.mark.parametrize("together", [True, False])
def test_a_value_for_an_empty_field_does_not_swallow_an_older_one(w: World, together: bool) -> None:
    crm = sync("crm", "Contact", ("last_name", "LastName"), ("phone", "Phone"))
    rows = (Row(product="phone", salesforce="Phone", write_rule="if_empty"),)
    web = sync("web", "Contact", source="web").model_copy(update={"mappings": rows})
    use(w, crm, web)
    w.load("Contact", {"LastName": "L", "Email": "a@b.example", "Phone": "000"})
    older = change("k", email="a@b.example", phone="111", at="2026-11-20T09:00:00Z")
    newer = change("k", email="a@b.example", phone="222", at="2026-11-20T09:00:01Z")
    messages = [w.message(older), w.message(newer, source="web")]
    if together:
        w.deliver(*messages)
    else:
        for message in messages:
            w.deliver(message)
    assert [row["Phone"] for row in w.records("Contact")] == ["111"]
    between = change("k", email="a@b.example", phone="333", at="2026-11-20T09:00:00.500Z")
    w.push(between)
    assert [row["Phone"] for row in w.records("Contact")] == ["111"]


def test_a_sync_that_only_updates_adds_to_what_another_creates(w: World) -> None:
    adding = sync("later", "Contact", ("title", "Title"), position=2, create_when_missing=False)
    use(w, CONTACTS, adding)
    outcomes = w.push(change("k", last_name="L", title="CEO", email="k@b.example"))
    assert results_of(outcomes) == [("created", None)] * 2
    assert [row["Title"] for row in w.records("Contact")] == ["CEO"]


# --- an address that the record does not hold

EMAIL_ROW = sync("lead-contact", "Contact", ("last_name", "LastName"), ("phone", "Phone"), ("work_email", "Email"))
NO_EDIT = {"admin@northwind.example": {"fields": {"Contact.Email": {"edit": False}}}}
REFUSED = {
    "do": "record_error",
    "sobject": "Contact",
    "code": "INVALID_EMAIL_ADDRESS",
    "fields": ["Email"],
    "where": {"Email": "p@home"},
    "times": None,
}


def of_another_address(w: World) -> None:
    use(w, EMAIL_ROW)


def that_may_not_be_written(w: World) -> None:
    w.control("POST", "schema", {"permissions": NO_EDIT})


def that_the_org_refuses(w: World) -> None:
    w.control("POST", "faults", REFUSED)


@pytest.mark.parametrize("record", [of_another_address, that_may_not_be_written, that_the_org_refuses])
@pytest.mark.parametrize("together", [True, False])
def test_a_second_key_of_an_address_finds_the_record_that_does_not_hold_it(
    w: World, record: Callable[[World], None], together: bool
) -> None:
    record(w)
    one = change("k1", email="p@home.example", work_email="w@corp.example", last_name="Sato")
    other = change("k2", email="p@home.example", work_email="w@corp.example", last_name="Sato", phone="1")
    if together:
        w.push(one, other)
    else:
        w.push(one)
        w.push(other)
    assert [row["Phone"] for row in w.records("Contact")] == ["1"]


@pytest.mark.parametrize("together", [True, False])
def test_another_key_with_the_new_address_of_a_known_one_is_the_same_person(w: World, together: bool) -> None:
    w.push(change("k1", email="old@x.example", last_name="Sato"))
    later = [change("k1", email="new@x.example", title="CEO"), change("k2", email="new@x.example", last_name="Sato")]
    for changes in [later] if together else [[later[0]], [later[1]]]:
        w.push(*changes)
    (record,) = w.records("Contact")
    assert (record["Email"], record["Title"]) == ("old@x.example", "CEO")


def test_a_new_person_of_two_addresses_keeps_the_first_and_is_found_by_both(w: World) -> None:
    w.push(
        change("k1", "2026-11-20T09:00:00Z", email="first@x.example", last_name="Sato"),
        change("k1", "2026-11-20T09:00:01Z", email="second@x.example"),
    )
    w.push(change("k2", email="second@x.example", last_name="Sato", phone="2"))
    w.push(change("k3", email="first@x.example", last_name="Sato", title="CEO"))
    (record,) = w.records("Contact")
    assert (record["Email"], record["Phone"], record["Title"]) == ("first@x.example", "2", "CEO")


# --- what concerns a person


def test_a_task_waits_for_its_person_whose_write_met_a_fault(w: World) -> None:
    use(w, CONTACTS, sync("calls", "Task", ("subject", "Subject")))
    for sobject in ("Contact", "Lead", "Account", "Task"):
        w.described(TENANT, sobject)
    fault = {"do": "error", "kind": "composite", "code": "SERVER_UNAVAILABLE", "status": 503, "skip": 1, "times": 1}
    w.control("POST", "faults", fault)
    call = {**change("k", email="p@h.example", last_name="S", subject="Call"), "about": {"source": "lead", "key": "k"}}
    delivery = w.message(call)
    assert w.deliver(delivery).redelivered
    assert w.records("Task") == []
    w.now += 5_000
    assert not w.deliver(delivery).redelivered
    ((person,), (task,)) = w.records("Contact"), w.records("Task")
    assert task["WhoId"] == person["Id"]


def test_a_lead_that_is_converted_meanwhile_is_written_as_the_contact_it_became(w: World) -> None:
    use(w, CONTACTS, LEADS.model_copy(update={"position": 2}))
    (lead,) = w.load("Lead", {"LastName": "Osei", "Company": "Kente", "Email": "ama@kente.example"})
    calls = Interrupted(w, lambda: w.control("POST", f"leads/{lead}/convert"))
    assert not w.deliver(
        w.message(change("k", email="ama@kente.example", phone="7")), org=lambda tenant: calls
    ).redelivered
    outcomes = {item["sync"]: (item["result"], item["code"]) for item in w.outcomes()}
    assert outcomes == {"lead-contact": ("updated", None), "lead-lead": ("skipped", "converted")}
    assert [row["Phone"] for row in w.records("Contact")] == ["7"]


def test_of_an_older_change_nothing_is_left_though_another_one_of_the_record_is_written(w: World) -> None:
    w.push(change("k1", at=rfc3339(w.now), email="ada@example.com", last_name="L", phone="new"))
    older = change("k1", at=rfc3339(w.now - 60_000), phone="old")
    found = w.push(older, change("k1", at=rfc3339(w.now), title="Dr"))
    assert results_of(found) == [("skipped", "superseded"), ("updated", None)]
    (contact,) = w.records("Contact")
    assert (contact["Phone"], contact["Title"]) == ("new", "Dr")
