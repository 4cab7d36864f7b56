"""Salesforce is away for a moment, on the deployed stack: the change comes back within seconds, and nothing is lost or parked."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import pytest
import requests

from local.demo.stack_client import StackClient
from tests.chaos.run import prepare

pytestmark = pytest.mark.stack

TENANT = "passing"
AGAIN_WITHIN_S = 15.0
PATIENCE_S = 300
ALARM_AGE_S = 900  # PushAgeAlarm: see test_backoff.py for ten failures in a row


def control(stack: dict[str, Any], method: str, path: str, body: Any = None) -> Any:
    answer = requests.request(method, f"{stack['org_url']}/_control/{path}", json=body, timeout=60)
    answer.raise_for_status()
    return answer.json() if answer.content else None


@pytest.fixture(scope="module")
def client(stack: dict[str, Any]) -> StackClient:
    made = StackClient(stack)
    prepare(made, [TENANT])
    push(made, "warm")
    arrived(stack, "warm")
    return made


def push(client: StackClient, name: str) -> None:
    change = {"key": name, "fields": {"last_name": name, "company": "c", "email": f"{name}@passing.example.com"}}
    client.push({"version": 1, "tenant": TENANT, "source": "lead", "changes": [change]})


def entries(stack: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = control(stack, "GET", "audit?since=0")["entries"]
    return found


def arrived(stack: dict[str, Any], name: str) -> float:
    """Wait for a person in the org; return when the record came to be (epoch s)."""
    limit = time.monotonic() + PATIENCE_S
    while time.monotonic() < limit:
        for entry in entries(stack):
            if any(effect["values"].get("LastName") == name for effect in entry["effects"]):
                return datetime.fromisoformat(entry["at"]).timestamp()
        time.sleep(0.5)
    raise AssertionError(f"{name} did not reach the org")


def failures(stack: dict[str, Any], since: int) -> list[float]:
    found = [entry for entry in entries(stack) if entry["number"] > since and entry["status"] == 503]
    return [datetime.fromisoformat(entry["at"]).timestamp() for entry in found]


@pytest.mark.parametrize("times", [1, 3])
def test_a_passing_503_is_tried_again_within_seconds_and_loses_nothing(
    stack: dict[str, Any], client: StackClient, times: int
) -> None:
    since = max(entry["number"] for entry in entries(stack))
    fault = {"do": "error", "kind": "composite", "status": 503, "code": "SERVER_UNAVAILABLE", "times": times}
    control(stack, "POST", "faults", fault)
    name = f"after-{times}"
    push(client, name)
    at = arrived(stack, name)
    failed = failures(stack, since)
    control(stack, "DELETE", "faults")
    assert len(failed) == times
    assert failed[1:] == [] or failed[1] - failed[0] <= AGAIN_WITHIN_S
    if times == 1:
        assert at - failed[0] <= AGAIN_WITHIN_S
    assert at - failed[0] < ALARM_AGE_S
    assert client.call("GET", f"/v1/tenants/{TENANT}/parked")["parked"] == []
