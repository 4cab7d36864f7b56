"""The main job on the deployed stack, by the demo's own steps, with every function under its own role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.demo import steps
from local.demo.customers import TENANT
from local.demo.stack_client import StackClient

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def done(stack: dict[str, Any]) -> str:
    """Run every step of the demo, each of which raises Unmet when a promise does not hold; return the tenant."""
    steps.run(StackClient(stack))
    return TENANT


def lines(logs: Any) -> Iterator[str]:
    """Yield every line that a function of the stack has logged."""
    for group in logs.describe_log_groups()["logGroups"]:
        for stream in logs.describe_log_streams(logGroupName=group["logGroupName"])["logStreams"]:
            where = {"logGroupName": group["logGroupName"], "logStreamName": stream["logStreamName"]}
            yield from (event["message"] for event in logs.get_log_events(**where)["events"])


def test_the_customers_arrive_and_their_outcomes_come_back(done: str) -> None:
    assert done == TENANT


def test_no_function_lacked_a_right(done: str, aws: Callable[[str], Any]) -> None:
    logged = list(lines(aws("logs")))
    assert [line for line in logged if '"service":"push"' in line]
    assert [line for line in logged if "AccessDenied" in line or "not authorized" in line] == []


def test_no_log_holds_a_secret_or_a_person(done: str, stack: dict[str, Any], aws: Callable[[str], Any]) -> None:
    logged = "\n".join(lines(aws("logs")))
    people = ("@surfeu.de", "Köhler", "luisg@embraer.com.br")
    secrets = ("local-default-secret", "00D8qlF00000001ECA!")
    assert [word for word in (*people, *secrets) if word in logged] == []
