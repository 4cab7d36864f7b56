"""What one change asks of a sync."""

from __future__ import annotations

from typing import Any

from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.mapping import compiled as compiled_module
from causeway.syncs.mapping.compiled import compiled
from causeway.syncs.mapping.conditions import document
from causeway.syncs.mapping.desired import CLEAR, DesiredFields
from causeway.syncs.mapping.evaluation import desired
from causeway.syncs.mapping.rows import normalized_name
from causeway.syncs.sync import Sync

from tests.support.syncs.factories import (
    about,
    change,
    codes,
    contact,
    field,
    lookup,
    picklist,
    row,
    said,
    sobject,
    sync,
    task,
)


def values(found: DesiredFields) -> dict[str, Any]:
    """Return the wanted values by field."""
    return {name: item.value for name, item in found.fields.items()}


def want(rules: Sync, describe: SObjectDescribe | None = None, **parts: Any) -> DesiredFields:
    """Return what a change with these fields (or parts) wants."""
    fields = parts.pop("fields", None)
    return desired(rules, describe or contact(), change(fields, **parts))


def test_mapped_fields_are_wanted_by_the_orgs_own_spelling() -> None:
    found = want(
        sync(row("first_name", "firstname"), row("last_name", "LASTNAME")),
        fields={"first_name": " Ada ", "last_name": "L"},
    )
    assert values(found) == {"FirstName": "Ada", "LastName": "L"}
    assert found.warnings == ()


def test_absent_and_empty_values_leave_salesforce_alone() -> None:
    rules = sync(row("a", "FirstName"), row("b", "LastName"), row("c", "Phone"), row("d", "Title"))
    found = want(rules, fields={"a": "", "b": "   ", "c": []})
    assert found.fields == {}
    assert found.warnings == ()


def test_zero_and_false_are_written() -> None:
    describe = contact(field("Score__c", "double"))
    found = want(
        sync(row("score", "Score__c"), row("opt", "HasOptedOutOfEmail")), describe, fields={"score": 0, "opt": False}
    )
    assert values(found) == {"Score__c": 0, "HasOptedOutOfEmail": False}


def test_an_explicit_null_clears_under_overwrite_only() -> None:
    rules = sync(row("phone", "Phone"), row("title", "Title", write_rule="if_empty"))
    assert values(want(rules, fields={"phone": None, "title": None})) == {"Phone": CLEAR}


def test_null_for_a_field_that_may_not_be_empty_is_left_out_with_a_warning() -> None:
    found = want(sync(row("last_name", "LastName")), fields={"last_name": None})
    assert found.fields == {}
    assert codes(found.warnings) == ["cannot_clear"]


def test_a_value_that_does_not_fit_is_left_out_and_the_rest_is_wanted() -> None:
    found = want(sync(row("born", "Birthdate"), row("phone", "Phone")), fields={"born": "soon", "phone": "1"})
    assert values(found) == {"Phone": "1"}
    assert codes(found.warnings) == ["date_invalid"]


def test_email_is_written_automatically_at_create_and_when_empty() -> None:
    found = want(sync(), fields={"email": "ada@example.com"})
    assert values(found) == {"Email": "ada@example.com"}
    assert found.fields["Email"].rule == "if_empty"


def test_overwriting_email_needs_an_explicit_row() -> None:
    found = want(sync(row("email", "email")), fields={"email": "ada@example.com"})
    assert found.fields["Email"].rule == "overwrite"


def test_automatic_email_can_be_switched_off_and_is_for_people_only() -> None:
    assert want(sync(email="off"), fields={"email": "ada@example.com"}).fields == {}
    case = sobject("Case", field("Email", "email"))
    assert want(sync(sobject="Case"), case, fields={"email": "ada@example.com"}).fields == {}


def test_a_match_field_is_never_cut() -> None:
    describe = sobject("Thing__c", field("Code__c", length=3))
    found = want(sync(row("code", "Code__c"), push={"match_fields": ("code__c",)}), describe, fields={"code": "abcd"})
    assert (found.fields, codes(found.warnings)) == ({}, ["too_long"])


def test_an_account_by_name_is_asked_for_and_fills_only_an_empty_lookup() -> None:
    found = want(sync(row("company", "Account.Name")), fields={"company": " ACME  Inc "})
    [parent] = found.parents
    assert (parent.field.name, parent.sobject, parent.name) == ("AccountId", "Account", "ACME  Inc")
    assert (parent.rule, parent.create) == ("if_empty", False)
    assert found.fields == {}
    assert normalized_name(str(parent.name)) == normalized_name("acme inc")


def test_creating_the_account_is_asked_for_only_where_the_row_says_so() -> None:
    [parent] = want(sync(row("company", "Account.Name", create_related=True)), fields={"company": "ACME"}).parents
    assert parent.create


def test_null_takes_a_person_out_of_its_account_only_under_an_explicit_overwrite() -> None:
    assert want(sync(row("company", "Account.Name")), fields={"company": None}).parents == ()
    [parent] = want(sync(row("company", "Account.Name", write_rule="overwrite")), fields={"company": None}).parents
    assert parent.name is CLEAR


def test_a_company_name_that_no_account_can_have_is_left_out() -> None:
    found = want(sync(row("company", "Account.Name")), fields={"company": "x" * 256})
    assert (found.parents, codes(found.warnings)) == ((), ["too_long"])
    assert codes(want(sync(row("company", "Account.Name")), fields={"company": {"a": 1}}).warnings) == ["type_mismatch"]


def test_an_activity_asks_for_the_person_and_the_account_it_is_about() -> None:
    found = want(sync(row("title", "Subject"), sobject="Task"), task(), fields={"title": "Quiz"}, about=about())
    assert [(item.field.name, item.sobjects, item.rule) for item in found.lookups] == [
        ("WhoId", ("Lead", "Contact"), "if_empty"),
        ("WhatId", ("Account",), "if_empty"),
    ]
    assert found.lookups[0].about.key == "lead-7"
    assert want(sync(sobject="Task"), task()).lookups == ()


def test_an_explicit_row_takes_the_place_of_the_automatic_lookup() -> None:
    given = want(sync(row("who", "WhoId"), sobject="Task"), task(), fields={"who": "003000000000001"}, about=about())
    assert values(given) == {"WhoId": "003000000000001AAA"}
    assert [item.field.name for item in given.lookups] == ["WhatId"]


def test_any_lookup_to_people_or_accounts_can_be_filled_by_whom_the_change_is_about() -> None:
    describe = sobject("Opportunity", lookup("AccountId", "Account"))
    [asked] = want(sync(row("about", "AccountId"), sobject="Opportunity"), describe, about=about()).lookups
    assert (asked.field.name, asked.sobjects) == ("AccountId", ("Account",))


def test_a_conversation_is_fitted_to_its_field_and_what_is_missing_is_reported() -> None:
    describe = contact(field("Chat__c", "textarea", length=300))
    found = want(sync(row("conversation", "Chat__c")), describe, conversation=said(*["x" * 100] * 9))
    transcript = found.fields["Chat__c"]
    assert transcript.conversation
    assert not transcript.always
    assert transcript.value.startswith("(7 earlier messages left out to fit)\n")
    assert codes(found.warnings) == ["messages_dropped"]


def test_no_conversation_or_an_empty_one_leaves_the_text_alone() -> None:
    rules = sync(row("conversation", "Description"))
    assert want(rules).fields == {}
    assert want(rules, conversation=()).fields == {}


def test_a_record_type_is_found_by_its_name() -> None:
    types = ({"recordTypeId": "012000000000001AAA", "name": "Customer", "available": True},)
    describe = contact(lookup("RecordTypeId", "RecordType"), record_types=types)
    rules = sync(row("kind", "RecordTypeId"))
    assert values(want(rules, describe, fields={"kind": "customer"})) == {"RecordTypeId": "012000000000001AAA"}
    assert codes(want(rules, describe, fields={"kind": "Nobody"}).warnings) == ["record_type_unknown"]


def test_rows_that_cannot_work_in_this_org_are_left_out_and_reported_with_every_change() -> None:
    rules = sync(row("a", "Gone__c"), row("b", "Account.Owner.Name"), row("join(", "Title"), row("phone", "Phone"))
    found = want(rules, fields={"phone": "1"})
    assert values(found) == {"Phone": "1"}
    assert codes(found.warnings) == ["mapping_broken"] * 3
    assert [item.field for item in found.warnings] == ["Gone__c", "Account.Owner.Name", "Title"]


def test_an_expression_that_fails_for_one_change_leaves_its_field_out() -> None:
    found = want(sync(row("join(' ', [fields.a, fields.b])", "Title")), fields={"a": "x"})
    assert (found.fields, codes(found.warnings)) == ({}, ["expression_failed"])


def test_the_fields_that_decisions_read_are_known() -> None:
    describe = contact(
        field("Controller__c", "picklist"), field("Dependent__c", "picklist", controller_name="Controller__c")
    )
    push = {"when": "account.AnnualRevenue > `5`"}
    rules = sync(
        row("a", "Dependent__c"), row("b", "Account.Name"), push=push, signals={"vip": "record.Title == 'CEO'"}
    )
    found = compiled(rules, describe)
    assert found.selected == {"Dependent__c", "Controller__c", "AccountId", "Email"}
    assert found.reads == {("account", "AnnualRevenue"), ("record", "Title")}


def test_the_record_type_is_read_where_it_decides_about_picklists() -> None:
    types = ({"recordTypeId": "012000000000001AAA", "picklists": {"Rating": ["Hot"]}},)
    found = compiled(sync(), contact(lookup("RecordTypeId", "RecordType"), record_types=types))
    assert "RecordTypeId" in found.selected


def test_conditions_and_signals_see_the_document() -> None:
    found = compiled(
        sync(push={"when": "fields.age > `17`"}, signals={"b": "fields.age > `50`", "a": "qualified"}), contact()
    )
    given = document(change({"age": 20, "qualified": True}))
    assert found.holds(given)
    assert not found.holds(document(change({"age": 10})))
    assert found.signals_of(given) == ("a",)
    assert compiled(sync(), contact()).holds(given)


def test_a_condition_that_can_not_be_compiled_holds_for_nothing() -> None:
    assert not compiled(sync(push={"when": "join("}), contact()).holds(document(change()))


def test_rules_are_compiled_once_for_the_same_sync_and_describe() -> None:
    rules, describe = sync(row("a", "Title")), contact()
    assert compiled(rules, describe) is compiled(rules, describe)
    assert compiled(rules, contact()) is not compiled(rules, describe)
    assert compiled(rules.model_copy(), describe) is not compiled(rules, describe)


def test_the_memory_of_compiled_rules_stays_bounded() -> None:
    for _ in range(200):
        compiled(sync(row("a", "Title")), contact())
    assert len(compiled_module._compiled) <= 64


def test_a_default_is_for_a_new_record_and_no_value_of_the_change() -> None:
    found = want(sync(row("phone", "Phone", default="none")), fields={})
    assert found.fields == {}
    assert {name: item.value for name, item in found.defaults.items()} == {"Phone": "none"}


def test_an_expression_of_absent_or_empty_fields_is_worked_out_for_a_new_record_only() -> None:
    rules = sync(row("fields.phone || 'none'", "Phone"))
    for fields in ({}, {"phone": ""}, {"phone": "  "}):
        found = want(rules, fields=fields)
        assert (found.fields, found.defaults["Phone"].value) == ({}, "none")
    assert values(want(rules, fields={"phone": None})) == {"Phone": "none"}
    assert values(want(rules, fields={"phone": "1"})) == {"Phone": "1"}


def test_what_an_expression_makes_of_nothing_comes_before_the_default_and_an_error_does_not() -> None:
    first = want(sync(row("fields.phone || 'none'", "Phone", default="default")))
    assert first.defaults["Phone"].value == "none"
    failing = want(sync(row("join(' ', [fields.a, fields.b])", "Phone", default="default")))
    assert failing.defaults["Phone"].value == "default"
    spelled = want(sync(row("join('-', [to_string(fields.a), 'x'])", "Phone")))
    assert spelled.defaults == {}  # not "null-x"


def test_a_table_translates_before_the_field_is_looked_at() -> None:
    describe = contact(picklist("Level__c", "High", "Low"))
    rules = sync(row("level", "Level__c", values={"1": "high", "2": "Low"}))
    assert values(want(rules, describe, fields={"level": 1})) == {"Level__c": "High"}
    left_out = want(rules, describe, fields={"level": 3})
    assert (left_out.fields, codes(left_out.warnings)) == ({}, ["value_not_in_table"])
    assert values(want(rules, describe, fields={"level": None})) == {"Level__c": CLEAR}


def test_what_is_appended_is_dated_by_the_change() -> None:
    found = want(sync(row("note", "Description", write_rule="append")), fields={"note": "Called."})
    assert values(found) == {"Description": "[2026-11-21 12:00:00 UTC] Called."}
    assert want(sync(row("note", "Description", write_rule="append")), fields={"note": None}).fields == {}
