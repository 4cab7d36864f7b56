"""The push worker's process dies in the middle of a batch, its write on the way: the org ends up as if it had not."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests

from local.demo.stack_client import StackClient
from tests.chaos.load import SYNCS, Message, load
from tests.chaos.oracle import Verdict, verdict
from tests.chaos.outcomes import Drain, settled
from tests.chaos.own_stack import own_stack
from tests.chaos.run import prepare
from tests.chaos.workers import kill, limit_workers, push_workers

pytestmark = pytest.mark.stack

CALM, KILLED = "chaos-calm", "chaos-killed"
SEED, CHANGES, WRITE_TAKES_S = 901, 150, 3.0
WRITE = {"do": "delay", "kind": "composite", "body": "composite/sobjects", "delay_s": WRITE_TAKES_S}


@pytest.fixture
def quick_stack() -> Iterator[dict[str, Any]]:
    """Start a stack on which a killed batch is recovered within a few minutes, with as many workers as a small machine bears."""
    with own_stack("quick") as stack:
        limit_workers(stack, 2)
        yield stack


@pytest.fixture
def slow_write(quick_stack: dict[str, Any]) -> Iterator[str]:
    """Hold the next write back in the org; yield where its faults are read."""
    faults = f"{quick_stack['org_url']}/_control/faults"
    requests.post(faults, json=WRITE, timeout=60).raise_for_status()
    yield faults
    requests.delete(faults, timeout=60).raise_for_status()


def push(client: StackClient, messages: list[Message]) -> None:
    for message in messages:
        client.push(message.body())


def wait_for_the_write(faults: str) -> None:
    limit = time.monotonic() + 300
    while not requests.get(faults, timeout=60).json()["faults"][0]["hits"]:
        assert time.monotonic() < limit, "no write reached the org"
        time.sleep(0.05)


def org_of(client: StackClient, tenant: str) -> dict[str, list[Mapping[str, Any]]]:
    """Return one tenant's records with what was pushed, the tenant's name taken out."""
    names = ("LastName", "FirstName", "Phone", "Title", "Email", "Company")
    rows = {sobject: client.org(f"records/{sobject}")["records"] for sobject in SYNCS.values()}
    return {
        sobject: sorted(
            (
                {name: str(row.get(name) or "").lower().replace(tenant, "") for name in names}
                for row in found
                if f"{tenant}-{SEED}-" in row["LastName"]
            ),
            key=lambda row: row["LastName"],
        )
        for sobject, found in rows.items()
    }


def test_a_killed_batch_settles_as_if_it_had_not_been_killed(quick_stack: dict[str, Any], slow_write: str) -> None:
    stack, client, now_ms = quick_stack, StackClient(quick_stack), int(time.time() * 1000)
    calm, hit = (load(CHANGES, SEED, now_ms, [tenant]) for tenant in (CALM, KILLED))
    prepare(client, [CALM, KILLED])
    with Drain(stack) as drain:
        push(client, hit)
        wait_for_the_write(slow_write)
        died = [kill(pid) for pid in push_workers(stack)]
        push(client, calm)
        _, unsettled = settled(stack, drain, [*hit, *calm], 2 * stack["recovery_bound_s"])
    assert any(died)
    assert unsettled == 0
    records = {sobject: client.org(f"records/{sobject}")["records"] for sobject in SYNCS.values()}
    assert verdict([*hit, *calm], drain.published, set(), records) == Verdict()
    assert org_of(client, KILLED) == org_of(client, CALM)
