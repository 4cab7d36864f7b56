"""What an entity remembers of one key, field or create is bounded: the newest is kept."""

from __future__ import annotations

from causeway.push.memory.entity import Entity
from causeway.push.memory.field_times import MAX_ENTRIES_PER_FIELD, is_entry_written, note_entries
from causeway.push.memory.pending_creates import MAX_NOTED_CHARS, CreatedFor, PendingCreate, note_create
from causeway.push.memory.settled_changes import MAX_REFUSED_PER_SYNC, note_refused

MANY = 300


def test_of_refused_contents_the_newest_few_are_kept() -> None:
    entity = Entity()
    for number in range(MANY):
        note_refused(entity, "m", "lead-lead", f"content {number}")
    kept = entity.keys["m"]["refused"]["lead-lead"]
    assert kept == [f"content {number}" for number in range(MANY - MAX_REFUSED_PER_SYNC, MANY)]


def test_of_the_marks_of_added_entries_the_newest_few_are_kept() -> None:
    entity = Entity()
    for number in range(MANY):
        note_entries(entity, "003", "Notes__c", [f"entry {number}"])
    assert len(entity.entries["003"]["Notes__c"]) == MAX_ENTRIES_PER_FIELD
    assert is_entry_written(entity, "003", "Notes__c", f"entry {MANY - 1}")
    assert not is_entry_written(entity, "003", "Notes__c", "entry 0")


def test_of_a_create_so_much_is_noted_as_finds_it_again_and_no_more() -> None:
    entity, values = Entity(), {f"Field{number}__c": "x" * 200 for number in range(MANY)}
    note_create(
        entity, "Contact", PendingCreate({**values, "LastName": "Lovelace"}, 1, (CreatedFor("m", "lead", "k"),))
    )
    noted = entity.creating["Contact"]["values"]
    assert noted["LastName"] == "Lovelace"
    assert sum(len(name) + len(value) for name, value in noted.items()) <= MAX_NOTED_CHARS
