"""
Look people up in the simulated org over HTTP, compared with the bare composite call that the lookup makes.

    python -m benchmarks.lookup --latency-ms 100 --store-ms 5 --json

1, 20 and 200 people, of whom half are known with an account, open deals and cases. The org runs in a process of its own, every answer
held back by the latency; the stores are in memory, every read and write of them held back by `--store-ms`, as DynamoDB would. Each
lookup asks anew (no kept answer helps) and is followed by the same composite call sent bare, so both meet the same machine.
Prints `calls_1`, `calls_20`, `calls_200` (API calls of one lookup), `p95_ms_…`, `p95_ratio_…` and the largest of them as `p95_ratio`;
then 200 askers of 20 tenants at once, each tenant five calls short of its share: `askers`, `asker_calls`, `asker_most_calls` (of one
tenant), `asker_answered`, `asker_later` (429 with when to come back) and `over_quota` (calls beyond the share).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from causeway.connections.connection import Connection, Status, Usage
from causeway.errors import QuotaSpent
from causeway.gateways.salesforce.composite import OrgCalls
from causeway.gateways.salesforce.org import SalesforceOrg
from causeway.loading import loaded
from causeway.lookups.items import Item, Request
from causeway.lookups.lookup import look_up
from causeway.lookups.ports import LookupPorts
from causeway.observability import logger

from benchmarks.orgs import running_org
from tests.support.lookups.asking import MemoryAnswers, lookup_ports
from tests.support.push.world import TENANT, NoTokens, World, contact_sync, lead_sync

SIZES = (1, 20, 200)
ROUNDS = 40
TENANTS, ASKERS_EACH, LEFT = 20, 10, 5
ALLOWED, SHARE = 100_000, 80


class Slow:
    """A store every call of which takes as long as a call of DynamoDB."""

    def __init__(self, store: Any, store_s: float) -> None:
        self._store, self._store_s = store, store_s

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._store, name)

        def slowly(*given: Any, **named: Any) -> Any:
            time.sleep(self._store_s)
            return call(*given, **named)

        return slowly


class SpyingOrg(SalesforceOrg):
    """An org that keeps the last composite call, so that it can be sent again bare."""

    sent: Sequence[Mapping[str, Any]] = ()

    def composite(self, subrequests: Sequence[Mapping[str, Any]], **options: Any) -> list[dict[str, Any]]:
        """Send a composite call."""
        self.sent = list(subrequests)
        return super().composite(subrequests, **options)


@contextmanager
def a_world(latency_ms: int) -> Iterator[World]:
    """Give a connected tenant whose org knows every other of 200 people, with what their companies have open."""
    with running_org() as org:
        world = World(org.url)
        world.clock = lambda: time.time_ns() // 1_000_000
        world.syncs.by_tenant[TENANT] = [contact_sync(), lead_sync()]
        accounts = world.load("Account", *[{"Name": f"Company {number}"} for number in range(0, 200, 2)])
        people = list(zip(range(0, 200, 2), accounts, strict=True))
        world.load("Contact", *[{"LastName": f"L{n}", "Email": f"p{n}@example.com", "AccountId": a} for n, a in people])
        deal = {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2027-01-01"}
        world.load("Opportunity", *[{**deal, "AccountId": account} for account in accounts])
        world.load("Case", *[{"Subject": "Broken", "AccountId": account} for account in accounts])
        for sobject in ("Contact", "Lead", "Account", "Opportunity", "Case"):
            world.described(TENANT, sobject)
        if latency_ms:
            fault = {"do": "delay", "kind": "", "path": "/services/data/", "delay_s": latency_ms / 1000, "times": None}
            org.control("POST", "faults", fault)
        try:
            yield world
        finally:
            world.close()


def ports_of(world: World, org: SalesforceOrg, store_s: float, answers: MemoryAnswers) -> LookupPorts:
    """Return the ports of a lookup whose stores take their time."""
    made = lookup_ports(world, answers)
    slow: dict[str, Any] = {
        name: Slow(getattr(made, name), store_s) for name in ("connections", "syncs", "memory", "answers")
    }

    def slow_org(tenant: str) -> OrgCalls:
        time.sleep(store_s)  # the access is read of the connection
        return OrgCalls(org)

    return replace(made, org=slow_org, **slow)


def an_org(world: World) -> SpyingOrg:
    """Return a caller of the world's org, with connections of its own."""
    import requests

    session = requests.Session()
    session.trust_env = False
    return SpyingOrg(world.access, NoTokens(), session, world.clock)


def p95(seconds: Sequence[float]) -> float:
    """Return the 95th percentile, in milliseconds."""
    return round(sorted(seconds)[round(0.95 * (len(seconds) - 1))] * 1000, 1)


def measure_size(world: World, size: int, store_s: float) -> dict[str, Any]:
    """Look so many people up again and again, each time followed by the bare call."""
    org = an_org(world)
    ports = ports_of(world, org, store_s, MemoryAnswers())
    looked, bare, calls = [], [], set()
    for number in range(ROUNDS):
        items = tuple(Item(email=f"p{each}@example.com") for each in range(size))
        began = time.perf_counter()
        answer = look_up(
            TENANT,
            Request(items, {"Contact": ("Title",)}, max_age_s=1 + number),
            replace(ports, answers=MemoryAnswers()),
        )
        looked.append(time.perf_counter() - began)
        calls.add(answer["api_calls"])
        began = time.perf_counter()
        org.composite(org.sent)
        bare.append(time.perf_counter() - began)
    return {
        f"calls_{size}": max(calls),
        f"p95_ms_{size}": p95(looked),
        f"p95_ratio_{size}": round(p95(looked) / p95(bare), 3),
    }


def measure_askers(world: World, store_s: float) -> dict[str, Any]:
    """Let 200 askers of 20 tenants ask at once, each tenant a few calls short of its share."""
    tenants = [f"tenant-{number}" for number in range(TENANTS)]
    usage = Usage(ALLOWED * SHARE // 100 - LEFT, ALLOWED, world.clock())
    for tenant in tenants:
        known = world.connections.get(TENANT)
        world.connections.by_tenant[tenant] = Connection(
            tenant, Status.CONNECTED, epoch=1, org_id=known.org_id, instance_url=known.instance_url, usage=usage
        )
    answers, calls = MemoryAnswers(), Counter[str]()

    def ask(place: int) -> str:
        tenant = tenants[place % TENANTS]
        ports = ports_of(world, an_org(world), store_s, answers)
        try:
            found = look_up(tenant, Request((Item(email=f"p{place}@example.com"),), max_age_s=60), ports)
        except QuotaSpent as error:
            return "later" if error.retry_after_s else "refused"
        calls[tenant] += found["api_calls"]
        return "answered"

    with ThreadPoolExecutor(TENANTS * ASKERS_EACH) as pool:
        ends = Counter(pool.map(ask, range(TENANTS * ASKERS_EACH)))
    return {
        "askers": TENANTS * ASKERS_EACH,
        "asker_calls": sum(calls.values()),
        "asker_most_calls": max(calls.values()),
        "asker_answered": ends["answered"],
        "asker_later": ends["later"],
        "over_quota": sum(max(0, made - LEFT) for made in calls.values()),
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.lookup", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--latency-ms", type=int, default=100)
    parser.add_argument("--store-ms", type=float, default=5.0)
    parser.add_argument("--json", action="store_true", help="print one line of JSON only")
    given = parser.parse_args()
    logger.setLevel("CRITICAL")
    figures: dict[str, Any] = {"latency_ms": given.latency_ms, "store_ms": given.store_ms}
    loaded()  # garbage is looked for as seldom as in the handlers
    with a_world(given.latency_ms) as world:
        for size in SIZES:
            figures |= measure_size(world, size, given.store_ms / 1000)
        figures |= measure_askers(world, given.store_ms / 1000)
    figures["p95_ratio"] = max(figures[f"p95_ratio_{size}"] for size in SIZES)
    print(json.dumps(figures) if given.json else "\n".join(f"{name:20} {value}" for name, value in figures.items()))
    return 0 if figures["over_quota"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
