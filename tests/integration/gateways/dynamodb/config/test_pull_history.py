"""Runs of pulls in the sync history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from causeway.contract.runs import Run
from causeway.gateways.dynamodb.config.pull_history import PullHistory
from causeway.gateways.dynamodb.config.runs import RunTable
from causeway.pull.jobs import PullJob, Waiting

from tests.support.pull.factories import a_pull
from tests.support.pull.tables import Time

ORG, LEASE_MS = "00D000000000001EAA", 60_000


def shown(runs: RunTable, run: str) -> Run:
    found = runs.get("acme", run)
    assert found is not None
    return found


def test_runs_of_pulls_show_progress_wait_and_end(client: Any, time: Time) -> None:
    runs = RunTable(client, "config", time, 30)
    history = PullHistory(runs, time, lambda: "abcdefabcdef", lambda kind, event: None)
    sync = a_pull()
    run = history.started(PullJob("acme", "people"), sync)
    history.progress("acme", run, {"created": 3, "echoed": 1}, 2)
    assert shown(runs, run).counts == {"created": 3, "echoed": 1, "read": 4}
    history.ended("acme", run, "waiting", "It waits.")
    assert not history.is_over("acme", run)
    assert history.started(PullJob("acme", "people", run), sync) == run
    assert (shown(runs, run).status, shown(runs, run).ended_at_ms) == ("running", 0)
    history.cancel("acme", run)
    history.started(PullJob("acme", "people", run), sync)
    assert history.is_cancelled("acme", run)
    history.ended("acme", run, "cancelled")
    assert history.is_over("acme", run)


def test_a_waiting_run_shows_since_when_it_waits_and_until_when(client: Any, time: Time) -> None:
    runs = RunTable(client, "config", time, 30)
    history = PullHistory(runs, time, lambda: "abcdefabcdef", lambda kind, event: None)
    run = history.started(PullJob("acme", "people"), a_pull())
    history.waits("acme", run, Waiting("Salesforce does not answer.", 1_000, 2_000, 3_000))
    found = shown(runs, run)
    assert (found.status, found.detail, found.waiting_since_ms) == ("waiting", "Salesforce does not answer.", 1_000)
    assert (found.next_try_ms, found.waits_until_ms) == (2_000, 3_000)
    history.started(PullJob("acme", "people", run), a_pull())
    assert (shown(runs, run).status, shown(runs, run).waiting_since_ms) == ("running", 0)


def test_a_run_publishes_once_how_it_ended_with_what_it_counted(client: Any, time: Time) -> None:
    published: list[tuple[str, Mapping[str, Any]]] = []
    runs = RunTable(client, "config", time, 30)
    history = PullHistory(runs, time, lambda: "abcdefabcdef", lambda kind, event: published.append((kind, event)))
    run = history.started(PullJob("acme", "people"), a_pull())
    history.progress("acme", run, {"created": 3}, 2)
    history.ended("acme", run, "failed", "Salesforce refused it.", "Shorten the filter.")
    history.ended("acme", run, "failed", "Salesforce refused it.", "Shorten the filter.")
    ((kind, event),) = published
    assert (kind, event["run"], event["api_calls"], event["counts"]["created"]) == ("run.failed", run, 2, 3)
    assert (event["detail"], event["remedy"]) == ("Salesforce refused it.", "Shorten the filter.")


def test_a_cancelled_run_publishes_nothing(client: Any, time: Time) -> None:
    published: list[str] = []
    history = PullHistory(
        RunTable(client, "config", time, 30), time, lambda: "abcdefabcdef", lambda kind, event: published.append(kind)
    )
    run = history.started(PullJob("acme", "people"), a_pull())
    history.ended("acme", run, "cancelled", "Cancelled by a person.")
    assert published == []
