"""
Kill push workers at random while changes flow through a deployed stack, and count what is lost, doubled or stale.

    python -m tests.chaos.run [--kills 50] [--changes 20000] [--seed 1] [--without-email 0.3] [--timings quickest] [--json]

Starts a stack of its own, connects four tenants by walking the pages, and sends people with several partial changes each, under
several keys, out of order and some twice, through PushQueue. While they are worked on, workers that are busy get SIGKILL, at random
places of the progress. Then everything must come to rest within twice `recovery_bound_s` of the last kill: each change has an outcome
or is parked, one Contact and one Lead per person, in each field the newest value. Exits 1 unless `kills` is what was asked for
and `lost`, `duplicates`, `stale` and `unsettled` are 0.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import requests

from local.demo.connecting import connect
from local.demo.stack_client import StackClient
from local.stack.timings import BY_NAME
from tests.chaos.load import SOURCE, SYNCS, TENANTS, Message, load, syncs
from tests.chaos.oracle import Verdict, verdict
from tests.chaos.outcomes import Drain, Queues, parked, parked_of, settled
from tests.chaos.own_stack import own_stack
from tests.chaos.workers import kill_busy_worker, limit_workers

MOST_WAITING = 20  # messages on the queue before sending pauses, so that kills meet the load and not a backlog
LOOK_S = 0.2
LAST_KILL = 0.95  # of the outcomes: afterwards there may be nobody at work
PATIENCE_S = 1_800
DAILY_CALLS = 1_000_000  # a spent quota is not what is tested here


@dataclass(slots=True)
class Result:
    """What one run came to; times in seconds. `published_again`: outcomes beyond one per change and sync, which is allowed."""

    kills: int = 0
    changes: int = 0
    messages: int = 0
    people: int = 0
    lost: int = 0
    duplicates: int = 0
    stale: int = 0
    unsettled: int = 0
    parked: int = 0
    published_again: int = 0
    settled_after_s: float = 0.0
    bound_s: float = 0.0
    seconds: float = 0.0

    def holds(self, kills: int) -> bool:
        """Tell whether nothing broke and as many workers died as were to."""
        return self.kills == kills and not (self.lost or self.duplicates or self.stale or self.unsettled)


@dataclass(slots=True)
class Chaos:
    """One run on one stack; `say` shows progress."""

    stack: Mapping[str, Any]
    messages: list[Message]
    kills: int
    chance: random.Random
    result: Result = field(default_factory=Result)

    def run(self) -> Result:
        """Connect, send and kill, wait, compare."""
        client, began = StackClient(dict(self.stack)), time.monotonic()
        self.result.bound_s = 2 * self.stack["recovery_bound_s"]
        settings = {"daily_api_limit": DAILY_CALLS}
        requests.patch(f"{self.stack['org_url']}/_control/settings", json=settings, timeout=150).raise_for_status()
        limit_workers(self.stack)
        prepare(client, TENANTS)
        with Drain(self.stack) as drain:
            self._send_and_kill(client, drain)
            after_s, self.result.unsettled = settled(self.stack, drain, self.messages, self.result.bound_s)
            self.result.settled_after_s = round(after_s, 1)
            self._judge(client, drain)
        self.result.seconds = round(time.monotonic() - began, 1)
        return self.result

    def _send_and_kill(self, client: StackClient, drain: Drain) -> None:
        """Send everything, the queue never long; workers die at random places of the progress that outcomes show."""
        queues, waiting = Queues(self.stack), list(reversed(self.messages))
        awaited = sum(len(SYNCS) * len(message.changes) for message in waiting)
        due = sorted((self.chance.randrange(int(awaited * LAST_KILL)) for _ in range(self.kills)), reverse=True)
        limit = time.monotonic() + PATIENCE_S
        while (waiting or due) and time.monotonic() < limit:
            if waiting and queues.visible() < MOST_WAITING:
                message = waiting.pop()
                client.push(message.body())
                self.result.changes += len(message.changes)
            elif not due or len(drain.published) < due[-1]:
                time.sleep(LOOK_S)
            if due and len(drain.published) >= due[-1]:
                due.pop()
                self.result.kills += kill_busy_worker(self.stack, self.chance)
                say(
                    f"{self.result.changes} changes sent, {len(drain.published)} outcomes, {self.result.kills} workers killed"
                )

    def _judge(self, client: StackClient, drain: Drain) -> None:
        result, kept = self.result, parked_of(self.messages, parked(client, TENANTS))
        records = {sobject: client.org(f"records/{sobject}")["records"] for sobject in SYNCS.values()}
        found: Verdict = verdict(self.messages, drain.published, kept, records)
        result.lost, result.duplicates, result.stale = found.lost, found.duplicates, found.stale
        result.messages, result.parked = len(self.messages), len(kept)
        result.people = len({change.person for message in self.messages for change in message.changes})
        result.published_again = drain.published.total() - len(drain.published)
        say(f"outcomes: {dict(drain.results)}")


def prepare(client: StackClient, tenants: Sequence[str]) -> None:
    """Connect tenants and save their syncs."""
    for tenant in tenants:
        connect(client, tenant)
        for sync in syncs():
            saved = client.call("POST", f"/v1/tenants/{tenant}/syncs", sync)
            if not saved["enabled"]:
                raise RuntimeError(f"The sync {sync['id']} was not taken: {saved['problems']}")
    say(f"{len(tenants)} tenants connected, source {SOURCE!r}")


def say(line: str) -> None:
    """Show progress; the result alone goes to standard output."""
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos.run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--changes", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-email", type=float, default=0.0, help="share of changes that name no e-mail")
    parser.add_argument("--timings", choices=BY_NAME, default="quickest", help="longer ones for a busy machine")
    parser.add_argument("--json", action="store_true", help="print one line of JSON only")
    given = parser.parse_args()
    messages = load(given.changes, given.seed, int(time.time() * 1000), without_email=given.without_email)
    say("starting a stack")
    try:
        with own_stack(given.timings) as stack:
            result = Chaos(stack, messages, given.kills, random.Random(given.seed)).run()
    except KeyboardInterrupt:
        say("Stopped. Nothing is left running.")
        return 130
    shown = asdict(result)
    print(json.dumps(shown) if given.json else "\n".join(f"{name:16} {value}" for name, value in shown.items()))
    return 0 if result.holds(given.kills) else 1


if __name__ == "__main__":
    sys.exit(main())
