"""How a tenant's tasks are divided by the time that is left."""

from __future__ import annotations

import json

from causeway.contract.messages import parse_message
from causeway.push.faults.apart import parts_after
from causeway.push.parts import parts_in_time
from causeway.push.tasks import Task
from causeway.push.time_budget import NOT_BEGUN_MS, Budget
from causeway.syncs.sync import Sync

from tests.support.push.memory import PlentyOfTime
from tests.support.push.world import TENANT, change, contact_sync, lead_sync, sync

NOW_MS = 5_000
ACCOUNTS = sync("accounts", "Account", ("name", "Name"))


def tasks(number: int, *syncs: Sync) -> list[Task]:
    """Return a task per change and sync."""
    body = {"version": 1, "tenant": TENANT, "source": "lead", "changes": [change(f"k{each}") for each in range(number)]}
    changes = parse_message(json.dumps(body), 0).changes
    return [Task(each, one, "m1") for each in changes for one in syncs]


def parts(given: list[Task], left_ms: int) -> list[list[Task]]:
    return list(parts_in_time(given, Budget(PlentyOfTime(left_ms)), lambda: NOW_MS))


def test_people_are_settled_before_what_may_concern_them() -> None:
    given = tasks(3, ACCOUNTS, contact_sync())
    kinds = [{task.sync.sobject for task in part} for part in parts(given, 60_000)]
    assert kinds == [{"Contact"}, {"Account"}]


def test_the_tasks_of_one_change_stay_together() -> None:
    found = parts(tasks(400, contact_sync(), lead_sync()), 10_000)
    assert len(found) > 1
    assert all(len(part) == 2 * len({id(task.change) for task in part}) for part in found)


def test_what_does_not_fit_is_delivered_again_soon_and_begun_by_nobody() -> None:
    given = tasks(30, contact_sync())
    assert parts(given, 100) == []
    assert {(task.redelivered, task.redeliver_at_ms) for task in given} == {(True, NOW_MS + NOT_BEGUN_MS)}


def test_what_concerns_a_person_that_is_delivered_again_waits_for_the_person() -> None:
    given = tasks(1, contact_sync())
    about = {**change("v1"), "about": {"source": "lead", "key": "k0"}}
    body = {"version": 1, "tenant": TENANT, "source": "visit", "changes": [about]}
    visit = Task(parse_message(json.dumps(body), 0).changes[0], ACCOUNTS, "m2")
    begun = []
    for part in parts_in_time([*given, visit], Budget(PlentyOfTime(60_000)), lambda: NOW_MS):
        begun.append([task.message_id for task in part])
        for task in part:
            task.redeliver(9_000)
    assert (begun, visit.redelivered, visit.redeliver_at_ms) == ([["m1"]], True, 9_000)


def test_what_a_fault_stopped_is_tried_in_halves_that_keep_a_changes_syncs_together() -> None:
    all_of_them = tasks(5, contact_sync(), lead_sync())
    halves = parts_after(all_of_them, KeyError("x"), frozenset())
    assert [len({id(task.change) for task in half}) for half in halves] == [2, 3]
    assert [task for half in halves for task in half] == all_of_them


def test_what_needs_an_entity_whose_write_may_still_arrive_is_delivered_again_instead() -> None:
    doubtful, sure = tasks(2, contact_sync())
    doubtful.entities, sure.entities = ("e1", "e2"), ("e3",)
    assert parts_after([doubtful, sure], KeyError("x"), frozenset({"e2"})) == []
    assert (doubtful.redelivered, doubtful.outcome) == (True, None)
    assert sure.outcome is not None
    assert sure.outcome.code == "crashed"
