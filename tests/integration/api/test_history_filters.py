"""The history is searched on the server: by kind, outcome, sync and time, and by the record that a run was about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from causeway.contract.outcomes import Outcome, Result
from causeway.contract.runs import run_id_at
from causeway.gateways.dynamodb.config import runs as run_table
from causeway.salesforce.values.dates import rfc3339
from causeway.wiring.clients import now_ms

from tests.support.api.stack import ApiStack, an_api_stack
from tests.support.push.history import note_push

HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def stack() -> Iterator[ApiStack]:
    with an_api_stack() as running:
        running.walk("acme")
        for sync in ({"id": "leads", "source": "lead"}, {"id": "deals", "source": "deal"}):
            running.backend("POST", "syncs", {**sync, "sobject": "Contact"}, tenant="acme")
        for hour in range(6):  # a push each hour, every second one with a refusal
            outcomes = [Outcome("lead-1", Result.CREATED, "leads", "Contact")]
            if hour % 2:
                outcomes.append(Outcome("lead-2", Result.REJECTED, "leads", "Contact", "shared_email", "Too many."))
            a_push(running, "lead", hour, outcomes)
        a_push(running, "deal", 1, [Outcome("deal-1", Result.UPDATED, "deals", "Contact")])
        pulled = {"kind": "pull", "trigger": "schedule", "source": "lead", "sync": "leads", "status": "failed"}
        began = now_ms() - HOUR_MS
        running.use.runs.add("acme", run_id_at(began, "abc"), {"read": 3}, first={**pulled, "started_at_ms": began})
        yield running


def a_push(stack: ApiStack, source: str, hours_ago: int, outcomes: list[Outcome]) -> None:
    began = now_ms() - hours_ago * HOUR_MS - 60_000
    run_id = run_id_at(began, "push", source)
    note_push(stack.use.runs, "acme", run_id, source, outcomes)
    stack.use.runs.add("acme", run_id, {}, last={"started_at_ms": began})


def found(stack: ApiStack, **query: str) -> list[dict[str, Any]]:
    status, answer = stack.backend("GET", "runs", tenant="acme", **query)
    assert status == 200, answer
    return list(answer["runs"])


def test_runs_are_found_by_outcome_kind_status_and_source(stack: ApiStack) -> None:
    assert len(found(stack)) == 8
    assert len(found(stack, outcome="rejected")) == 3
    assert [run["source"] for run in found(stack, outcome="updated")] == ["deal"]
    assert [run["kind"] for run in found(stack, kind="pull")] == ["pull"]
    assert [run["kind"] for run in found(stack, status="failed")] == ["pull"]
    assert len(found(stack, source="lead", kind="push")) == 6


def test_a_sync_has_its_pulls_and_the_pushes_of_its_source(stack: ApiStack) -> None:
    assert [(run["kind"], run["source"]) for run in found(stack, sync="deals")] == [("push", "deal")]
    assert {run["kind"] for run in found(stack, sync="leads")} == {"push", "pull"}
    assert found(stack, sync="never-made") == []


def test_runs_are_found_by_when_they_began(stack: ApiStack) -> None:
    now = now_ms()
    recent = found(stack, since=rfc3339(now - 2 * HOUR_MS - 1))
    assert len(recent) == 4
    older = found(stack, until=rfc3339(now - 2 * HOUR_MS - 1))
    assert len(older) == 4
    assert not {run["id"] for run in recent} & {run["id"] for run in older}
    assert stack.backend("GET", "runs", tenant="acme", since="yesterday")[0] == 400


def test_pages_of_a_search_go_on_without_a_gap(stack: ApiStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_table, "LOOKED_AT_ONCE", 2)
    monkeypatch.setattr(run_table, "MOST_LOOKED_AT", 4)
    whole = [run["id"] for run in found(stack, kind="push")]
    pages, token = [], None
    while True:
        query = {"kind": "push", "limit": "1", **({"next": token} if token else {})}
        _, answer = stack.backend("GET", "runs", tenant="acme", **query)
        pages += [run["id"] for run in answer["runs"]]
        token = answer["next"]
        if token is None:
            break
    assert pages == sorted(pages, reverse=True)
    assert len(pages) == 7
    assert whole == pages[: len(whole)]


def test_a_token_of_one_search_serves_no_other(stack: ApiStack) -> None:
    token = stack.backend("GET", "runs", tenant="acme", kind="push", limit="1")[1]["next"]
    assert stack.backend("GET", "runs", tenant="acme", kind="push", limit="1", next=token)[0] == 200
    assert stack.backend("GET", "runs", tenant="acme", kind="pull", limit="1", next=token)[0] == 400
    assert stack.backend("GET", "runs", tenant="acme", limit="1", next=token)[0] == 400
