"""What is remembered of an entity is small and bounded, and what prevents duplicates and stale values is never given up."""

from __future__ import annotations

import json
import random
import string
from base64 import b64decode
from typing import Any

import pytest
from causeway.push.memory.entity import Entity
from causeway.push.memory.field_times import decide_field, field_order, note_entries
from causeway.push.memory.identifiers import memory_key
from causeway.push.memory.links import RememberedKey, link_email, link_record, linked_records
from causeway.push.memory.packing import (
    EMAIL_BYTES,
    FIELD_BYTES,
    KEY_BYTES,
    MAX_BYTES,
    MOST_WITH_EDGES,
    ROOM,
    packed,
    unpacked,
)
from causeway.push.memory.pending_creates import CreatedFor, PendingCreate, note_create, pending_creates
from causeway.push.memory.rejected_values import reject_value
from causeway.push.memory.settled_changes import Settled, last_outcomes, note_refused, remember_data, settle_change

from tests.support.push.bench import Bench, person
from tests.support.push.memory import MemorySyncs
from tests.support.push.world import TENANT, contact_sync, lead_sync, sync

ITEM_BYTES = 200  # of an entity's item apart from what it holds: names, pk, fence, owner, lease, completed_at
LETTERS = string.ascii_letters + string.digits
# As an older version stored it.
OLD = (
    '{"keys":{"mozZQ5l0vOaAEE-s":{"of":["lead","k1"],"links":{"Lead":"00Q000000000002AAA"},"settled":{"lead-lead":[[1800000000000,'
    '"38-XI1_TBwmyQJfx",1,{"result":"created","salesforce_id":"00Q000000000002AAA"},false,"1800000600000.w10"]]}}},"times":'
    '{"00Q000000000002AAA":{"LastName":[1800000000000,1800000000900,0,"o5r-7X0z"]}},"left_out":{}}'
)


def record_id(rng: random.Random, prefix: str) -> str:
    return prefix + "".join(rng.choices(LETTERS, k=15))


def test_items_of_older_versions_are_read_and_packed_when_they_are_stored_again() -> None:
    old = Entity.parse(OLD)
    assert linked_records(old, "mozZQ5l0vOaAEE-s") == {"Lead": "00Q000000000002AAA"}
    assert field_order(old, "00Q000000000002AAA", "LastName") == (1_800_000_000_000, 1_800_000_000_900, 0)
    assert not old.text().startswith("{")
    assert Entity.parse(old.text()) == old
    assert unpacked(OLD) == OLD


@pytest.mark.parametrize("text", ["{}", "{" + "é\U0001f600" * 500 + "}", "{" + "x" * 100_000 + "}"])
def test_what_is_packed_is_unpacked_as_it_was(text: str) -> None:
    assert unpacked(packed(text)) == text
    assert len(packed(text)) <= len(text)


def test_what_was_packed_once_is_read_by_every_later_version() -> None:
    stored = "1" + packed(OLD)[1:]
    known = (
        "1Q8RDbn5VVKBpjkGZf6Kjq6tuMUa8ZBuiRAoiEgwQwMjR0RFbnMBjwAJJsY6SsYVuhKdhfIhTeW5loFdaBQnxg8VWmJ8gdpiBSb1"
        "yQwOl2Fj09I2hG+QhRJpGdSaCZwnkAZ2db1qkax5hUKUUCzIWpSIEAA=="
    )
    assert (stored == known, unpacked(known)) == (True, OLD)


def settled(rng: random.Random, outcome: dict[str, Any], at_ms: int) -> Settled:
    content, worker = "".join(rng.choices(LETTERS, k=16)), "".join(rng.choices("0123456789abcdef", k=8))
    return Settled(at_ms, content, 1, outcome, f"{at_ms + 1234}.{worker}")


DATA = {
    "salesforce_account_name": "Analytical Engines Ltd",
    "salesforce_account_website": "https://engines.example.com",
    "salesforce_account_owner_name": "Charles Babbage",
    "salesforce_account_owner_email": "charles@engines.example.com",
    "salesforce_assigned_sales_rep_name": "Mary Somerville",
    "salesforce_assigned_sales_rep_email": "mary@engines.example.com",
}


def a_person(rng: random.Random, changes: int) -> Entity:
    """Return the memory of a person with two syncs, an account and owners, after so many changes of a few fields each."""
    entity, ids = Entity(), {"Contact": record_id(rng, "003"), "Lead": record_id(rng, "00Q")}
    key = RememberedKey(memory_key("lead", "lead-4711-abc"), "lead", "lead-4711-abc")
    names = ["FirstName", "LastName", "Phone", "Title", "Email"]
    for number in range(changes):
        at_ms = 1_795_168_800_000 + number * rng.randrange(10**7)
        for sobject, record in ids.items():
            link_record(entity, key, sobject, record)
            for name in names if number == 0 else rng.sample(names, 3):
                decide_field(entity, record, name, (at_ms, at_ms + 900, 0), rng.random())
            outcome = {
                "result": "updated" if number else "created",
                "salesforce_id": record,
                "fields_written": ["Phone", "Title"],
                "candidates": [{"id": record, "matched_by": "link", "chosen": True}],
            }
            settle_change(entity, key.memory, f"lead-{sobject.lower()}", settled(rng, outcome, at_ms))
        owners = {f"salesforce_{name}_id": record_id(rng, "005") for name in ("account_owner", "assigned_sales_rep")}
        remember_data(entity, key.memory, {**DATA, **owners})
    return entity


@pytest.mark.parametrize("seed", range(20))
def test_a_person_with_two_syncs_takes_less_than_a_kilobyte_after_ten_changes(seed: int) -> None:
    text = a_person(random.Random(seed), 10).text()
    assert len(b64decode(text[1:])) + ITEM_BYTES <= 1024


class Grown:
    """An entity as an adversary grows it: as long as there is room, as push takes it (saving/room.py)."""

    def __init__(self, seed: int, *, fires: bool = False) -> None:
        self.rng, self.entity, self.at_ms, self.size = random.Random(seed), Entity(), 1_795_168_800_000, 0
        self.fires = fires
        self.keys: list[tuple[str, dict[str, str]]] = []
        self.newest: dict[tuple[str, str], int] = {}

    def change(self, fields: int, keys: int) -> None:
        self.at_ms += 1_000
        if len(self.keys) < keys and self._has_room(KEY_BYTES):
            ids = {"Contact": record_id(self.rng, "003"), "Lead": record_id(self.rng, "00Q")}
            self.keys.append((record_id(self.rng, "key-"), ids))
        key, ids = self.rng.choice(self.keys)
        memory = memory_key("lead", key)
        for sobject, record in ids.items():
            link_record(self.entity, RememberedKey(memory, "lead", key), sobject, record)
            self._decide(record, fields)
            self._answer(memory, f"lead-{sobject.lower()}", record)
        if self._has_room(EMAIL_BYTES):
            link_email(self.entity, f"{self.rng.random()}@example.com", "Lead", ids["Lead"])

    def _has_room(self, more: int) -> bool:
        has_room = self.size + more <= ROOM
        self.size += more if has_room else 0
        return has_room

    def _decide(self, record: str, fields: int) -> None:
        for number in self.rng.sample(range(fields), min(fields, 20)):
            name = f"Field_Of_A_Long_Name_{number}__c"
            if name in self.entity.times.get(record, {}) or self._has_room(FIELD_BYTES):
                decide_field(self.entity, record, name, (self.at_ms, self.at_ms, 0), self.rng.random())
                self.newest[record, name] = self.at_ms

    def store(self) -> None:
        text = self.entity.text()
        assert len(text) <= MAX_BYTES
        self.entity, self.size = Entity.parse(text), len(text)

    def _answer(self, memory: str, sync: str, record: str) -> None:
        letters = self.rng.randbytes(200).hex()
        warnings = [{"field": f"F{number}__c", "code": "cut", "detail": letters[number:]} for number in range(20)]
        outcome = {
            "result": "updated",
            "salesforce_id": record,
            "warnings": warnings,
            "fields_written": [letters[:40]] * 50,
        }
        if self.fires:
            outcome["edges"] = [
                {"id": letters[:32], "signal": "hot", "edge": "matched", "values": {"f": letters[32:80]}}
            ]
        settle_change(self.entity, memory, sync, settled(self.rng, outcome, self.at_ms))
        note_refused(self.entity, memory, sync, letters[:16])
        remember_data(self.entity, memory, {**DATA, "salesforce_account_name": letters})
        reject_value(self.entity, record, f"F{self.at_ms % 500}__c", letters, "depends", self.at_ms)
        note_entries(self.entity, record, f"F{self.at_ms % 10}__c", [letters])

    def create(self) -> None:
        values = {f"Field_{number}__c": "".join(self.rng.choices(LETTERS, k=200)) for number in range(100)}
        for number in range(20):
            who = CreatedFor(f"memory{number}", "lead", record_id(self.rng, "key-"), "ada@example.com")
            note_create(self.entity, "Lead", PendingCreate({"LastName": "Lovelace", **values}, self.at_ms, (who,)))


@pytest.mark.parametrize("fires", [False, True], ids=["quiet", "with signals"])
@pytest.mark.parametrize(
    ("fields", "keys", "changes"), [(5, 200, 10_000), (200, 200, 2_500), (400, 1, 2_500), (20, 2, 2_500)]
)
def test_an_entity_never_outgrows_its_item_in_ten_thousand_changes(
    fields: int, keys: int, changes: int, *, fires: bool
) -> None:
    grown = Grown(fields, fires=fires)
    for number in range(changes):
        grown.change(fields, keys)
        if number % 500 == 499:
            grown.store()
    grown.create()
    text = grown.entity.text()
    assert len(text) <= MAX_BYTES
    stored = Entity.parse(text)
    assert len(pending_creates(stored)) == 20
    assert all(pending.values["LastName"] == "Lovelace" for _, pending in pending_creates(stored))
    for key, ids in grown.keys:
        assert linked_records(stored, memory_key("lead", key)) == ids
        assert {name: answer["result"] for name, answer in last_outcomes(stored, memory_key("lead", key)).items()} in (
            {},
            {"lead-contact": "updated", "lead-lead": "updated"},
        )
    for (record, name), at_ms in grown.newest.items():
        order = field_order(stored, record, name)
        assert order is not None
        assert order[0] == at_ms


FIRED = {"id": "7f" * 16, "signal": "hot", "edge": "matched", "values": {"fields.score": 90}}


@pytest.mark.parametrize(("keys", "has_data"), [(10, True), (160, False)], ids=["shortened", "and without data"])
def test_signals_that_fired_are_published_again_however_much_is_remembered(keys: int, *, has_data: bool) -> None:
    rng, grown = random.Random(2), Grown(2)
    for _ in range(keys * 3):
        grown.change(20, keys)
    entity, fired = grown.entity, {"result": "updated", "salesforce_id": record_id(rng, "003"), "edges": [FIRED]}
    for number, (key, _) in enumerate(grown.keys):
        if number < MOST_WITH_EDGES:
            settle_change(entity, memory_key("lead", key), "lead-lead", settled(rng, fired, grown.at_ms + 1_000))
            settle_change(
                entity, memory_key("lead", key), "lead-lead", settled(rng, {"result": "unchanged"}, grown.at_ms + 2_000)
            )
    stored = Entity.parse(entity.text())
    assert {"data" in kept for kept in stored.keys.values()} == {has_data}
    for key, _ in grown.keys[:MOST_WITH_EDGES]:
        answers = stored.keys[memory_key("lead", key)]["settled"]["lead-lead"]
        assert answers[0][3] == {"result": "unchanged"}
        assert [answer[3]["edges"] for answer in answers[1:]] == [[FIRED]]


def test_two_hundred_people_of_one_address_in_one_message_stay_within_bounds(bench: Bench) -> None:
    rows = tuple((f"field_{number}", f"Field_{number}__c") for number in range(60))
    assert rows
    syncs = MemorySyncs({TENANT: [contact_sync(), lead_sync(create_unless="never")]})
    people = [person(f"p{number}") for number in range(300)]
    for each in people:
        each["fields"] |= {"email": "shared@example.com", "title": "x" * 300, "company": "Acme"}
    for _ in range(6):
        bench.now_ms += 60_000
        bench.deliver(*people, syncs=syncs, sent_at_ms=bench.now_ms)
    stored = [item.state for item in bench.state.items.values() if item.state]
    assert max(map(len, stored)) <= MAX_BYTES
    assert {result for result, _ in bench.results().values()} <= {"created", "updated", "unchanged", "skipped"}


def test_what_an_older_version_stored_at_length_has_room_once_it_is_packed(bench: Bench) -> None:
    two_fields = sync("lead-contact", "Contact", ("last_name", "LastName"), ("phone", "Phone"), match_fields=[])
    bench.deliver(person("a"), syncs=MemorySyncs({TENANT: [two_fields]}))
    item = next(item for item in bench.state.items.values() if item.state)
    old = json.loads(unpacked(item.state or ""))
    for kept in old["keys"].values():
        del kept["links"]  # as if nobody were created yet
    old["keys"] |= {f"memory{number}": {"of": ["lead", "k" * 900]} for number in range(100)}
    item.state = json.dumps(old)
    assert len(item.state) > ROOM
    bench.deliver(
        person("a", phone="+49 30 555"), syncs=MemorySyncs({TENANT: [two_fields]}), sent_at_ms=bench.now_ms + 60_000
    )
    assert bench.results()["a"] == ("created", None)
    assert len(item.state) < ROOM


def test_what_cannot_be_remembered_is_refused_with_a_code_and_not_written(bench: Bench) -> None:
    wide = sync("lead-contact", "Contact", ("last_name", "LastName"), ("phone", "Phone"), match_fields=[])
    bench.deliver(person("a"), syncs=MemorySyncs({TENANT: [wide]}))
    place, item = next((place, item) for place, item in bench.state.items.items() if item.state)
    entity = Entity.parse(item.state)
    rng = random.Random(1)
    for kept in entity.keys.values():
        del kept["links"]  # as if nobody were created yet
    while len(entity.text()) < ROOM:
        for _ in range(100):
            decide_field(entity, record_id(rng, "003"), "LastName", (1, 1, 0), rng.random())
    item.state = entity.text()
    saved = len(bench.org.saved)
    bench.deliver(
        person("a", phone="+49 30 555"), syncs=MemorySyncs({TENANT: [wide]}), sent_at_ms=bench.now_ms + 60_000
    )
    assert bench.results()["a"] == ("rejected", "memory_full")
    assert [entry.code for entry in bench.parked.entries.values()] == ["memory_full"]
    assert len(bench.org.saved) == saved
    assert len(bench.state.items[place].state or "") <= MAX_BYTES
    assert json.loads(unpacked(bench.state.items[place].state or ""))["times"]
