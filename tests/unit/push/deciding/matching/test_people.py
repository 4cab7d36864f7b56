"""Which lead and which contact a change is about, among rows that were read."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.push.deciding.keys import PersonKeys
from causeway.push.deciding.matching.match import MAX_CANDIDATES
from causeway.push.deciding.matching.people import match_contact, match_lead
from causeway.push.deciding.reading.people_rows import PeopleRows
from causeway.push.tasks import External
from causeway.salesforce.describe import FieldDescribe

EMAIL = "ada@x.example"
OLD, NEW, CONTACT = "00Q000000000001AAA", "00Q000000000002AAA", "003000000000001AAA"


def row(record_id: str, created: str = "2026-01-01", **values: Any) -> dict[str, Any]:
    return {"Id": record_id, "Email": EMAIL, "CreatedDate": created, **values}


def people(*rows: dict[str, Any]) -> PeopleRows:
    found = PeopleRows()
    found.add("Lead", [each for each in rows if each["Id"].startswith("00Q")])
    found.add("Contact", [each for each in rows if each["Id"].startswith("003")])
    return found


def test_a_given_id_counts_before_the_link_and_the_email() -> None:
    rows = people(row(OLD), row(NEW, "2026-02-01"))
    match = match_lead(PersonKeys(lead_id=OLD, linked_lead=NEW, email=EMAIL), rows, "newest")
    assert (match.found, match.candidates[0].matched_by) == (rows.by_id[OLD], "salesforce_lead_id")


def test_a_given_contact_id_counts_before_what_a_given_lead_became_and_before_the_address() -> None:
    other = "003000000000002AAA"
    rows = people(row(OLD, IsConverted=True, ConvertedContactId=CONTACT), row(CONTACT), row(other, Email="x@x.example"))
    match = match_contact(PersonKeys(lead_id=OLD, contact_id=other, email=EMAIL), rows, "newest")
    assert ((match.found or {})["Id"], match.candidates[0].matched_by) == (other, "salesforce_contact_id")


def test_an_unknown_id_is_reported_and_the_search_goes_on() -> None:
    match = match_lead(PersonKeys(lead_id=OLD, email=EMAIL), people(row(NEW)), "newest")
    assert ((match.found or {})["Id"], [each.code for each in match.warnings]) == (NEW, ["id_not_found"])


@pytest.mark.parametrize(
    "keys", [PersonKeys(lead_id=OLD, email=EMAIL), PersonKeys(linked_lead=OLD, email=EMAIL)], ids=["given", "linked"]
)
def test_a_lead_that_was_deleted_in_salesforce_and_is_meant_by_its_id_is_neither_found_nor_made_anew(
    keys: PersonKeys,
) -> None:
    rows = people(row(OLD, IsDeleted=True), row(NEW))
    match = match_lead(keys, rows, "newest")
    assert (match.verdict, (match.record or {}).get("Id"), match.found) == ("deleted", OLD, None)
    assert (match_lead(keys, rows, "newest", past_deleted=True).found or {})["Id"] == NEW


def test_a_link_to_a_lead_that_is_gone_ends_the_search_unless_it_goes_past_deleted_ones() -> None:
    keys, rows = PersonKeys(linked_lead=OLD, email=EMAIL), people(row(NEW))
    assert match_lead(keys, rows, "newest").verdict == "deleted"
    assert (match_lead(keys, rows, "newest", past_deleted=True).found or {})["Id"] == NEW


def test_the_rule_for_several_chooses_among_the_open_leads_of_an_email() -> None:
    rows = people(row(OLD), row(NEW, "2026-02-01"))
    keys = PersonKeys(email=EMAIL)
    assert (match_lead(keys, rows, "newest").found or {})["Id"] == NEW
    assert (match_lead(keys, rows, "oldest").found or {})["Id"] == OLD
    assert match_lead(keys, rows, "reject").verdict == "several_matches"


def test_of_many_that_match_ten_are_listed_the_chosen_one_first() -> None:
    found = [row(f"00Q{number:012d}AAA", f"2026-01-{number + 1:02d}") for number in range(15)]
    match = match_lead(PersonKeys(email=EMAIL), people(*found), "oldest")
    assert [each.chosen for each in match.candidates] == [True] + [False] * (MAX_CANDIDATES - 1)
    assert match.candidates[0].id == found[0]["Id"]


def test_a_converted_lead_leads_to_the_contact_that_it_became() -> None:
    lead = row(OLD, IsConverted=True, ConvertedContactId=CONTACT)
    rows = people(lead, row(CONTACT, Email="other@x.example"))
    keys = PersonKeys(email=EMAIL)
    assert (match_lead(keys, rows, "newest").verdict, match_lead(keys, rows, "newest").became) == ("converted", CONTACT)
    contact = match_contact(keys, rows, "newest")
    assert ((contact.found or {})["Id"], contact.candidates[0].matched_by) == (CONTACT, "converted_lead")


def test_a_merged_record_is_matched_as_its_survivor() -> None:
    rows = people(row(OLD, IsDeleted=True, MasterRecordId=NEW), row(NEW))
    assert (match_lead(PersonKeys(linked_lead=OLD), rows, "newest").found or {})["Id"] == NEW


NUMBER = FieldDescribe("Student__c", "Student", "string", length=20, external_id=True)


def student(number: str | None, *, sobject: str = "Contact") -> External:
    """Return the external ID that a change gives; None: a value that the field cannot hold."""
    return External(sobject, "Student__c", number or "", number and number.lower())


def students(*rows: dict[str, Any]) -> PeopleRows:
    found = people(*rows)
    found.index("Contact", NUMBER)
    found.index("Lead", NUMBER)
    return found


def test_a_record_of_the_address_that_holds_another_external_id_is_another_person() -> None:
    rows = students(row(CONTACT, Student__c="S-1"), row(NEW, Student__c="S-1"))
    contact = PersonKeys(email=EMAIL, externals=(student("S-2"),))
    lead = PersonKeys(email=EMAIL, externals=(student("S-2", sobject="Lead"),))
    assert (match_contact(contact, rows, "newest").verdict, match_lead(lead, rows, "newest").verdict) == (
        "none",
        "none",
    )


def test_a_record_of_the_address_without_an_external_id_may_be_adopted() -> None:
    bare = "003000000000002AAA"
    rows = students(row(CONTACT, "2026-03-01", Student__c="S-1"), row(bare))
    match = match_contact(PersonKeys(email=EMAIL, externals=(student("S-2"),)), rows, "newest")
    assert ((match.found or {})["Id"], [each.id for each in match.candidates]) == (bare, [bare])


def test_an_external_id_that_the_field_cannot_hold_equals_no_other() -> None:
    rows = students(row(CONTACT, Student__c="S-1"))
    match = match_contact(PersonKeys(email=EMAIL, externals=(student(None),)), rows, "newest")
    assert match.verdict == "none"


def test_what_is_remembered_of_an_address_is_not_another_person() -> None:
    rows = students({**row(CONTACT, Student__c="S-1"), "Email": "mia@x.example"})
    keys = PersonKeys(email=EMAIL, remembered_contact=CONTACT, externals=(student("S-2"),))
    assert match_contact(keys, rows, "newest").verdict == "none"
    own = PersonKeys(email=EMAIL, remembered_contact=CONTACT, externals=(student("S-1"),))
    assert match_contact(own, rows, "newest").verdict == "found"


def test_a_record_that_is_known_to_be_somebody_elses_is_not_matched_by_address() -> None:
    rows = people(row(NEW))
    keys = PersonKeys(email=EMAIL, externals=(student("S-2"),), others=frozenset({NEW}))
    assert match_lead(keys, rows, "newest").verdict == "none"


def test_the_contact_that_a_lead_of_the_external_id_became_is_the_person() -> None:
    lead = {
        **row(NEW, Student__c="S-1"),
        "Email": "other@x.example",
        "IsConverted": True,
        "ConvertedContactId": CONTACT,
    }
    rows = students(lead, {**row(CONTACT), "Email": None})
    keys = PersonKeys(email=EMAIL, externals=(student("S-1", sobject="Lead"),))
    assert match_contact(keys, rows, "newest").found == rows.by_id[CONTACT]
    another = PersonKeys(email=EMAIL, externals=(student("S-2", sobject="Lead"),))
    assert match_contact(another, rows, "newest").verdict == "none"
