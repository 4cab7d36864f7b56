"""The people that the benchmarks of push send, a tenant whose org knows half of them, and the real handler for one batch."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.orgs import OrgProcess, running_org
from functions.push.app import answered
from tests.support.push.world import TENANT, World, contact_sync, lead_sync

PER_MESSAGE = 500
SYNCS = {"create_unless": "never", "on_duplicate": "save"}


class Context:
    """A Lambda context with plenty of time."""

    def get_remaining_time_in_millis(self) -> int:
        return 120_000


def person(number: int, phone: str = "+49 30 555") -> dict[str, Any]:
    """Return one person as a product knows them."""
    return {
        "first_name": f"First{number}",
        "last_name": f"Last{number}",
        "email": f"person.{number}@example.com",
        "phone": phone,
        "title": "Head of Something",
        "company": f"Company {number}",
    }


def changes(people: Sequence[int], phone: str = "+49 30 555") -> list[dict[str, Any]]:
    """Return one change per person."""
    return [{"key": f"lead-{number}", "fields": person(number, phone)} for number in people]


def load_known(world: World, people: Sequence[int]) -> None:
    """Put people into the org as a Contact and a Lead each, with another phone than the product knows."""
    rows = [person(number, "+49 30 000") for number in people]
    both = [
        {
            "FirstName": row["first_name"],
            "LastName": row["last_name"],
            "Email": row["email"],
            "Phone": row["phone"],
            "Title": row["title"],
        }
        for row in rows
    ]
    world.load("Contact", *both)
    world.load("Lead", *[{**fields, "Company": row["company"]} for fields, row in zip(both, rows, strict=True)])


@contextmanager
def connected(latency_ms: int, people: int) -> Iterator[tuple[OrgProcess, World]]:
    """Give a tenant with both syncs, connected to a fresh org that knows half of the people."""
    with running_org() as org:
        world = World(org.url)
        world.clock = lambda: time.time_ns() // 1_000_000
        world.syncs.by_tenant[TENANT] = [contact_sync(**SYNCS), lead_sync(**SYNCS)]
        load_known(world, range(people // 2))
        for sobject in ("Contact", "Lead", "Account"):
            world.described(TENANT, sobject)
        if latency_ms:
            org.control(
                "POST",
                "faults",
                {"do": "delay", "kind": "", "path": "/services/data/", "delay_s": latency_ms / 1000, "times": None},
            )
        world.calls()
        try:
            yield org, world
        finally:
            world.close()


def handle(
    world: World, sent: Sequence[dict[str, Any]] | Mapping[str, Sequence[dict[str, Any]]], **replaced: Any
) -> None:
    """Give the real handler one batch of one tenant, or of several (tenant → changes); every change must be settled."""
    by_tenant = sent if isinstance(sent, Mapping) else {TENANT: sent}
    records = [record for tenant, some in by_tenant.items() for record in _records(world, tenant, some)]
    failed = answered({"Records": records}, Context(), world.ports(**replaced))["batchItemFailures"]  # type: ignore[arg-type]  # a bare context
    if failed:
        raise SystemExit(f"messages were redelivered: {failed}")


def _records(world: World, tenant: str, sent: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the messages of a tenant as Lambda hands them over."""
    for start in range(0, len(sent), PER_MESSAGE):
        body = {"version": 1, "tenant": tenant, "source": "lead", "changes": sent[start : start + PER_MESSAGE]}
        yield {
            "messageId": f"{tenant}-{start}",
            "receiptHandle": "r",
            "body": json.dumps(body),
            "attributes": {"SentTimestamp": str(world.clock())},
        }
