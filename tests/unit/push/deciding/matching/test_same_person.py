"""Which tasks are one person's before anybody is read of the org."""

from __future__ import annotations

from causeway.contract.changes import Change
from causeway.push.deciding.keys import PersonKeys
from causeway.push.deciding.matching.same_person import person_groups
from causeway.push.deciding.prepare import PreparedTask
from causeway.push.tasks import Task
from causeway.salesforce.describe import describe_from_json
from causeway.syncs.mapping.compiled import compiled
from causeway.syncs.sync import Sync

from tests.support.api.factories import a_describe


def prepared(key: str, email: str | None = None, *, sobject: str = "Contact", value: str = "") -> PreparedTask:
    sync = Sync(id=f"lead-{sobject.lower()}", source="lead", sobject=sobject, enabled=True)
    task = Task(Change("acme", "lead", key, occurred_at_ms=1, sent_at_ms=1), sync, "m1")
    task.values = (("Name", value),) if value else ()
    return PreparedTask(task, compiled(sync, describe_from_json(a_describe(sobject))), {}, PersonKeys(email=email))


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
