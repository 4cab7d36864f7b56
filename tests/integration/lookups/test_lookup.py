"""What a product learns by asking: the person that a push would match, the account, the owner, what is open; in one API call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from causeway.errors import InvalidRequest
from causeway.lookups.items import Item
from causeway.push.memory.claims.answers import Seen

from tests.support.lookups.asking import ask, found, lookup_ports
from tests.support.push.world import TENANT, World, change, contact_sync, lead_sync, sync, world

HIDDEN = {"read": False, "edit": False}
NO_ACCESS = {"read": False, "create": False, "edit": False, "delete": False}


@pytest.fixture
def w() -> Iterator[World]:
    with world(contact_sync(), lead_sync()) as made:
        for sobject in ("Lead", "Contact", "Account", "Opportunity", "Case"):
            made.described(TENANT, sobject)
        made.calls()
        yield made


def hide(w: World, name: str) -> None:
    """Hide a field (Account.Website) or an sObject (Account) from the connected user, and forget what was described."""
    hide_later(w, name)
    w._describes.clear()


def hide_later(w: World, name: str) -> None:
    """Hide a field or an sObject that was described before."""
    rights = {"fields": {name: HIDDEN}} if "." in name else {"objects": {name: NO_ACCESS}}
    w.control("POST", "schema", {"permissions": {"admin@northwind.example": rights}})


def an_account(w: World, name: str = "Analytical Engines", **more: Any) -> str:
    (account,) = w.load("Account", {"Name": name, "Website": "engines.example", **more})
    return account


def test_a_person_is_known_with_account_owner_and_what_is_open_for_one_call(w: World) -> None:
    account = an_account(w)
    (contact,) = w.load(
        "Contact", {"LastName": "Lovelace", "Email": "ada@example.com", "AccountId": account, "Title": "Countess"}
    )
    stages = ("Prospecting", "Closed Won", "Qualification")
    w.load(
        "Opportunity",
        *[{"Name": each, "StageName": each, "CloseDate": "2026-12-01", "AccountId": account} for each in stages],
    )
    w.load("Case", {"Subject": "Broken", "Status": "New", "AccountId": account})
    w.calls()
    answer = ask(
        w, Item(email="ADA@example.com"), fields={"Contact": ("Title", "Account.Website"), "Account": ("Name",)}
    )
    (result,) = answer["results"]
    assert (answer["api_calls"], sum(w.calls().values()), answer["problems"]) == (1, 1, [])
    assert result["found"]
    assert result["contact"] == {
        "id": contact,
        "matched_by": "email",
        "is_converted": False,
        "values": {"Title": "Countess", "Account.Website": "engines.example"},
    }
    assert (result["account"]["id"], result["account"]["name"]) == (account, "Analytical Engines")
    assert (result["account"]["open_opportunities"], result["account"]["open_cases"]) == (2, 1)
    assert result["account"]["values"] == {"Name": "Analytical Engines"}
    assert result["owner"]["id"].startswith("005")
    assert result["data"]["salesforce_account_name"] == "Analytical Engines"
    assert result["lead"] is None


def test_two_hundred_people_cost_one_call_and_are_answered_in_order(w: World) -> None:
    w.load("Contact", *[{"LastName": f"L{number}", "Email": f"p{number}@example.com"} for number in range(0, 200, 2)])
    w.calls()
    answer = ask(w, *[Item(email=f"p{number}@example.com") for number in range(200)])
    assert (answer["api_calls"], w.calls()) == (1, {"composite": 1})
    assert [each["found"] for each in answer["results"]] == [True, False] * 100
    assert "no lead or contact" in answer["results"][1]["detail"]


def test_of_several_records_the_one_is_named_that_a_push_would_write(w: World) -> None:
    w.load("Contact", *[{"LastName": f"L{number}", "Email": "ada@example.com"} for number in range(3)])
    for rule in ("newest", "oldest"):
        w.syncs.by_tenant[TENANT] = [contact_sync(several=rule)]
        result = found(w, email="ada@example.com")
        (outcome,) = w.push(change(f"k-{rule}", email="ada@example.com", last_name="Lovelace"))
        assert result["contact"]["id"] == outcome["salesforce_id"], rule
        assert len(result["candidates"]) == 3
    w.syncs.by_tenant[TENANT] = [contact_sync(several="reject")]
    result = found(w, email="ada@example.com")
    assert (result["found"], result["contact"], len(result["candidates"])) == (False, None, 3)
    assert "Several records match" in result["detail"]


def test_a_key_leads_to_the_record_that_it_was_pushed_to_whatever_its_address_is_now(w: World) -> None:
    outcome = w.push(change("lead-1", email="ada@example.com", last_name="Lovelace", company="Engines"))[0]
    record = w.records(outcome["sobject"])[0]["Id"]
    result = found(w, source="lead", key="lead-1")
    known = result["contact"] or result["lead"]
    assert (known["id"], known["matched_by"]) == (record, "link")
    unknown = found(w, source="lead", key="lead-2")
    assert not unknown["found"]
    assert "lead-2" in unknown["detail"]


def test_a_converted_lead_leads_to_its_contact_and_account(w: World) -> None:
    (lead,) = w.load("Lead", {"LastName": "Hopper", "Company": "Navy", "Email": "grace@example.com"})
    made = w.control("POST", f"leads/{lead}/convert")
    w.calls()
    for item in ({"salesforce_id": lead}, {"email": "grace@example.com"}):
        answer = ask(w, Item(**item), max_age_s=0)
        (result,) = answer["results"]
        assert answer["api_calls"] == 1
        assert result["lead"] == {
            "id": lead,
            "matched_by": result["lead"]["matched_by"],
            "is_converted": True,
            "values": {},
        }
        assert result["contact"]["id"].startswith("003"), made
        assert (result["account"]["name"], result["account"]["open_cases"]) == ("Navy", 0)


def test_deleted_and_merged_records_are_named_or_followed(w: World) -> None:
    gone, master, loser = w.load(
        "Contact", *[{"LastName": f"L{each}", "Email": f"{each}@example.com"} for each in "abc"]
    )
    w.control("POST", "delete", {"ids": [gone]})
    w.control("POST", "merge", {"master": master, "losers": [loser]})
    result = found(w, salesforce_id=gone)
    assert (result["found"], result["contact"]) == (False, None)
    assert "was deleted" in result["detail"]
    assert found(w, salesforce_id=loser)["contact"]["id"] == master


def test_companies_are_found_by_name_and_records_by_id(w: World) -> None:
    account = an_account(w)
    (deal,) = w.load(
        "Opportunity", {"Name": "Big", "StageName": "Prospecting", "CloseDate": "2026-12-01", "AccountId": account}
    )
    company = found(w, company="analytical  ENGINES")
    assert (company["found"], company["account"]["id"], company["account"]["open_opportunities"]) == (True, account, 1)
    assert found(w, salesforce_id=account)["account"]["name"] == "Analytical Engines"
    (record,) = ask(w, Item(salesforce_id=deal), fields={"Opportunity": ("StageName", "Account.Name")})["results"]
    values = {"StageName": "Prospecting", "Account.Name": "Analytical Engines"}
    assert record["record"] == {"sobject": "Opportunity", "id": deal, "values": values}
    assert record["owner"]["id"].startswith("005")
    nobody = found(w, company="Nobody Ltd")
    assert (nobody["found"], "Nobody Ltd" in nobody["detail"]) == (False, True)


def test_a_person_is_found_by_a_value_that_only_they_hold(w: World) -> None:
    (contact,) = w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com", "Phone": "+49 1"})
    by_value = found(w, sobject="Contact", field="phone", value="+49 1")
    assert (by_value["contact"]["id"], by_value["contact"]["matched_by"]) == (contact, "external_id")
    assert "no field Fone" in found(w, sobject="Contact", field="Fone", value="+49 1")["detail"]
    other = found(w, sobject="Contact", field="Phone", value="+49 2", email="ada@example.com")
    assert other["contact"] is None, "a record that holds another value is another person's"


def test_what_cannot_be_read_is_left_out_with_a_sentence(w: World) -> None:
    w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com"})
    fields = {"Contact": ("Titel", "Account.Nope", "LastName", "Nobody.Name"), "Nope__c": ("Name",)}
    answer = ask(w, Item(email="ada@example.com"), fields=fields)
    assert answer["results"][0]["contact"]["values"] == {"LastName": "Lovelace"}
    assert [(each["sobject"], each["field"]) for each in answer["problems"]] == [
        ("Contact", "Titel"),
        ("Contact", "Account.Nope"),
        ("Contact", "Nobody.Name"),
        ("Nope__c", "Name"),
    ]
    assert all("may not see it" in each["message"] for each in answer["problems"])


@pytest.mark.parametrize("hidden", ["Contact.Email", "Account", "Opportunity", "Lead", "User.Email", "Account.Website"])
def test_what_the_user_may_not_see_never_ends_a_lookup(w: World, hidden: str) -> None:
    account = an_account(w)
    w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com", "AccountId": account})
    hide(w, hidden)
    answer = ask(w, Item(email="ada@example.com"))
    assert answer["results"][0]["found"] is (hidden != "Contact.Email")


@pytest.mark.parametrize("hidden", ["Contact.Title", "Contact", "Lead", "Contact.Email"])
def test_what_was_hidden_since_it_was_described_is_described_anew_and_left_out(w: World, hidden: str) -> None:
    w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com", "Title": "Countess", "Phone": "+49 1"})
    fields = {"Contact": ("Title", "Phone")}
    assert ask(w, Item(email="ada@example.com"), fields=fields)["problems"] == []
    hide_later(w, hidden)
    answer = ask(w, Item(email="ada@example.com"), fields=fields, max_age_s=0)
    assert answer["results"][0]["found"] is (hidden in ("Contact.Title", "Lead"))
    assert answer["api_calls"] <= 4
    if hidden == "Contact.Title":
        assert answer["results"][0]["contact"]["values"] == {"Phone": "+49 1"}
        assert [each["field"] for each in answer["problems"]] == ["Title"]


def test_signals_hold_for_what_was_found(w: World) -> None:
    big = {"big": "account.AnnualRevenue > `500000`", "vip": "fields.vip", "titled": "record.Title == 'Countess'"}
    w.syncs.by_tenant[TENANT] = [contact_sync().model_copy(update={"signals": big})]
    for email, revenue in (("big@example.com", 600_000), ("small@example.com", 1)):
        account = an_account(w, email, AnnualRevenue=revenue)
        w.load("Contact", {"LastName": "L", "Email": email, "AccountId": account, "Title": "Countess"})
    assert found(w, email="big@example.com")["signals"] == ["big", "titled"]
    assert found(w, email="small@example.com")["signals"] == ["titled"]


def test_a_viewer_gets_the_fields_that_syncs_map(w: World) -> None:
    w.syncs.by_tenant[TENANT] = [sync("c", "Contact", ("title", "Title"))]
    w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com", "Title": "Countess", "Phone": "1"})
    answer = ask(w, Item(email="ada@example.com"), fields={"Contact": ("Title", "Phone")}, only_mapped=True)
    assert answer["results"][0]["contact"]["values"] == {"Title": "Countess"}
    assert [each["field"] for each in answer["problems"]] == ["Phone"]


def test_items_that_cannot_be_looked_for_say_why_and_spoil_no_other(w: World) -> None:
    w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com"})
    items = (
        Item(email="no address"),
        Item(salesforce_id="123"),
        Item(salesforce_id="a01000000000001"),
        Item(email="ada@example.com"),
    )
    results = ask(w, *items)["results"]
    assert [each["found"] for each in results] == [False, False, False, True]
    assert "not a Salesforce Id" in results[1]["detail"]
    assert "`sobject`" in results[2]["detail"]


def test_what_does_not_fit_one_call_reads_the_accounts_of_people_in_a_second_one(w: World) -> None:
    account = an_account(w)
    w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com", "AccountId": account})
    w.load("Case", {"Subject": "Broken", "Status": "New", "AccountId": account})
    deal = {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-12-01"}
    (opportunity,) = w.load("Opportunity", deal)
    items = (Item(email="ada@example.com"), Item(company="Others"), Item(salesforce_id=opportunity))
    answer = ask(w, *items)
    assert answer["api_calls"] == 2
    assert answer["results"][0]["account"]["open_cases"] == 1
    assert [each["found"] for each in answer["results"]] == [True, False, True]


def test_what_two_calls_do_not_hold_is_refused_before_a_call_is_made(w: World) -> None:
    others = ("701", "006", "500", "00T", "00U", "005")  # Campaign, Opportunity, Case, Task, Event, User
    items = [Item(salesforce_id=f"{prefix}000000000001") for prefix in (*others, "003", "00Q")]
    with pytest.raises(InvalidRequest, match="holds 10 queries"):
        ask(w, Item(email="ada@example.com"), Item(company="Engines"), *items)
    assert w.calls().keys() <= {"describe"}


@pytest.mark.parametrize("counts", [True, False])
def test_a_large_org_answers_from_its_indexes(w: World, counts: bool) -> None:
    account = an_account(w)
    an_account(w, "Other")
    w.load("Case", {"Subject": "Broken", "Status": "New", "AccountId": account})
    w.load("Contact", {"LastName": "Byron"}, {"LastName": "Lovelace", "Email": "ada@example.com", "AccountId": account})
    (lead, _) = w.load(
        "Lead", {"LastName": "King", "Company": "C", "Email": "king@example.com"}, {"LastName": "L", "Company": "C"}
    )
    w.control("POST", f"leads/{lead}/convert", {"account_id": account})
    w.control("PATCH", "settings", {"optimizer_rows": 1})
    answer = ask(w, Item(email="ada@example.com"), Item(email="king@example.com"), counts=counts)
    assert [each["account"]["id"] for each in answer["results"]] == [account, account]
    assert [each["account"]["open_cases"] for each in answer["results"]] == ([1, 1] if counts else [None, None])
    assert answer["api_calls"] == (3 if counts else 1)


def test_nothing_is_written_anywhere(w: World) -> None:
    w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com"})
    ask(w, Item(email="ada@example.com"), Item(source="lead", key="lead-9"))
    assert (w.state.writes, w.write_calls, w.outbound.sent) == (0, 0, [])


class CountingMemory:
    """What is remembered; it counts how often it is looked at."""

    def __init__(self, w: World) -> None:
        self._memory, self.looks = lookup_ports(w).memory, 0

    def look(self, tenant: str, identifiers: Iterable[str]) -> Mapping[str, Seen]:
        self.looks += 1
        return self._memory.look(tenant, identifiers)


def test_what_is_remembered_is_read_anew_where_keys_mean_something_else_since_the_last_lookup(w: World) -> None:
    memory = CountingMemory(w)
    ports = lookup_ports(w, memory=memory)
    company = Item(source="company", key="c1")
    for _ in range(2):
        assert not ask(w, company, ports=ports, max_age_s=0)["results"][0]["found"]
    assert memory.looks == 2, "the second one is read with the connection, and not again"
    companies = sync("company", "Account", ("name", "Name"), source="company", match_fields=("Name",))
    w.syncs.by_tenant[TENANT] = [*w.syncs.by_tenant[TENANT], companies]
    w.push(change("c1", name="Engines Ltd"), source="company")
    assert ask(w, company, ports=ports, max_age_s=0)["results"][0]["account"]["name"] == "Engines Ltd"
    assert memory.looks == 5, (
        "what was read ahead was true of the syncs of before: it is read again, with the entity it leads to"
    )
