"""The overview says in one answer how a tenant is doing, and what needs a person."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from causeway.connections.connection import Connection, Status, Usage
from causeway.connections.tokens.grants import ConnectionRecord
from causeway.contract.outcomes import Outcome, Result
from causeway.contract.runs import PushNote
from causeway.gateways.dynamodb.config.pull_history import PullHistory
from causeway.pull.jobs import PullJob
from causeway.syncs.sync import Problem, PullRules, Schedule

from tests.support.api.factories import a_sync
from tests.support.api.stack import ApiStack, an_api_stack
from tests.support.parked.entries import a_parked_entry, a_waiting_entry
from tests.support.push.history import push_history_of

DAY_MS = 86_400_000
NOW_MS = 20_800 * DAY_MS + 43_200_000


@pytest.fixture(scope="module")
def stack() -> Iterator[ApiStack]:
    with an_api_stack() as running:
        yield running


class Clock:
    """A clock that tests move."""

    now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def clock(stack: ApiStack, monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(stack.use, "now_ms", made)
    monkeypatch.setattr(stack.use.runs, "_now_ms", made)
    monkeypatch.setattr(stack.use.runs.days, "_now_ms", made)
    return made


def overview(stack: ApiStack, tenant: str) -> dict[str, Any]:
    status, answer = stack.backend("GET", "overview", tenant=tenant)
    assert status == 200, answer
    found: dict[str, Any] = answer
    return found


SETTLEMENTS = itertools.count()


def noted(stack: ApiStack, tenant: str, outcomes: Sequence[Outcome], settlement: str = "") -> None:
    marked = {f"m{place}": outcome for place, outcome in enumerate(outcomes)}
    settlement = settlement or f"{next(SETTLEMENTS)}.w"
    push_history_of(stack.use.runs).note_push(tenant, PushNote("run-1", "lead", settlement, marked, NOW_MS, 2))


def note(stack: ApiStack, tenant: str, *results: Result, sync: str = "lead-contact") -> None:
    outcomes = [Outcome(f"k{number}", result, sync, "Contact") for number, result in enumerate(results)]
    noted(stack, tenant, outcomes)


def test_what_became_of_changes_is_counted_by_day(stack: ApiStack, clock: Clock) -> None:
    written = (Result.CREATED, Result.UPDATED, Result.UPDATED)
    clock.now_ms = NOW_MS - 14 * DAY_MS
    note(stack, "days", Result.CREATED)
    clock.now_ms = NOW_MS - 13 * DAY_MS
    note(stack, "days", Result.REJECTED)
    clock.now_ms = NOW_MS
    note(stack, "days", *written, Result.UNCHANGED, Result.SKIPPED, Result.WAITING)
    note(stack, "days", *written)
    days = overview(stack, "days")["days"]
    assert (len(days), days[0]["day"], days[-1]["day"]) == (14, "2026-11-30", "2026-12-13")
    assert (days[0]["refused"], days[0]["written"], days[1]["refused"]) == (1, 0, 0)
    assert days[-1] == {
        "day": "2026-12-13",
        "written": 6,
        "created": 2,
        "updated": 4,
        "unchanged": 1,
        "skipped": 1,
        "refused": 0,
        "waiting": 1,
        "api_calls": 4,
    }


def test_a_batch_costs_one_update_of_its_day_however_many_changes_it_has(stack: ApiStack, clock: Clock) -> None:
    calls: list[str] = []
    client = stack.use.runs._client
    client.meta.events.register(
        "before-call.dynamodb.*", lambda model, **_: calls.append(model.name), unique_id="count"
    )
    note(stack, "cheap", *[Result.UPDATED] * 500)
    client.meta.events.unregister("before-call.dynamodb.*", unique_id="count")
    assert calls == ["TransactWriteItems"]  # with the run


def test_a_batch_that_is_noted_twice_counts_once(stack: ApiStack, clock: Clock) -> None:
    for _ in range(2):
        noted(stack, "twice", [Outcome("k1", Result.UPDATED, "lead-contact", "Contact")], "5.worker")
    assert overview(stack, "twice")["days"][-1]["written"] == 1


def test_each_sync_says_when_it_worked_last_and_comes_next(stack: ApiStack, clock: Clock) -> None:
    pull = PullRules(schedule=Schedule(every_minutes=15))
    syncs = (a_sync(), a_sync(id="back", direction="pull", position=2, pull=pull), a_sync(id="off", enabled=False))
    for sync in syncs:
        stack.use.sync_table.put("syncs", sync, expected_revision=None)
    note(stack, "syncs", Result.UPDATED, Result.REJECTED)
    history = PullHistory(stack.use.runs, clock, lambda: "abc", lambda kind, event: None)
    run = history.started(PullJob("syncs", "back", trigger="schedule"), syncs[1])
    history.ended("syncs", run, "failed", "The org does not answer.")
    answer = overview(stack, "syncs")
    found = {sync["id"]: sync for sync in answer["syncs"]}
    contact, back, off = found["lead-contact"], found["back"], found["off"]
    assert (contact["written"], contact["refused"], contact["last_change_at"]) == (1, 1, "2026-12-13T12:00:00Z")
    assert (contact["last_run"], contact["next_run_at"]) == (None, None)
    assert back["last_run"] == {
        "id": run,
        "status": "failed",
        "ended_at": "2026-12-13T12:00:00Z",
        "detail": "The org does not answer.",
    }
    assert "2026-12-13T12:00:00Z" < back["next_run_at"] <= "2026-12-13T12:15:00Z"
    assert (off["enabled"], off["last_change_at"], off["next_run_at"]) == (False, None, None)
    assert ("run_failed", "history", "back") in [
        (need["code"], need["place"]["page"], need["place"]["sync"]) for need in answer["needs"]
    ]


def connected(stack: ApiStack, tenant: str, **changes: Any) -> None:
    before = ConnectionRecord(Connection(tenant))
    connection = replace(Connection(tenant, Status.CONNECTED, epoch=1, org_id="00D1", username="a@b.c"), **changes)
    assert stack.use.connections.save(before, replace(before, connection=connection))


def test_what_needs_a_person_comes_with_what_to_do_and_where(stack: ApiStack, clock: Clock) -> None:
    connected(stack, "needs", status=Status.RECONNECTION_REQUIRED, cause="grant_ended")
    broken = Problem(level="error", code="field_missing", message="There is no field Foo__c.", field="Foo__c")
    stack.use.sync_table.put("needs", a_sync(problems=(broken,)), expected_revision=None)
    stack.use.sync_table.note_problems("needs", stack.use.sync_table.list("needs")[0], (broken,))
    stack.use.parked.put([a_parked_entry(number, tenant="needs") for number in range(3)])
    stack.use.parked.put([a_waiting_entry(number, "needs") for number in range(4)])
    answer = overview(stack, "needs")
    assert [(need["code"], need["count"], need["place"]["page"]) for need in answer["needs"]] == [
        ("grant_ended", None, "connection"),
        ("field_missing", 1, "sync"),
        ("missing_required_field", 3, "parked"),
    ]
    assert all(need["message"] and need["remedy"] for need in answer["needs"])
    assert (answer["refused"], answer["waiting"], answer["connection"]["status"]) == (3, 4, "reconnection_required")


def test_nothing_needs_a_person_where_all_is_well(stack: ApiStack, clock: Clock) -> None:
    connected(stack, "well")
    answer = overview(stack, "well")
    assert (answer["needs"], answer["refused"], answer["waiting"]) == ([], 0, 0)
    assert answer["connection"]["message"] is None


@pytest.mark.parametrize(("used", "code"), [(799, None), (800, "quota_spent"), (960, "quota_spent")])
def test_api_use_has_a_forecast_and_asks_for_a_person_when_it_is_spent(
    stack: ApiStack, clock: Clock, used: int, code: str | None
) -> None:
    tenant = f"used-{used}"
    connected(stack, tenant)
    for hours_ago, count in ((30, 9), (6, used - 60), (0, used)):
        stack.use.connections.note_usage(tenant, Usage(count, 1_000, NOW_MS - hours_ago * 3_600_000))
    answer = overview(stack, tenant)
    usage = answer["usage"]
    assert (usage["used"], usage["allowed"], usage["pauses_at"], usage["share_percent"]) == (used, 1_000, 800, 80)
    assert usage["forecast"] == used + 10 * 12
    assert [need["code"] for need in answer["needs"]] == ([code] if code else [])


def test_a_tenant_that_never_connected_is_asked_to_connect_and_sees_nothing_of_others(
    stack: ApiStack, clock: Clock
) -> None:
    note(stack, "busy", Result.UPDATED)
    stack.use.parked.put([a_parked_entry(tenant="busy")])
    answer = overview(stack, "new")
    assert [need["code"] for need in answer["needs"]] == ["never_connected"]
    assert sum(day["written"] for day in answer["days"]) == answer["refused"] == 0
    assert (answer["syncs"], answer["usage"]["used"], answer["usage"]["forecast"]) == ([], None, None)
