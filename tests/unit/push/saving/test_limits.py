"""How many records of an sObject the org bears at once is learned from what passes and what does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from causeway.push.saving.batch_size import GROW_AFTER, MeasuredBatchSize
from causeway.push.saving.limits import SaveLimits
from causeway.salesforce.calls import MAX_RECORDS_PER_COLLECTION, Collection, Saved, SaveError
from hypothesis import given
from hypothesis import strategies as st

from tests.support.push.bench import Bench, ScriptedOrg

LIMIT = Saved("refused", error=SaveError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "T: System.LimitException: CPU"))
LOCKED = Saved("refused", error=SaveError("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access"))


class Automated(ScriptedOrg):
    """An org whose automation refuses a whole collection for what is in it."""

    def __init__(self, refuses: Callable[[list[str]], bool], answer: Saved = LIMIT) -> None:
        super().__init__()
        self.refuses, self.answer, self.writes = refuses, answer, 0

    def save(self, collections: list[Collection], timeout_s: float) -> list[list[Saved]]:  # type: ignore[override]
        self.writes += 1
        return super().save(collections, timeout_s)

    def _collection(self, collection: Collection) -> list[Saved]:
        if self.refuses([str(save.values["LastName"]) for save in collection.saves]):
            self.sizes.append(len(collection.saves))
            return [self.answer] * len(collection.saves)
        return super()._collection(collection)


def people(count: int, word: str = "p") -> list[str]:
    return [f"{word}{number}" for number in range(count)]


def test_the_next_batch_begins_at_what_the_org_bore_also_in_another_environment(bench: Bench) -> None:
    bench.org = org = Automated(lambda names: len(names) > 40)
    bench.push(*people(200))
    assert len(org.saved) == 200
    first, org.writes, org.sizes = org.writes, 0, []
    bench.push(*people(200, "q"))  # every delivery of the bench has a batch size of its own
    assert (len(org.saved), set(org.sizes)) == (400, {25})
    assert first <= 8
    assert org.writes <= 8


def test_an_org_that_bears_little_is_found_out_by_one_collection_at_a_time(bench: Bench) -> None:
    bench.org = org = Automated(lambda names: len(names) > 3)
    bench.push(*people(200))
    assert org.sizes[:7] == [200, 100, 50, 25, 12, 6, 3]
    assert len(org.saved) == 200


def test_one_record_that_fails_alone_costs_its_neighbours_nothing_for_good(bench: Bench) -> None:
    bench.org = org = Automated(lambda names: "p0" in names)
    bench.push(*people(200))
    assert len(org.saved) == 199
    assert bench.results()["p0"] == ("rejected", "salesforce:CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY")
    org.sizes = []
    bench.push(*people(200, "q"))
    assert org.sizes == [200]


def test_automation_that_refuses_everything_is_not_asked_for_every_record(bench: Bench) -> None:
    bench.org = org = Automated(lambda names: True)
    bench.push(*people(200))
    assert {code for _, code in bench.results().values()} == {"salesforce:CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"}
    assert org.writes <= 20


def test_many_records_that_lock_one_parent_are_saved_in_smaller_groups(bench: Bench) -> None:
    bench.org = org = Automated(lambda names: len(names) > 40, LOCKED)
    bench.push(*people(200))
    assert (len(org.saved), max(org.sizes[4:])) == (200, 25)


def test_what_the_org_bears_grows_slowly_and_falls_back_to_what_passed() -> None:
    sizes = MeasuredBatchSize()
    sizes.learn("acme", "Contact", 40)
    for _ in range(GROW_AFTER):
        sizes.note_passed("acme", "Contact", 40)
    assert sizes.records("acme", "Contact") == 50
    SaveLimits(sizes, "acme").note_exceeded("Contact", range(50))
    assert sizes.records("acme", "Contact") == 40
    for _ in range(20 * GROW_AFTER):
        sizes.note_passed("acme", "Contact", sizes.records("acme", "Contact"))
    assert sizes.records("acme", "Contact") == MAX_RECORDS_PER_COLLECTION
    assert sizes.learned("acme") is None


def test_collections_that_are_not_full_say_nothing_of_larger_ones() -> None:
    sizes = MeasuredBatchSize()
    sizes.learn("acme", "Contact", 40)
    for _ in range(10 * GROW_AFTER):
        sizes.note_passed("acme", "Contact", 39)
    assert sizes.records("acme", "Contact") == 40


def test_what_is_stored_replaces_what_is_known_here_unless_it_is_the_same() -> None:
    sizes = MeasuredBatchSize()
    sizes.start("acme", {"Contact": 40})
    assert sizes.learned("acme") is None
    sizes.learn("acme", "Contact", 20)
    assert sizes.learned("acme") == {"Contact": 20}
    sizes.start("acme", {"Contact": 20})
    sizes.learn("acme", "Contact", 10)
    sizes.start("acme", {"Contact": 20})
    assert sizes.records("acme", "Contact") == 10
    sizes.start("acme", {"Lead": 5})
    assert (sizes.records("acme", "Contact"), sizes.records("acme", "Lead")) == (MAX_RECORDS_PER_COLLECTION, 5)
    assert sizes.records("other", "Lead") == MAX_RECORDS_PER_COLLECTION


@pytest.mark.parametrize("bears", [1, 7, 40, 199])
@given(poison=st.sets(st.integers(0, 59), max_size=3))
def test_whatever_the_org_bears_only_records_that_fail_alone_are_rejected(bears: int, poison: set[int]) -> None:
    bench = Bench()
    bad = {f"p{number}" for number in poison}
    bench.org = org = Automated(lambda names: len(names) > bears or bool(bad.intersection(names)))
    bench.push(*people(60))
    assert len(org.saved) == 60 - len(bad)
    assert {key for key, (result, _) in bench.results().items() if result == "rejected"} == bad
