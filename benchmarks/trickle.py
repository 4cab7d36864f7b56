"""
Changes that trickle in from many tenants whose calls are scarce: what each costs, and how late it is, beside a plain loop.

    python -m benchmarks.trickle [--tenants 200] [--every-s 5] [--minutes 5] --json

Each tenant sends one change every few seconds. The push queue, the claims, the parked table with the windows of paced delivery are
in the embedded AWS; the real handler gets batches as Lambda cuts them (100 messages, one second), two at a time; the org runs in a
process of its own. `deliver_within_s` is 60; every quota has 300 calls left of its share, and every tenant's rate of changes is
noted, as it is after a while of this. Prints `calls_per_1000_changes`
(≤ 250; describe apart), `p50_s` and `p95_s` from the message's sending to its outcome (≤ 65), `lost` (0), `held` (changes that were
held), and `plain_calls_per_1000_changes` of a loop that looks each person up and writes it. Exits
1 unless these hold.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

from causeway.connections.connection import Connection, Status, Usage
from causeway.contract.days import DAY_S
from causeway.gateways.dynamodb.parked.gathering import GatheringTable
from causeway.gateways.dynamodb.state.claims import ClaimTable
from causeway.observability import logger, metrics

from benchmarks.embedded_aws import EmbeddedAws, embedded_aws
from benchmarks.orgs import plain_client
from benchmarks.people import Context, connected, person
from functions.push.app import answered
from tests.support.push.memory import MemoryConnected
from tests.support.push.world import CountedCalls, World, contact_sync

WITHIN_S, LEFT_CALLS, ALLOWED = 60, 300, 15_000
BATCH, WORKERS = 100, 2
PLAIN_PEOPLE = 25


class Trickle:
    """A world with many tenants, a queue in the embedded AWS, and workers that take batches from it."""

    def __init__(self, world: World, aws: EmbeddedAws, tenants: Sequence[str], every_s: float) -> None:
        self._world, self._sqs, self._url = world, aws.client("sqs"), aws.queue("push")
        self._tenants, self._dynamodb = tenants, aws.client("dynamodb")
        aws.table("state", "pk")
        aws.table("parked", "pk", "sk")
        self._gathering = GatheringTable(self._dynamodb, "parked", world.clock)
        a_day = round(DAY_S / every_s)
        usage = Usage(ALLOWED * 8 // 10 - LEFT_CALLS, ALLOWED, world.clock(), changes_a_day=a_day)
        self._connections = MemoryConnected(
            *(Connection(each, Status.CONNECTED, epoch=1, org_id=world.access.org_id, usage=usage) for each in tenants)
        )
        rules = contact_sync(create_unless="never", on_duplicate="save", deliver_within_s=WITHIN_S)
        world.syncs.by_tenant = {tenant: [rules] for tenant in tenants}
        self.sent_ms: dict[str, int] = {}
        self.settled_ms: dict[str, int] = {}
        self.held: set[str] = set()
        self.over = threading.Event()

    def send(self, every_s: float, minutes: float) -> None:
        """Send one change of each tenant every few seconds, spread over them."""
        began, gap_s = time.monotonic(), every_s / len(self._tenants)
        for number in range(int(minutes * 60 / gap_s)):
            time.sleep(max(0.0, began + number * gap_s - time.monotonic()))
            tenant, key = self._tenants[number % len(self._tenants)], f"c{number}"
            body = {
                "version": 1,
                "tenant": tenant,
                "source": "lead",
                "changes": [{"key": key, "fields": person(number)}],
            }
            self.sent_ms[key] = self._world.clock()
            self._sqs.send_message(QueueUrl=self._url, MessageBody=json.dumps(body), MessageGroupId=tenant)

    def work(self) -> None:
        """Give the handler batch after batch until all is over."""
        while not self.over.is_set():
            records = self._received()
            if records:
                self._handle(records)

    def _handle(self, records: Sequence[dict[str, Any]]) -> None:
        context: Any = Context()
        answer = answered({"Records": records}, context, self._ports())
        metrics.clear_metrics()  # a hundred of one name would be printed
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        done = [record["receiptHandle"] for record in records if record["messageId"] not in failed]
        for start in range(0, len(done), 10):
            entries = [{"Id": str(place), "ReceiptHandle": each} for place, each in enumerate(done[start : start + 10])]
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)

    def _received(self) -> list[dict[str, Any]]:
        """Gather messages for a second, as the event source does."""
        records: list[dict[str, Any]] = []
        until = time.monotonic() + 1
        while time.monotonic() < until and len(records) < BATCH:
            answer = self._sqs.receive_message(
                QueueUrl=self._url, MaxNumberOfMessages=10, VisibilityTimeout=360, AttributeNames=["All"]
            )
            found = answer.get("Messages", [])
            records += [
                {
                    "messageId": each["MessageId"],
                    "receiptHandle": each["ReceiptHandle"],
                    "body": each["Body"],
                    "attributes": each["Attributes"],
                }
                for each in found
            ]
            if not found:
                time.sleep(0.1)
        return records

    def _ports(self) -> Any:
        world = self._world
        ports = world.ports(
            connections=self._connections,
            claims=ClaimTable(self._dynamodb, "state", f"w{time.monotonic_ns()}", world.clock, 720_000),
            gathering=self._gathering,
            outbound=Outcomes(self),
            org=lambda tenant: CountedCalls(world.org, world),
        )
        ports.defer = self._defer
        return ports

    def _defer(self, receipt: str, seconds: int) -> None:
        self._sqs.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=max(0, seconds)
        )

    def publish(self, tenant: str, bodies: Sequence[str]) -> None:
        """Note when each change had its outcome."""
        now_ms = self._world.clock()
        for outcome in (each for body in bodies for each in json.loads(body)["outcomes"]):
            if outcome["result"] in ("created", "updated", "unchanged"):
                self.settled_ms.setdefault(outcome["key"], now_ms)
                self.held |= {outcome["key"]} if outcome["held_ms"] else set()


class Outcomes:
    """The outbound queue of a trickle."""

    def __init__(self, trickle: Trickle) -> None:
        self.send = trickle.publish


def measured(tenants: int, every_s: float, minutes: float) -> dict[str, Any]:
    """Let changes trickle in, and wait until each has its outcome."""
    with connected(0, 0) as (org, world), embedded_aws() as aws:
        trickle = Trickle(world, aws, [f"t{number}" for number in range(tenants)], every_s)
        workers = [threading.Thread(target=trickle.work) for _ in range(WORKERS)]
        for worker in workers:
            worker.start()
        try:
            trickle.send(every_s, minutes)
            give_up = time.monotonic() + 3 * WITHIN_S
            while len(trickle.settled_ms) < len(trickle.sent_ms) and time.monotonic() < give_up:
                time.sleep(0.5)
        finally:
            trickle.over.set()
            for worker in workers:
                worker.join()
        calls = sum(world.calls().values())
        plain = plain_calls(org.session, world)
    return figures(trickle, calls) | {"plain_calls_per_1000_changes": plain}


def figures(trickle: Trickle, calls: int) -> dict[str, Any]:
    """Return what it came to."""
    took = sorted(
        trickle.settled_ms[key] - at_ms for key, at_ms in trickle.sent_ms.items() if key in trickle.settled_ms
    )
    changes = len(trickle.sent_ms)
    return {
        "changes": changes,
        "calls_per_1000_changes": round(calls * 1000 / changes, 1),
        "p50_s": round(took[len(took) // 2] / 1000, 1),
        "p95_s": round(took[int(len(took) * 0.95)] / 1000, 1),
        "lost": changes - len(took),
        "held": len(trickle.held),
    }


def plain_calls(session: Any, world: World) -> float:
    """Return the calls for 1,000 changes of a loop that looks each person up by address and writes it."""
    client = plain_client(session)
    for number in range(PLAIN_PEOPLE):
        fields = person(900_000 + number)
        found = client.query(f"SELECT Id FROM Contact WHERE Email = '{fields['email']}'")["records"]
        values = {"LastName": fields["last_name"], "Email": fields["email"], "Phone": fields["phone"]}
        if not found:
            client.Contact.create(values, headers={"Sforce-Duplicate-Rule-Header": "allowSave=true"})
    return round(sum(world.calls().values()) * 1000 / PLAIN_PEOPLE, 1)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.trickle", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tenants", type=int, default=200)
    parser.add_argument("--every-s", type=float, default=5)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--json", action="store_true", help="print one line of JSON only")
    given = parser.parse_args()
    logger.setLevel("CRITICAL")
    found = {"tenants": given.tenants, **measured(given.tenants, given.every_s, given.minutes)}
    print(json.dumps(found) if given.json else "\n".join(f"{name:32} {value}" for name, value in found.items()))
    return 0 if found["calls_per_1000_changes"] <= 250 and found["p95_s"] <= 65 and not found["lost"] else 1


if __name__ == "__main__":
    sys.exit(main())
