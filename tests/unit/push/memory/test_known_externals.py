"""Whose records are those of a shared address that hold no external ID themselves."""

from __future__ import annotations

from causeway.push.memory.entity import Entity
from causeway.push.memory.known_externals import MAX_RECORDS, marks_for, note_marks, records_of_others
from causeway.push.tasks import External

LEAD, OTHER = "00Q000000000001AAA", "00Q000000000002AAA"


def number(value: str | None) -> list[External]:
    return [External("Contact", "Student__c", value or "", value)]


def test_a_record_made_for_one_number_is_of_another_person_for_every_other_number() -> None:
    entity = Entity()
    assert note_marks(entity, LEAD, marks_for("Lead", number("s-1")))
    assert not note_marks(entity, LEAD, marks_for("Lead", number("s-1")))
    stored = Entity.parse(entity.text())
    assert records_of_others(stored, number("s-2")) == {LEAD}
    assert records_of_others(stored, number(None)) == {LEAD}
    assert records_of_others(stored, number("s-1")) == frozenset()
    assert records_of_others(stored, []) == frozenset()


def test_a_value_that_the_field_cannot_hold_is_not_remembered() -> None:
    entity = Entity()
    note_marks(entity, LEAD, marks_for("Lead", number(None)))
    assert entity.externals == {}


def test_an_address_of_very_many_people_stays_an_item_of_bounded_size() -> None:
    entity = Entity()
    for place in range(MAX_RECORDS + 1):
        note_marks(entity, f"00Q{place:015d}", marks_for("Lead", number(f"s-{place}")))
    assert len(entity.externals) == MAX_RECORDS


def test_a_record_that_holds_an_external_id_itself_needs_no_memory() -> None:
    assert marks_for("Contact", number("s-1")) == ()
