"""What the save check finds in a sync."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.salesforce.describe import PicklistValue, SObjectDescribe
from causeway.syncs.checks.save_check import paths_of, save_problems
from causeway.syncs.discovery.product_fields import ProductField
from causeway.syncs.sync import Mapping as Row
from causeway.syncs.sync import Problem, PullRules, Schedule, Sync
from causeway.syncs.templates import proposed_syncs

from tests.support.syncs.factories import codes, contact, field, lead, lookup, picklist, row, sobject, sync, task

CREATE = {"update_existing": True, "create_when_missing": True}


def check(
    rules: Sync, describe: SObjectDescribe | None = None, others: tuple[Sync, ...] = (), **parts: Any
) -> tuple[Problem, ...]:
    return save_problems(rules, describe or contact(), others, **parts)


def of_row(mapping: Row, describe: SObjectDescribe | None = None, **parts: Any) -> list[tuple[str, str]]:
    """Return level and code of what one row of an updating sync has wrong."""
    types = parts.pop("product_fields", ())
    return [(item.level, item.code) for item in check(sync(mapping, **parts), describe, product_fields=types)]


def test_a_sync_that_fits_has_no_problem() -> None:
    rules = sync(
        row("first_name", "FirstName"), row("last_name", "LastName"), row("company", "Account.Name"), push=CREATE
    )
    assert check(rules) == ()


@pytest.mark.parametrize("describe", [contact(), lead()])
def test_what_a_new_connection_proposes_fits(describe: Any) -> None:
    [proposed] = [item for item in proposed_syncs() if item.sobject == describe.name]
    others = tuple(item for item in proposed_syncs() if item is not proposed)
    assert check(proposed, describe, others) == ()


def test_creating_needs_updating_and_the_error_says_so() -> None:
    rules = sync(row("last_name", "LastName"), push={"update_existing": False, "create_when_missing": True})
    [problem] = check(rules)
    assert (problem.level, problem.code) == ("error", "create_needs_update")
    assert "update_existing" in problem.message


@pytest.mark.parametrize(
    ("describe", "mapped", "missing"),
    [
        (contact(), ["FirstName"], ["LastName"]),
        (lead(), ["LastName"], ["Company"]),
        (lead(), [], ["LastName", "Company"]),
        (contact(field("Code__c", nillable=False)), ["LastName"], ["Code__c"]),
        (contact(lookup("Master__c", "Thing__c", nillable=False)), ["LastName"], ["Master__c"]),
    ],
)
def test_required_fields_that_nobody_maps_are_errors_when_records_are_created(
    describe: Any, mapped: Any, missing: Any
) -> None:
    rows = [row("x", name) for name in mapped]
    found = check(sync(*rows, push=CREATE), describe)
    assert [(item.level, item.code, item.field) for item in found] == [
        ("error", "required_field_not_mapped", name) for name in missing
    ]
    assert check(sync(*rows), describe) == ()


def test_fields_with_a_default_and_a_parent_by_name_are_not_missing() -> None:
    describe = sobject(
        "Thing__c", field("Name"), lookup("AccountId", "Account", nillable=False), field("On__c", "boolean")
    )
    rules = sync(row("company", "Account.Name"), push={**CREATE, "match_fields": ()}, sobject="Thing__c")
    assert "required_field_not_mapped" not in codes(check(rules, describe))


def test_a_whole_name_is_pushed_in_parts_but_not_where_it_is_pulled_too() -> None:
    person = contact()
    assert codes(check(sync(row("a", "Name"), push=CREATE), person)) == []
    assert codes(check(sync(row("a", "Name"), row("b", "LastName")), person)) == ["field_mapped_twice"]
    both = check(sync(row("fields.a", "Name"), direction="bidirectional"), person)
    assert ("error", "field_not_writable") in [(item.level, item.code) for item in both]


@pytest.mark.parametrize(
    ("mapping", "found"),
    [
        (row("a", "Gone__c"), [("error", "unknown_field")]),
        (row("a", "Nobody.Name"), [("error", "unknown_field")]),
        (row("a", "Account.Industry"), [("error", "relationship_not_pushable")]),
        (row("a", "Name"), []),
        (row("a", "CreatedDate"), [("error", "field_not_writable")]),
        (row("a", "Id"), [("error", "field_not_writable")]),
        (row("a", "Formula__c"), [("error", "field_not_writable")]),
        (row("a", "MailingAddress"), [("error", "field_not_writable")]),
        (row("a", "Hidden__c"), [("warning", "field_not_writable")]),
        (row("a", "Once__c"), [("warning", "field_not_updateable")]),
        (row("a", "Later__c"), [("warning", "field_not_createable")]),
        (row("a", "Photo__c"), [("error", "type_not_supported")]),
        (row("join(", "Title"), [("error", "invalid_expression")]),
        (row("company.name", "Title"), [("error", "expression_reads_nothing")]),
        (row("conversation", "Phone"), [("error", "conversation_needs_text")]),
        (row("conversation", "Title"), [("warning", "conversation_short_field")]),
        (row("conversation", "Description", overwrite="always"), []),
        (
            row("conversation", "Description", overwrite="always", write_rule="if_empty"),
            [("error", "options_contradict")],
        ),
        (row("a", "Title", overwrite="always"), [("warning", "option_without_effect")]),
        (row("a", "Title", create_related=True), [("warning", "option_without_effect")]),
        (row("a", "HasOptedOutOfEmail", write_rule="if_empty"), [("warning", "if_empty_never_applies")]),
        (row("about", "Title"), [("error", "about_needs_lookup")]),
        (row("about", "AccountId"), []),
        (row("'Gold'", "Level__c"), []),
        (row("'Bronze'", "Level__c"), [("error", "value_does_not_fit")]),
        (row("`5`", "Birthdate"), [("error", "value_does_not_fit")]),
        (row("email", "Email"), []),
        (row("company", "Account.Name", create_related=True), []),
    ],
)
def test_each_row_is_checked_against_describe(mapping: Any, found: Any) -> None:
    describe = contact(
        field("Formula__c", calculated=True, createable=False, updateable=False, custom=True),
        field("Hidden__c", createable=False, updateable=False, custom=True),
        field("Once__c", updateable=False),
        field("Later__c", createable=False),
        field("Photo__c", "base64"),
        field("MailingAddress", "address", createable=False, updateable=False),
        field("MailingCity", compound_field_name="MailingAddress"),
        picklist("Level__c", "Gold"),
    )
    assert of_row(mapping, describe) == found


def test_the_part_of_a_compound_field_may_be_mapped_and_the_whole_not() -> None:
    parts = contact(
        field("FullName__c", createable=False, updateable=False), field("Part__c", compound_field_name="FullName__c")
    )
    assert of_row(row("a", "Part__c"), parts) == []
    assert of_row(row("a", "FullName__c"), parts) == [("error", "field_not_writable")]


@pytest.mark.parametrize(
    ("type", "target", "fits"),
    [
        ("string", field("X__c", "date"), True),
        ("number", field("X__c", "date"), False),
        ("number", field("X__c"), True),
        ("boolean", field("X__c", "double"), False),
        ("date", field("X__c", "datetime"), False),
        ("datetime", field("X__c", "date"), True),
        ("list", field("X__c"), False),
        ("list", picklist("X__c", "a", type="multipicklist"), True),
        ("object", field("X__c", "textarea"), False),
    ],
)
def test_registered_product_types_must_fit(type: Any, target: Any, fits: Any) -> None:
    registered = [ProductField(name="x", type=type)]
    found = of_row(row("x", "X__c"), contact(target), product_fields=registered)
    assert found == ([] if fits else [("error", "type_does_not_fit")])


def test_a_type_that_was_only_seen_in_messages_is_a_warning() -> None:
    seen = [ProductField(name="x", type="list", learned=True)]
    assert of_row(row("fields.x", "Title"), product_fields=seen) == [("warning", "type_does_not_fit")]


def test_two_rows_may_not_write_one_field() -> None:
    found = check(sync(row("a", "Title"), row("b", "title")))
    assert [(item.level, item.code) for item in found] == [("error", "field_mapped_twice")]
    assert codes(check(sync(row("a", "AccountId"), row("b", "Account.Name")))) == ["field_mapped_twice"]


def test_a_sync_without_rows_is_warned_of() -> None:
    assert codes(check(sync(email="off"))) == ["no_mappings"]
    assert check(sync()) == ()


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"createable": False}, "sobject_not_createable"),
        ({"updateable": False}, "sobject_not_updateable"),
        ({"queryable": False}, "sobject_not_queryable"),
    ],
)
def test_the_connected_user_must_be_allowed_to(parts: Any, code: Any) -> None:
    found = check(sync(row("a", "LastName"), push=CREATE), contact(**parts))
    assert [(item.level, item.code) for item in found] == [("error", code)]


def test_conditions_and_signals_must_compile_and_read_something() -> None:
    assert codes(check(sync(push={"when": "a >"}))) == ["invalid_expression"]
    assert codes(check(sync(signals={"big": "nothing("}))) == ["invalid_expression"]
    assert codes(check(sync(push={"when": "`true`"}))) == ["expression_reads_nothing"]
    assert codes(check(sync(push={"when": "record.Gone__c == 'x'"}))) == ["unknown_field"]
    assert check(sync(push={"when": "account.AnnualRevenue > `500000`"}, signals={"new": "record == `null`"})) == ()


def test_match_fields_must_exist_be_searchable_and_be_mapped() -> None:
    describe = sobject(
        "Thing__c", field("Code__c"), field("Notes__c", "textarea", filterable=False), field("Ext__c", external_id=True)
    )
    rows = [row("code", "Code__c"), row("notes", "Notes__c")]

    def found(**push: Any) -> list[str]:
        return codes(check(sync(*rows, push=push, sobject="Thing__c"), describe))

    assert found(match_fields=("Code__c",)) == []
    assert found(match_fields=("Gone__c",)) == ["match_field_unknown"]
    assert found(match_fields=("Notes__c",)) == ["match_field_not_filterable"]
    assert found(match_fields=("Ext__c",)) == ["match_field_not_mapped"]
    assert found(external_id_field="Ext__c") == ["match_field_not_mapped"]
    assert found(external_id_field="Code__c") == ["external_id_unsuitable"]
    assert found(**CREATE) == ["no_match_rule"]


def test_activities_need_no_match_rule() -> None:
    assert check(sync(row("title", "Subject"), push=CREATE, sobject="Task"), task()) == ()


def test_two_syncs_at_one_position_that_could_create_the_same_person_are_warned_of() -> None:
    mine = sync(row("a", "LastName"), push=CREATE, position=2)
    other = sync(id="lead-lead", sobject="Lead", push=CREATE, position=2)
    [problem] = check(mine, others=(other,))
    assert (problem.level, problem.code) == ("warning", "same_person_twice")
    apart = [
        other.model_copy(update={"position": 1}),
        other.model_copy(update={"source": "elsewhere"}),
        other.model_copy(update={"direction": "pull"}),
        other.model_copy(update={"sobject": "Case"}),
        sync(id="lead-lead", sobject="Lead", position=2),
        mine,
    ]
    assert check(mine, others=tuple(apart)) == ()


def test_two_syncs_that_create_regardless_of_each_other_are_not_warned_of() -> None:
    push = {**CREATE, "create_unless": "never"}
    mine, other = sync(row("a", "LastName"), push=push), sync(id="other", sobject="Lead", push=push)
    assert check(mine, others=(other,)) == ()


def pull(*rows: Row, **rules: Any) -> Sync:
    return sync(*rows, direction="pull", pull=PullRules(**rules))


def test_pull_filters_are_checked() -> None:
    tree = {"all": [{"field": "Gone__c", "operator": "empty"}]}
    [problem] = check(pull(row("a", "Title"), filter=tree))
    assert (problem.level, problem.code, problem.field) == ("error", "filter_unknown_field", "Gone__c")
    related = {"Account": sobject("Account", picklist("Industry", "Media"))}
    tree = {"all": [{"field": "Account.Industry", "operator": "equals", "value": "Media"}]}
    assert check(pull(row("a", "Title"), filter=tree), related=related) == ()


def test_the_paths_of_a_sync_are_those_of_its_rows_and_its_filter() -> None:
    tree = {
        "all": [{"field": "Title", "operator": "empty"}, {"any": [{"field": "Owner.Name", "operator": "empty"}, 5]}]
    }
    assert paths_of(pull(row("a", "Account.Industry"), filter=tree)) == ("Account.Industry", "Title", "Owner.Name")


def test_a_pull_only_reads_so_nothing_needs_to_be_writable_or_required() -> None:
    assert check(pull(row("a", "Name"), row("b", "CreatedDate"), row("c", "Account.Industry"), row("d", "Name"))) == ()
    assert codes(check(pull(row("a", "Gone__c")))) == ["unknown_field"]


def test_computed_product_fields_are_not_pulled() -> None:
    assert codes(check(pull(row("join(' ', [fields.a])", "Title")))) == ["expression_not_pulled"]
    both = sync(row("a", "Account.Industry"), direction="bidirectional")
    assert [(item.level, item.code) for item in check(both)] == [("warning", "relationship_not_pushable")]


def test_a_schedule_has_an_interval_or_a_time_of_day() -> None:
    for schedule in (Schedule(), Schedule(every_minutes=5, daily_at="09:00")):
        assert codes(check(pull(row("a", "Title"), schedule=schedule))) == ["schedule_invalid"]
    assert check(pull(row("a", "Title"), schedule=Schedule(daily_at="09:00"))) == ()
    assert check(pull(row("a", "Title"), schedule=Schedule(paused=True))) == ()


def test_errors_come_before_warnings_and_every_message_is_a_sentence() -> None:
    rules = sync(row("conversation", "Title"), row("a", "Gone__c"), row("b", "Name"), push=CREATE)
    found = check(rules, contact(field("Code__c", nillable=False), picklist("P", PicklistValue("a", "a"))))
    levels = [item.level for item in found]
    assert levels == sorted(levels)
    assert {"error", "warning"} == set(levels)
    assert all(item.message.endswith(".") for item in found)


AREA = contact(picklist("Level__c", "High", "Low"))


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"salesforce": "Phone", "write_rule": "append"}, ("error", "append_needs_text_area")),
        ({"salesforce": "Account.Name", "write_rule": "append"}, ("error", "append_needs_text_area")),
        (
            {"product": "conversation", "salesforce": "Description", "write_rule": "append"},
            ("error", "options_contradict"),
        ),
        (
            {"product": "conversation", "salesforce": "Description", "values": {"a": "b"}},
            ("error", "options_contradict"),
        ),
        ({"salesforce": "Level__c", "values": {"a": "Medium"}}, ("error", "value_does_not_fit")),
        ({"salesforce": "Level__c", "values": {"a": "High"}, "fallback": "Medium"}, ("error", "value_does_not_fit")),
        ({"salesforce": "Level__c", "values": {"a": "High", "A": "Low"}}, ("error", "options_contradict")),
        ({"salesforce": "Level__c", "fallback": "High"}, ("warning", "option_without_effect")),
        ({"salesforce": "Birthdate", "default": "soon"}, ("error", "value_does_not_fit")),
        ({"salesforce": "Title", "default": "x" * 200}, ("warning", "value_does_not_fit")),
        ({"salesforce": "Account.Name", "default": "x" * 300}, ("error", "value_does_not_fit")),
    ],
)
def test_options_of_a_row_that_cannot_work_are_named(parts: dict[str, Any], found: tuple[str, str]) -> None:
    mapping = Row(**{"product": "a", **parts})
    rules = sync(row("last_name", "LastName"), mapping, push=CREATE)
    assert found in [(item.level, item.code) for item in check(rules, AREA)]


def test_options_that_work_have_no_problem() -> None:
    rows = (
        row("last_name", "LastName", default="Unknown"),
        row("note", "Description", write_rule="append"),
        row("level", "Level__c", values={"1": "High", "2": None, "3": ""}, fallback="Low"),
        row("company", "Account.Name", default="Households", create_related=True),
        row("title", "Title", write_rule="create_only"),
    )
    assert check(sync(*rows, push=CREATE), AREA) == ()


def test_a_row_that_is_written_at_creation_only_may_fill_a_field_that_cannot_be_changed_later() -> None:
    rows = (row("last_name", "LastName"), row("once", "Once__c", write_rule="create_only"))
    assert check(sync(*rows, push=CREATE), contact(field("Once__c", updateable=False))) == ()


def test_what_counts_at_creation_has_no_effect_in_a_sync_that_creates_nothing() -> None:
    for mapping in (row("a", "Title", default="x"), row("a", "Title", write_rule="create_only")):
        assert of_row(mapping) == [("warning", "option_without_effect")]


def test_a_field_by_which_records_are_found_has_no_default_and_nothing_appended() -> None:
    describe = contact(field("Code__c", external_id=True), field("Text__c", "textarea"))
    by_code = {**CREATE, "external_id_field": "Code__c"}
    rules = sync(row("last_name", "LastName"), row("code", "Code__c", default="x"), push=by_code)
    assert [(item.level, item.code) for item in check(rules, describe)] == [("error", "options_contradict")]
    by_text = sync(row("note", "Text__c", write_rule="append"), push={"match_fields": ["Text__c"]})
    assert "options_contradict" in codes(check(by_text, describe))


def test_appending_is_not_bidirectional() -> None:
    rules = sync(row("note", "Description", write_rule="append"), direction="bidirectional")
    assert "options_contradict" in codes(check(rules))


def test_a_record_type_is_named_by_its_developer_name_in_a_fixed_value() -> None:
    types = ({"recordTypeId": "012000000000001AAA", "developerName": "Partner", "name": "Partner account"},)
    describe = contact(lookup("RecordTypeId", "RecordType"), record_types=types)
    assert of_row(row("'Partner'", "RecordTypeId"), describe) == []
    assert of_row(row("'Other'", "RecordTypeId"), describe) == [("error", "value_does_not_fit")]
