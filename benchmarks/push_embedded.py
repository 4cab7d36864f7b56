"""What a push takes with claims, history and outcomes in the embedded AWS, beside single items; and what many tenants in a batch take."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import replace
from typing import Any

from causeway.gateways.aws.queues import MessageQueue
from causeway.gateways.dynamodb.config.push_history import PushHistory
from causeway.gateways.dynamodb.config.runs import RunTable
from causeway.gateways.dynamodb.state.claims import ClaimTable
from causeway.gateways.salesforce.composite import OrgCalls
from causeway.gateways.salesforce.org import SalesforceOrg
from causeway.salesforce.access import Access
from causeway.wiring.clients import http_session, now_ms

from benchmarks.embedded_aws import embedded_aws
from benchmarks.people import changes, connected, handle
from benchmarks.single_items import SingleItemClaims
from tests.support.push.memory import MemoryConnected
from tests.support.push.world import TENANT, NoTokens, World

CLAIMS: dict[str, type[ClaimTable]] = {"statements": ClaimTable, "single_items": SingleItemClaims}
MANY_TENANTS = 100
ROUNDS = 3  # of which the best counts: other work on the machine makes them dearer, never cheaper


def measure_embedded(people: int, latency_ms: int, variant: str = "statements") -> dict[str, Any]:
    """Push everybody in one batch with claims, history and outcomes in the embedded AWS, and beside it as single items."""
    took_s, cpu_s, writes = pushed(people, latency_ms, variant)
    _, single_cpu_s, _ = pushed(people, latency_ms, "single_items")
    return {
        "embedded_records_per_s": round(2 * people / took_s, 1),
        "embedded_cpu_ms_per_change": round(cpu_s * 1000 / people, 3),
        "single_items_cpu_ms_per_change": round(single_cpu_s * 1000 / people, 3),
        "embedded_cpu_ratio": round(cpu_s / single_cpu_s, 3),
        "embedded_dynamodb_writes_per_change": round(writes / people, 2),
    }


def measure_many_tenants(people: int, latency_ms: int) -> dict[str, Any]:
    """Push as many changes of one tenant and of a hundred; return what the hundred take of processor time, by the one."""
    one, many = best_of_turns(people)
    aws_one, aws_many = best_of_turns(people, "statements")
    return {
        "one_tenant_cpu_ms_per_change": round(one * 1000 / people, 3),
        "many_tenants_cpu_ms_per_change": round(many * 1000 / people, 3),
        "many_tenants_cpu_ratio": round(many / one, 2),
        "embedded_many_tenants_cpu_ratio": round(aws_many / aws_one, 2),
    }


def best_of_turns(people: int, variant: str | None = None) -> tuple[float, float]:
    """Return the least processor seconds of a batch of one tenant, and of many, in turns."""
    rounds = [(_cpu_s(people, 1, variant), _cpu_s(people, MANY_TENANTS, variant)) for _ in range(ROUNDS)]
    return min(one for one, _ in rounds), min(many for _, many in rounds)


def pushed(people: int, latency_ms: int, variant: str) -> tuple[float, float, int]:
    """Return the seconds and processor seconds that a batch took, and how many items of StateTable it wrote."""
    with connected(latency_ms, people) as (_, world), in_aws(world, variant) as stores:
        sent = changes(range(people))
        began, cpu = time.perf_counter(), time.process_time()
        handle(world, sent, **stores)
        return time.perf_counter() - began, time.process_time() - cpu, stores["claims"].writes


@contextmanager
def in_aws(world: World, variant: str) -> Iterator[Mapping[str, Any]]:
    with embedded_aws() as aws:
        dynamodb = aws.client("dynamodb")
        aws.table("state", "pk")
        aws.table("config", "pk", "sk")
        yield {
            "claims": CLAIMS[variant](dynamodb, "state", "worker-1", world.clock, 720_000),
            "history": PushHistory(dynamodb, "config", RunTable(dynamodb, "config", world.clock, 30), world.clock),
            "outbound": MessageQueue(aws.client("sqs"), aws.queue("outbound")),
        }


def _cpu_s(people: int, tenants: int, variant: str | None = None) -> float:
    """Return the processor seconds of one batch of so many tenants, with stores in memory or claims of a variant in the embedded AWS."""
    with connected(0, people) as (_, world), _stores(world, variant) as stores:
        names = [f"tenant-{number}" for number in range(tenants)]
        base, rules = world.connections.get(TENANT), world.syncs.by_tenant[TENANT]
        world.connections = MemoryConnected(*(replace(base, tenant=name) for name in names))
        world.syncs.by_tenant = dict.fromkeys(names, rules)
        for name in names:
            for sobject in ("Contact", "Lead", "Account"):
                world.described(name, sobject)
        known = {name: org_of(world.access) for name in names}  # as the pool of orgs keeps them, one for each tenant
        part = people // tenants
        sent = {name: changes(range(place * part, (place + 1) * part)) for place, name in enumerate(names)}
        cpu = time.process_time()
        handle(world, sent, org=lambda tenant: OrgCalls(known[tenant]), **stores)
        return time.process_time() - cpu


def _stores(world: World, variant: str | None) -> AbstractContextManager[Mapping[str, Any]]:
    return in_aws(world, variant) if variant else nullcontext({})


def org_of(access: Access) -> SalesforceOrg:
    """Return an org as the product talks to it: by the session that serves all tenants."""
    return SalesforceOrg(access, NoTokens(), http_session(), now_ms)
