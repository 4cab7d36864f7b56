"""Run now and cancel through the API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from causeway.contract.runs import run_id_at
from causeway.pull.jobs import EmittedPage
from causeway.pull.planning.watermarks import Window

from tests.support.api.stack import ApiStack, an_api_stack
from tests.support.push.history import note_push


@pytest.fixture(scope="module")
def stack() -> Iterator[ApiStack]:
    with an_api_stack() as running:
        running.walk()
        yield running


def a_sync(stack: ApiStack, name: str, **changes: Any) -> None:
    draft = {"id": name, "source": name, "sobject": "Contact", "enabled": True, **changes}
    assert stack.backend("POST", "syncs", draft)[0] == 201


def test_a_pull_is_queued_with_a_run_that_can_be_watched_at_once(stack: ApiStack) -> None:
    a_sync(stack, "pulled", direction="pull")
    status, run = stack.backend("POST", "syncs/pulled/runs")
    assert (status, run["kind"], run["trigger"], run["status"]) == (202, "pull", "person", "running")
    assert [(job.sync, job.run, job.trigger) for job in stack.use.jobs.queued] == [("pulled", run["id"], "person")]
    assert stack.backend("GET", f"runs/{run['id']}")[1]["sync"] == "pulled"


def test_a_pull_under_way_goes_on_instead_of_starting_twice(stack: ApiStack) -> None:
    a_sync(stack, "busy", direction="pull")
    org_id = stack.connect.org.org_id
    held = stack.use.checkpoints.claim("acme", "busy", org_id, "worker", 60_000)
    assert held is not None
    run = stack.use.pull_history.new_run()
    place = replace(held.checkpoint, window=Window(None, 5, 1), run=run, phase="records")
    stack.use.checkpoints.save(held, place, EmittedPage(1, 1, 5, {}))
    assert stack.backend("POST", "syncs/busy/runs")[1]["id"] == run


def test_runs_of_all_kinds_are_listed_together_newest_first(stack: ApiStack) -> None:
    a_sync(stack, "later", direction="pull")
    note_push(stack.use.runs, "acme", run_id_at(1_000, "push", "later"), "later", [], 0)
    run = stack.backend("POST", "syncs/later/runs")[1]["id"]
    listed = [each["id"] for each in stack.backend("GET", "runs")[1]["runs"]]
    assert listed.index(run) < listed.index(run_id_at(1_000, "push", "later"))


def test_of_a_push_the_product_is_asked_to_send_again(stack: ApiStack) -> None:
    a_sync(stack, "pushed")
    status, run = stack.backend("POST", "syncs/pushed/runs")
    assert (status, run["kind"], run["status"]) == (202, "push", "requested")
    requested = [detail for kind, detail in stack.connect.events.sent if kind == "sync.resend_requested"]
    assert requested == [
        {"tenant": "acme", "sync": "pushed", "source": "pushed", "sobject": "Contact", "run": run["id"]}
    ]


def test_a_sync_that_is_off_does_not_run(stack: ApiStack) -> None:
    a_sync(stack, "off", enabled=False)
    assert stack.backend("POST", "syncs/off/runs")[0] == 409
    assert stack.backend("POST", "syncs/nope/runs")[0] == 404


def test_a_running_pull_is_cancelled_and_an_ended_one_is_not(stack: ApiStack) -> None:
    a_sync(stack, "stopped", direction="pull")
    run = stack.backend("POST", "syncs/stopped/runs")[1]["id"]
    status, answer = stack.backend("POST", f"runs/{run}/cancel")
    assert (status, answer["status"]) == (202, "cancelling")
    assert stack.use.pull_history.is_cancelled("acme", run)
    stack.use.pull_history.ended("acme", run, "cancelled")
    assert stack.backend("POST", f"runs/{run}/cancel")[0] == 409
    assert stack.backend("POST", f"runs/{run}/cancel", tenant="other")[0] == 404


def test_a_waiting_pull_is_cancelled_at_once(stack: ApiStack) -> None:
    a_sync(stack, "waiting", direction="pull")
    run = stack.backend("POST", "syncs/waiting/runs")[1]["id"]
    stack.use.runs.add("acme", run, {}, last={"status": "waiting"})
    assert stack.backend("POST", f"runs/{run}/cancel")[1]["status"] == "cancelled"


def test_a_push_can_not_be_cancelled(stack: ApiStack) -> None:
    a_sync(stack, "pushed2")
    run = stack.backend("POST", "syncs/pushed2/runs")[1]["id"]
    status, answer = stack.backend("POST", f"runs/{run}/cancel")
    assert (status, "push" in answer["error"]["message"]) == (409, True)


def test_without_a_connection_nothing_runs(stack: ApiStack) -> None:
    stack.walk("leaver")
    stack.backend("POST", "syncs", {"id": "s", "source": "s", "sobject": "Contact", "enabled": True}, tenant="leaver")
    stack.backend("DELETE", "connection", tenant="leaver")
    status, answer = stack.backend("POST", "syncs/s/runs", tenant="leaver")
    assert (status, answer["error"]["code"]) == (409, "not_connected")
