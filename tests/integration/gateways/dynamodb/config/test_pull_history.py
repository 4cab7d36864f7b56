"""Runs of pulls in the sync history."""

from __future__ import annotations

from typing import Any

from causeway.contract.runs import Run
from causeway.gateways.dynamodb.config.pull_history import PullHistory
from causeway.gateways.dynamodb.config.runs import RunTable
from causeway.pull.jobs import PullJob

from tests.support.pull.factories import a_pull
from tests.support.pull.tables import Time

ORG, LEASE_MS = "00D000000000001EAA", 60_000


def shown(runs: RunTable, run: str) -> Run:
    found = runs.get("acme", run)
    assert found is not None
    return found


def test_runs_of_pulls_show_progress_wait_and_end(client: Any, time: Time) -> None:
    runs = RunTable(client, "config", time, 30)
    history = PullHistory(runs, time, lambda: "abcdefabcdef")
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
