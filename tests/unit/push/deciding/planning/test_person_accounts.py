"""What is sent in place of a person account's contact: the account's own field for each, or nothing."""

from __future__ import annotations

from causeway.push.deciding.planning.field_decisions import FieldDecisions
from causeway.push.deciding.planning.merging import Plan
from causeway.push.deciding.planning.person_accounts import PersonAccount

from tests.support.syncs.factories import field, sobject

ACCOUNT = sobject("Account", field("PersonTitle"), field("Phone"), field("Size__c"), field("Tier__pc"))
PERSON = PersonAccount("001000000000001AAA", ACCOUNT)


def test_a_contacts_field_has_the_name_that_the_account_gives_it() -> None:
    sent = PERSON.values({"Title": "CTO", "Phone": "7", "Tier__c": "Gold", "ReportsToId": "003"})
    assert sent == {"PersonTitle": "CTO", "Phone": "7", "Tier__pc": "Gold"}


def test_a_contacts_custom_field_is_never_written_into_the_accounts_own_one_of_that_name() -> None:
    assert PERSON.name_of("Size__c") is None


def test_what_the_account_has_no_field_for_is_taken_out_of_the_plan() -> None:
    values = {"Title": "CTO", "Size__c": "9"}
    plan = PERSON.writable(Plan(values, FieldDecisions(values)))
    assert plan.values == {"Title": "CTO"}
    assert [(each.field, each.code) for each in plan.warnings] == [("Size__c", "not_writable_at_update")]
