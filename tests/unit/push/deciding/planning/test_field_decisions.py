"""What of a request is written over the record as it is."""

from __future__ import annotations

from typing import Any

from causeway.push.deciding.planning.field_decisions import (
    FieldDecisions,
    decide_fields,
    missing_at_create,
    missing_sentence,
)
from causeway.salesforce.describe import FieldDescribe, PicklistValue, SObjectDescribe
from causeway.syncs.mapping.desired import CLEAR, DesiredField

from tests.support.syncs.factories import codes, contact, field, lead, lookup, picklist, sobject
from tests.unit.salesforce.values.test_picklists import bits


def desired(described: FieldDescribe, value: Any, **parts: Any) -> DesiredField:
    return DesiredField(described, value, **parts)


def decide(
    *prepared_tasks: DesiredField, current: dict[str, Any] | None, describe: SObjectDescribe | None = None
) -> FieldDecisions:
    return decide_fields(
        describe or sobject("Thing__c", *[item.field for item in prepared_tasks]), prepared_tasks, current
    )


def action(found: FieldDecisions) -> str:
    [decision] = found.decisions
    return decision.action


def test_only_what_differs_is_sent() -> None:
    found = decide(desired(field("A"), "same "), desired(field("B"), "new"), current={"A": "same", "B": "old"})
    assert found.values == {"B": "new"}
    assert [(item.field, item.action) for item in found.decisions] == [("A", "same"), ("B", "write")]


def test_if_empty_fills_only_what_is_empty() -> None:
    rule = {"rule": "if_empty"}
    assert decide(desired(field("A"), "x", **rule), current={"A": None}).values == {"A": "x"}
    assert decide(desired(field("A"), "x", **rule), current={"A": "  "}).values == {"A": "x"}
    assert action(decide(desired(field("A"), "x", **rule), current={"A": "theirs"})) == "kept"


def test_zero_and_false_in_salesforce_are_not_empty() -> None:
    assert decide(desired(field("N", "double"), 5, rule="if_empty"), current={"N": 0}).values == {}
    assert decide(desired(field("B", "boolean"), True, rule="if_empty"), current={"B": False}).values == {}
    assert decide(desired(field("B", "boolean"), True, rule="if_empty"), current={"B": None}).values == {}


def test_if_empty_writes_nothing_where_the_record_was_not_read() -> None:
    assert decide(desired(field("A"), "x", rule="if_empty"), current={}).values == {}


def test_a_create_writes_everything_that_may_be_set_then() -> None:
    closed = field("C", createable=False)
    found = decide(
        desired(field("A"), "x", rule="if_empty"), desired(field("B"), CLEAR), desired(closed, "y"), current=None
    )
    assert found.values == {"A": "x"}
    assert codes(found.warnings) == ["not_writable_at_create"]


def test_a_field_that_can_not_be_changed_is_left_out_only_when_it_would_change() -> None:
    fixed = field("A", updateable=False)
    assert decide(desired(fixed, "x"), current={"A": "x"}).warnings == []
    found = decide(desired(fixed, "y"), current={"A": "x"})
    assert (found.values, codes(found.warnings)) == ({}, ["not_writable_at_update"])


def test_null_clears_text_and_unticks_a_checkbox() -> None:
    found = decide(desired(field("A"), CLEAR), desired(field("B", "boolean"), CLEAR), current={"A": "x", "B": True})
    assert found.values == {"A": None, "B": False}
    assert decide(desired(field("A"), CLEAR), current={"A": None}).values == {}


OURS = "[2026-11-21 12:00 UTC] lead: Hello"


def transcript(**parts: Any) -> DesiredField:
    return desired(field("D", "textarea"), OURS + "\n[2026-11-21 12:01 UTC] lead: Bye", conversation=True, **parts)


def test_a_conversation_updates_its_own_transcript_in_place() -> None:
    assert "D" in decide(transcript(), current={"D": OURS}).values
    assert "D" in decide(transcript(), current={"D": None}).values


def test_a_conversation_never_replaces_a_colleagues_notes() -> None:
    found = decide(transcript(), current={"D": "Wants a demo"})
    assert (found.values, codes(found.warnings)) == ({}, ["text_kept"])
    assert "D" in decide(transcript(always=True), current={"D": "Wants a demo"}).values


def dependent_fields() -> tuple[FieldDescribe, FieldDescribe]:
    controller = picklist("Country", "DE", "FR")
    cities = [PicklistValue("Berlin", "Berlin", valid_for=bits(0)), PicklistValue("Paris", "Paris", valid_for=bits(1))]
    return controller, picklist("City", *cities, controller_name="Country")


def test_a_dependent_value_must_suit_the_controlling_value_that_the_record_will_have() -> None:
    country, city = dependent_fields()
    describe = sobject("Thing__c", country, city)
    both = (desired(country, "FR"), desired(city, "Paris"))
    assert decide(*both, current={"Country": "DE", "City": None}, describe=describe).values == {
        "Country": "FR",
        "City": "Paris",
    }
    found = decide(desired(city, "Paris"), current={"Country": "DE", "City": None}, describe=describe)
    assert (found.values, codes(found.warnings)) == ({}, ["picklist_not_for_controller"])
    assert action(found) == "left_out"
    assert decide(desired(city, "Berlin"), current={"Country": "DE", "City": None}, describe=describe).values == {
        "City": "Berlin"
    }


def test_a_controlling_value_that_was_not_read_decides_nothing() -> None:
    country, city = dependent_fields()
    describe = sobject("Thing__c", country, city)
    assert decide(desired(city, "Paris"), current={"City": None}, describe=describe).values == {"City": "Paris"}


def test_a_create_takes_the_controllers_default_value_into_account() -> None:
    country = picklist("Country", PicklistValue("DE", "DE", default=True))
    city = picklist("City", PicklistValue("Berlin", "Berlin", valid_for=bits(0)), controller_name="Country")
    describe = sobject("Thing__c", country, city)
    assert decide(desired(city, "Berlin"), current=None, describe=describe).values == {"City": "Berlin"}


def test_leaving_out_a_controlling_value_leaves_out_what_depends_on_it() -> None:
    top = picklist("Top", "on")
    middle = picklist("Middle", PicklistValue("m", "m", valid_for=bits(0)), controller_name="Top")
    bottom = picklist("Bottom", PicklistValue("b", "b", valid_for=bits(0)), controller_name="Middle")
    describe = sobject("Thing__c", top, middle, bottom)
    current = {"Top": None, "Middle": None, "Bottom": None}
    found = decide(desired(bottom, "b"), desired(middle, "m"), current=current, describe=describe)
    assert found.values == {}
    assert codes(found.warnings) == ["picklist_not_for_controller"] * 2


def test_a_value_must_suit_the_record_type_that_the_record_will_have() -> None:
    types = (
        {"recordTypeId": "012000000000001AAA", "picklists": {"Rating": ["Hot"]}, "defaultRecordTypeMapping": True},
        {"recordTypeId": "012000000000002AAA", "picklists": {"Rating": ["Cold"]}},
    )
    rating, kind = picklist("Rating", "Hot", "Cold"), lookup("RecordTypeId", "RecordType")
    describe = sobject("Account", rating, kind, record_types=types)
    hot, cold = desired(rating, "Hot"), desired(rating, "Cold")
    second = {"RecordTypeId": "012000000000002AAA", "Rating": None}
    assert decide(cold, current=second, describe=describe).values == {"Rating": "Cold"}
    assert codes(decide(hot, current=second, describe=describe).warnings) == ["picklist_not_for_record_type"]
    assert decide(hot, current=None, describe=describe).values == {"Rating": "Hot"}
    assert codes(decide(cold, current=None, describe=describe).warnings) == ["picklist_not_for_record_type"]


def test_each_value_of_a_multi_select_must_suit() -> None:
    controller = picklist("Country", "DE")
    items = [PicklistValue("a", "a", valid_for=bits(0)), PicklistValue("b", "b", valid_for=bits(5))]
    several = picklist("Several", *items, type="multipicklist", controller_name="Country")
    describe = sobject("Thing__c", controller, several)
    current = {"Country": "DE", "Several": None}
    assert decide(desired(several, "a"), current=current, describe=describe).values == {"Several": "a"}
    assert decide(desired(several, "a;b"), current=current, describe=describe).values == {}


def test_the_missing_fields_of_a_create_are_named_for_a_person() -> None:
    assert [item.name for item in missing_at_create(contact(), {})] == ["LastName"]
    assert missing_at_create(contact(), {"LastName": "Lovelace"}) == ()
    [company] = missing_at_create(lead(), {"LastName": "Lovelace", "Company": "  "})
    assert missing_sentence(lead(), [company]) == "A Lead needs Company; the change gives no value for it."
    both = missing_sentence(lead(), missing_at_create(lead(), {}))
    assert both == "A Lead needs Last Name (LastName) and Company; the change gives no value for them."


def test_create_only_fills_a_new_record_and_changes_no_other() -> None:
    rule = {"rule": "create_only"}
    assert decide(desired(field("A"), "x", **rule), current=None).values == {"A": "x"}
    assert action(decide(desired(field("A"), "x", **rule), current={"A": None})) == "kept"
    assert action(decide(desired(field("A"), "x", **rule), current={"A": "x"})) == "same"


def test_defaults_fill_a_new_record_where_nothing_is_written() -> None:
    given = [desired(field("A"), "given"), desired(field("B"), CLEAR)]
    defaults = [
        desired(field("A"), "usual"),
        desired(field("B"), "usual"),
        desired(field("C", createable=False), "usual"),
    ]
    describe = sobject("Thing__c", *(item.field for item in defaults))
    created = decide_fields(describe, given, None, defaults=defaults)
    assert created.values == {"A": "given", "B": "usual"}
    assert [(item.field, item.is_default) for item in created.decisions] == [("A", False), ("B", True)]
    updated = decide_fields(describe, given[:1], {"A": "x", "B": None}, defaults=defaults)
    assert updated.values == {"A": "given"}


def test_appending_keeps_the_text_and_is_the_same_when_the_entry_is_there() -> None:
    area = field("Notes__c", "textarea", length=100)
    entry = desired(area, "[2026-11-21 12:00:00 UTC] Called.", rule="append")
    assert decide(entry, current={"Notes__c": "Theirs."}).values == {"Notes__c": f"Theirs.\n\n{entry.value}"}
    assert action(decide(entry, current={"Notes__c": f"Theirs.\r\n\r\n{entry.value}"})) == "same"
    full = decide(entry, current={"Notes__c": "t" * 95})
    assert (action(full), codes(full.warnings)) == ("left_out", ["no_room"])
    closed = decide(
        desired(field("Notes__c", "textarea", updateable=False), "x", rule="append"), current={"Notes__c": ""}
    )
    assert codes(closed.warnings) == ["not_writable_at_update"]
