"""Laws of merging: whatever the order, the batches and the repeats, the newest change of each field decides."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.push.deciding.planning.merging import Merged, plan_of, remember
from causeway.push.deciding.planning.refused_before import Circumstances, remember_refused
from causeway.push.memory.entity import Entity, Order
from causeway.push.memory.field_times import field_order
from causeway.push.memory.links import linked_by_email, linked_records
from causeway.push.memory.pending_creates import (
    CreatedFor,
    PendingCreate,
    adopt_record,
    forget_create,
    note_create,
    pending_creates,
)
from causeway.push.memory.two_way import Base, LastSynced, synced_mark
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.syncs.mapping.desired import CLEAR, DesiredField
from hypothesis import given, settings
from hypothesis import strategies as st

FIELDS = {name: FieldDescribe(name, name, "string", length=255) for name in ("Phone", "Title", "Fax")}
CONTACT = SObjectDescribe("Contact", "Contact", "003", fields=tuple(FIELDS.values()))
RECORD_ID = "003000000000001AAA"

type Sent = tuple[Order, dict[str, str]]

orders = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 20))
changes = st.lists(
    st.tuples(orders, st.dictionaries(st.sampled_from(sorted(FIELDS)), st.sampled_from(["a", "b", "c"]), min_size=1)),
    min_size=1,
    max_size=8,
    unique_by=lambda change: change[0],
)


def desired(values: dict[str, str]) -> dict[str, DesiredField]:
    return {name: DesiredField(FIELDS[name], value) for name, value in values.items()}


def pushed(entity: Entity, row: dict[str, Any], batch: list[Sent]) -> dict[str, Any]:
    """Push one batch as the service does: merge, plan, write, remember; return the values that were sent."""
    merged = Merged(CONTACT, dict(row))
    for order, values in sorted(batch):
        merged.take(desired(values), order, entity)
    plan = plan_of(merged, entity)
    row.update(plan.values)
    remember(merged, plan, entity, RECORD_ID)
    return plan.values


def newest(sent: list[Sent]) -> dict[str, str]:
    """Return the oracle's values: per field, that of the newest change which carries it."""
    values: dict[str, str] = {}
    for _, fields in sorted(sent):
        values |= fields
    return values


@settings(deadline=None)
@given(changes, st.randoms(use_true_random=False), st.integers(1, 4))
def test_any_order_and_any_batches_end_at_the_newest_values(sent: list[Sent], chance: Any, size: int) -> None:
    arrived = [*sent, *chance.sample(sent, chance.randint(0, len(sent)))]
    chance.shuffle(arrived)
    entity, row = Entity(), {"Id": RECORD_ID}
    for start in range(0, len(arrived), size):
        entity = Entity.parse(entity.text())
        pushed(entity, row, arrived[start : start + size])
    assert {name: value for name, value in row.items() if name != "Id"} == newest(sent)


@settings(deadline=None)
@given(changes)
def test_sending_everything_again_sends_nothing(sent: list[Sent]) -> None:
    entity, row = Entity(), {"Id": RECORD_ID}
    pushed(entity, row, sent)
    assert pushed(entity, row, sent) == {}


@settings(deadline=None)
@given(changes)
def test_one_batch_is_as_good_as_one_by_one(sent: list[Sent]) -> None:
    together: dict[str, Any] = {"Id": RECORD_ID}
    apart = dict(together)
    pushed(Entity(), together, sent)
    entity = Entity()
    for change in sorted(sent):
        pushed(entity, apart, [change])
    assert together == apart


ruled = st.one_of(
    st.tuples(st.sampled_from(["a", "b", CLEAR]), st.just("overwrite")),
    st.tuples(st.sampled_from(["c", "d"]), st.just("if_empty")),
)


@settings(deadline=None)
@given(st.lists(ruled, min_size=1, max_size=6), st.sampled_from(["", "before"]))
def test_one_batch_is_as_good_as_one_by_one_whatever_the_write_rules(sent: list[Any], present: str) -> None:
    def row(sizes: list[int]) -> dict[str, Any]:
        entity, found, left = Entity(), {"Id": RECORD_ID, "Phone": present or None}, list(enumerate(sent))
        for size in sizes:
            merged = Merged(CONTACT, dict(found))
            for number, (value, rule) in left[:size]:
                merged.take({"Phone": DesiredField(FIELDS["Phone"], value, rule)}, (number, 0, 0), entity)
            left = left[size:]
            plan = plan_of(merged, entity)
            found |= plan.values
            remember(merged, plan, entity, RECORD_ID)
        return {**found, "decided": field_order(entity, RECORD_ID, "Phone")}

    assert row([len(sent)]) == row([1] * len(sent))


def test_a_change_is_superseded_only_when_nothing_is_left_of_it() -> None:
    entity, row = Entity(), {"Id": RECORD_ID}
    pushed(entity, row, [((5, 0, 0), {"Phone": "new"})])
    merged = Merged(CONTACT, row)
    assert merged.take(desired({"Phone": "old", "Title": "x"}), (1, 0, 0), entity)
    assert not Merged(CONTACT, row).take(desired({"Phone": "old"}), (1, 0, 0), entity)


def test_a_change_that_comes_again_is_not_superseded_by_itself() -> None:
    entity, row = Entity(), {"Id": RECORD_ID}
    pushed(entity, row, [((1, 2, 0), {"Phone": "7"})])
    assert Merged(CONTACT, row).take(desired({"Phone": "7"}), (1, 2, 0), entity)


def test_at_equal_times_the_later_sent_wins_then_the_later_position() -> None:
    entity, row = Entity(), {"Id": RECORD_ID}
    pushed(entity, row, [((1, 2, 0), {"Phone": "later sent"}), ((1, 1, 9), {"Phone": "earlier sent"})])
    assert row["Phone"] == "later sent"
    pushed(entity, row, [((1, 2, 1), {"Phone": "later position"})])
    assert row["Phone"] == "later position"


DAY_MS = 86_400_000


def with_refused_phone(row: dict[str, Any]) -> Entity:
    """Return what is remembered once the org refused a phone of a record, and took a title."""
    entity, merged = Entity(), Merged(CONTACT, row, mapped=set(FIELDS))
    remember_refused(merged.state, {"Phone": "bad"}, {"Title": "x"}, entity, Circumstances(0, 1), RECORD_ID)
    return entity


def planned(
    entity: Entity, row: dict[str, Any], circumstances: Circumstances, **values: Any
) -> tuple[dict[str, Any], list[str]]:
    """Return what would be sent of these values, and the codes of the warnings."""
    merged = Merged(CONTACT, row, mapped=set(FIELDS))
    merged.take(desired(values), (2, 0, 0), entity)
    plan = plan_of(merged, entity, None, circumstances)
    return plan.values, [item.code for item in plan.warnings]


def test_a_value_that_the_org_refused_is_not_sent_again_but_another_one_is() -> None:
    row: dict[str, Any] = {"Id": RECORD_ID}
    entity = with_refused_phone(row)
    same = Circumstances(DAY_MS - 1, 1)
    assert planned(entity, row, same, Phone="bad", Title="x") == ({"Title": "x"}, ["refused_before"])
    assert planned(entity, {**row, "Title": "x"}, same, Phone="bad", Title="x") == ({}, ["refused_before"])
    assert pushed(entity, row, [((2, 0, 0), {"Phone": "good"})]) == {"Phone": "good"}


@pytest.mark.parametrize(
    ("row", "circumstances", "values"),
    [
        ({}, Circumstances(DAY_MS, 1), {"Title": "x"}),
        ({}, Circumstances(1, 2), {"Title": "x"}),
        ({}, Circumstances(1, 1, is_redriven=True), {"Title": "x"}),
        ({}, Circumstances(1, 1), {"Title": "y"}),
        ({"Title": "y"}, Circumstances(1, 1), {}),
        ({"Title": "x", "Fax": "7"}, Circumstances(1, 1), {}),
    ],
    ids=["a day later", "another connection", "redriven", "with another value", "over another title", "over a fax"],
)
def test_a_refused_value_is_tried_again_once_something_it_depended_on_is_different(
    row: dict[str, Any], circumstances: Circumstances, values: dict[str, Any]
) -> None:
    entity, there = with_refused_phone({"Id": RECORD_ID}), {"Id": RECORD_ID, **row}
    sent, warned = planned(entity, there, circumstances, Phone="bad", **values)
    assert (sent["Phone"], warned) == ("bad", [])


@pytest.mark.parametrize("phone", ["good", CLEAR])
def test_a_refusal_ends_with_another_value_or_with_a_clear(phone: Any) -> None:
    row: dict[str, Any] = {"Id": RECORD_ID}
    entity = with_refused_phone(row)
    pushed(entity, row, [((2, 0, 0), {"Phone": phone, "Title": "x"})])
    row["Phone"] = None
    assert planned(entity, row, Circumstances(1, 1), Phone="bad", Title="x")[0] == {"Phone": "bad"}


def test_what_an_older_version_kept_of_a_refusal_is_read_and_tried_again() -> None:
    row: dict[str, Any] = {"Id": RECORD_ID}
    stored = with_refused_phone(row)
    stored.rejected_values[RECORD_ID]["Phone"] = stored.rejected_values[RECORD_ID]["Phone"][0]
    entity = Entity.parse(stored.text())
    assert planned(entity, row, Circumstances(1, 1), Phone="bad", Title="x")[0] == {"Phone": "bad", "Title": "x"}
    pushed(entity, row, [((2, 0, 0), {"Phone": "good"})])
    assert entity.rejected_values == {}


def test_a_noted_create_is_forgotten_when_its_own_key_is_settled_and_linked_when_it_is_found() -> None:
    entity = Entity()
    note_create(
        entity, "Contact", PendingCreate({"LastName": "One"}, 1, (CreatedFor("mine", "lead", "k1", "a@b.example"),))
    )
    forget_create(entity, "Contact", "another")
    assert [sobject for sobject, _ in pending_creates(Entity.parse(entity.text()))] == ["Contact"]
    found = Entity.parse(entity.text())
    adopt_record(found, "Contact", RECORD_ID)
    assert (pending_creates(found), linked_records(found, "mine")) == ([], {"Contact": RECORD_ID})
    assert linked_by_email(found, "a@b.example") == {"Contact": RECORD_ID}
    forget_create(entity, "Contact", "mine")
    assert pending_creates(entity) == []


AREA = FieldDescribe("Notes__c", "Notes", "textarea", length=32_000)
NOTES = SObjectDescribe("Contact", "Contact", "003", fields=(AREA,))


def appending(entity: Entity, row: dict[str, Any], *entries: tuple[Order, str]) -> dict[str, Any]:
    merged = Merged(NOTES, dict(row))
    for order, text in sorted(entries):
        merged.take({"Notes__c": DesiredField(AREA, text, "append")}, order, entity)
    plan = plan_of(merged, entity)
    remember(merged, plan, entity, RECORD_ID)
    row.update(plan.values)
    return plan.values


def test_every_entry_is_added_once_in_whatever_order_they_come() -> None:
    entity, row = Entity(), {"Id": RECORD_ID, "Notes__c": None}
    appending(entity, row, ((2, 0, 0), "b"), ((3, 0, 0), "c"))
    appending(entity, row, ((1, 0, 0), "a"))
    assert row["Notes__c"] == "b\n\nc\n\na"
    assert appending(entity, row, ((1, 0, 0), "a")) == {}
    row["Notes__c"] = "people deleted the rest"
    assert appending(Entity.parse(entity.text()), row, ((2, 0, 0), "b")) == {}


def test_a_default_gives_way_to_an_older_change_that_carries_the_value() -> None:
    entity = Entity()
    merged = Merged(CONTACT, None, defaults={"Phone": DesiredField(FIELDS["Phone"], "none")})
    merged.take(desired({"Title": "CEO"}), (5, 0, 0), entity)
    plan = plan_of(merged, entity)
    assert plan.values == {"Title": "CEO", "Phone": "none"}
    remember(merged, plan, entity, RECORD_ID)
    late = Merged(CONTACT, {"Id": RECORD_ID, "Title": "CEO", "Phone": "none"})
    assert late.take(desired({"Phone": "1"}), (1, 0, 0), entity)
    assert plan_of(late, entity).values == {"Phone": "1"}


def test_create_only_keeps_the_first_of_the_changes_that_create() -> None:
    merged = Merged(CONTACT, None)
    for order, text in (((1, 0, 0), "first"), ((2, 0, 0), "second")):
        merged.take({"Phone": DesiredField(FIELDS["Phone"], text, "create_only")}, order, None)
    assert plan_of(merged, None).values == {"Phone": "first"}


def test_people_who_share_an_address_have_a_pending_create_each() -> None:
    entity = Entity()
    for memory in ("mia", "paul", "mia"):
        marks = (("Contact.Student__c", memory),)
        note_create(
            entity,
            "Lead",
            PendingCreate({"FirstName": memory}, 1, (CreatedFor(memory, "lead", memory, "h@x.example", marks),)),
        )
    found = Entity.parse(entity.text())
    assert [pending.values["FirstName"] for _, pending in pending_creates(found)] == ["mia", "paul"]
    adopt_record(found, pending_creates(found)[1][0], RECORD_ID)
    assert (linked_records(found, "paul"), linked_records(found, "mia")) == ({"Lead": RECORD_ID}, {})
    assert found.externals == {RECORD_ID: {"Contact.Student__c": "paul"}}
    forget_create(found, "Lead", "mia")
    assert pending_creates(found) == []


def test_an_older_entry_that_is_added_late_leaves_the_field_decided_by_the_newer_change() -> None:
    notes = FieldDescribe("Notes__c", "Notes", "textarea", length=1_000)
    describe, entity = SObjectDescribe("Contact", "Contact", "003", fields=(notes,)), Entity()
    for order in ((5, 0, 0), (2, 0, 0)):
        merged = Merged(describe, {"Id": RECORD_ID, "Notes__c": None})
        assert merged.take({"Notes__c": DesiredField(notes, f"entry of {order[0]}", rule="append")}, order, entity)
        remember(merged, plan_of(merged, entity), entity, RECORD_ID)
    assert field_order(entity, RECORD_ID, "Notes__c") == (5, 0, 0)


@pytest.mark.parametrize(
    ("policy", "sent", "code"),
    [("salesforce", {}, "conflict_kept"), ("product", {"Phone": "3"}, "conflict_overwritten")],
)
def test_what_both_sides_changed_is_sent_or_kept_as_the_policy_says(
    policy: Any, sent: dict[str, str], code: str
) -> None:
    synced = LastSynced({"Phone": (synced_mark(FIELDS["Phone"], "1"), 0)}, 1)
    merged = Merged(CONTACT, {"Id": RECORD_ID, "Phone": "2"})
    merged.take(desired({"Phone": "3"}), (DAY_MS, 0, 0), Entity())
    plan = plan_of(merged, Entity(), Base(policy, synced, 0))
    assert (plan.values, [each.code for each in plan.warnings]) == (sent, [code])
