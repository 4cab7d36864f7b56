"""Which tasks are one person's before anybody is read of the org."""

from __future__ import annotations

from causeway.contract.changes import Change
from causeway.push.deciding.keys import PersonKeys
from causeway.push.deciding.matching.same_person import person_groups
from causeway.push.deciding.prepare import PreparedTask
from causeway.push.tasks import External, MatchValue, Task
from causeway.salesforce.describe import describe_from_json
from causeway.syncs.mapping.compiled import compiled
from causeway.syncs.mapping.expression_budget import Document
from causeway.syncs.sync import Sync

from tests.support.api.factories import a_describe


def prepared(
    key: str, email: str | None = None, *, sobject: str = "Contact", value: str = "", student: str = "", at_ms: int = 1
) -> PreparedTask:
    sync = Sync(id=f"lead-{sobject.lower()}", source="lead", sobject=sobject, enabled=True)
    task = Task(Change("acme", "lead", key, occurred_at_ms=at_ms, sent_at_ms=1), sync, "m1")
    task.values = (MatchValue("Name", value, value.lower()),) if value else ()
    externals = (External("Contact", "Student__c", student, student),) if student else ()
    keys = PersonKeys(email=email, externals=externals)
    return PreparedTask(task, compiled(sync, describe_from_json(a_describe(sobject))), Document({}), keys)


def test_tasks_of_one_key_are_one_person_whatever_their_sobject() -> None:
    contact, lead = prepared("ada"), prepared("ada", sobject="Lead")
    groups = person_groups([contact, lead])
    assert groups.of(contact) == groups.of(lead)


def test_other_keys_and_addresses_are_other_people() -> None:
    ada, bob = prepared("ada", "ada@x.example"), prepared("bob", "bob@x.example")
    groups = person_groups([ada, bob])
    assert groups.of(ada) != groups.of(bob)


def test_a_change_that_joins_two_known_people_makes_them_one() -> None:
    by_key, by_email, both = prepared("ada"), prepared("lovelace", "ada@x.example"), prepared("ada", "ada@x.example")
    groups = person_groups([by_key, by_email, both])
    assert groups.of(by_key) == groups.of(by_email) == groups.of(both)


def test_records_of_one_match_value_are_one_in_any_case_but_no_person() -> None:
    acme, same, person = (
        prepared("a", sobject="Account", value="Acme"),
        prepared("b", sobject="Account", value="ACME"),
        prepared("a"),
    )
    groups = person_groups([acme, same, person])
    assert groups.of(acme) == groups.of(same)
    assert groups.of(acme) != groups.of(person)


def test_only_groups_with_several_changes_are_yielded_oldest_first() -> None:
    alone, first, second = prepared("bob"), prepared("ada"), prepared("ada")
    groups = person_groups([alone, second, first])
    assert list(groups.several_changes([alone, second, first])) == [[second, first]]


HOME = "home@x.example"


def test_people_of_one_address_with_different_external_ids_are_different_people() -> None:
    mia, paul = prepared("1", HOME, student="S-1"), prepared("2", HOME, student="S-2")
    groups = person_groups([mia, paul])
    assert (groups.of(mia) != groups.of(paul), groups.are_others(mia, paul)) == (True, True)


def test_a_lead_is_of_the_person_whose_contact_the_same_change_makes() -> None:
    tasks = [
        prepared(key, HOME, student=f"S-{key}", sobject=sobject) for sobject in ("Contact", "Lead") for key in "12"
    ]
    groups = person_groups(tasks)
    assert [groups.of(task) == groups.of(tasks[0]) for task in tasks] == [True, False, True, False]


def test_one_external_id_is_one_person_whatever_the_keys_and_addresses() -> None:
    one, two = prepared("1", HOME, student="S-1"), prepared("2", "other@x.example", student="S-1")
    groups = person_groups([one, two])
    assert groups.of(one) == groups.of(two)


def test_a_change_without_an_external_id_is_of_the_one_person_of_its_address() -> None:
    mia, unknown = prepared("1", HOME, student="S-1"), prepared("2", HOME, at_ms=2)
    groups = person_groups([mia, unknown])
    assert (groups.of(mia) == groups.of(unknown), groups.is_undecided(unknown)) == (True, False)


def test_of_several_people_of_its_address_none_is_chosen_for_it() -> None:
    mia, paul, unknown = (
        prepared("1", HOME, student="S-1"),
        prepared("2", HOME, student="S-2"),
        prepared("3", HOME, at_ms=2),
    )
    zoe = prepared("4", HOME, student="S-3", at_ms=3)
    groups = person_groups([mia, paul, unknown, zoe])
    assert [groups.is_undecided(task) for task in (mia, paul, unknown, zoe)] == [False, False, True, False]
    assert len({groups.of(task) for task in (mia, paul, unknown, zoe)}) == 4


def test_one_key_is_one_person_even_when_its_external_id_changes() -> None:
    before, after = prepared("1", HOME, student="S-1"), prepared("1", HOME, student="S-9", at_ms=2)
    groups = person_groups([before, after])
    assert (groups.of(before) == groups.of(after), groups.are_others(before, after)) == (True, False)
