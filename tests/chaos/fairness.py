"""
One tenant with a dead grant and a huge backlog, one with a spent quota, on a deployed stack: what does a third one notice?

    python -m tests.chaos.fairness [--backlog 50000] [--messages 40] [--json]

Starts a stack of its own and connects three tenants. The third one sends a message a second, first alone, then behind the backlogs
of the other two (messages of 500 changes). Prints `idle_p95_ms` and `loaded_p95_ms` (from sending to the record in Salesforce),
`calls_for_the_dead` (requests with the dead token once the breaker is open and what was on its way has ended: 0), and
after the dead tenant's admin has connected again `replayed`, how many of its `people` have their newest value, without anybody
having redriven anything. Exits 1 unless the third tenant lost at most 5 s, no call was made, and all were replayed.

The emulator's queue is not a fair one (SQS's is, for messages with a MessageGroupId): everything waits in one line.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import requests

from local.demo.connecting import connect
from local.demo.stack_client import StackClient
from local.stack.timings import QUICKEST
from tests.chaos.outcomes import Queues
from tests.chaos.own_stack import own_stack
from tests.chaos.run import prepare, say
from tests.chaos.workers import limit_workers

DEAD, SPENT, THIRD = "dead", "spent", "third"
PER_MESSAGE, PEOPLE = 500, 5_000
ALLOWED_S = 5.0
USED_UP, DAILY_CALLS = 95_000, 100_000
PATIENCE_S = 1_200


@dataclass(slots=True)
class Figures:
    """What one run came to."""

    backlog: int
    idle_p95_ms: int = 0
    loaded_p95_ms: int = 0
    calls_for_the_dead: int = 0
    people: int = 0
    replayed: int = 0
    kept_waiting_after_s: float = 0.0
    replayed_after_s: float = 0.0

    @property
    def holds(self) -> bool:
        """Tell whether the third tenant hardly noticed, and the dead one cost nothing and lost nothing."""
        noticed_ms = self.loaded_p95_ms - self.idle_p95_ms
        return noticed_ms <= ALLOWED_S * 1000 and not self.calls_for_the_dead and self.replayed == self.people


@dataclass(slots=True)
class Neighbours:
    """Three tenants of one stack."""

    stack: Mapping[str, Any]
    messages: int
    figures: Figures
    client: StackClient = field(init=False)
    queues: Queues = field(init=False)
    sent_at: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client, self.queues = StackClient(dict(self.stack)), Queues(self.stack)

    def run(self) -> Figures:
        """Connect, measure alone, measure behind the backlogs, reconnect, wait for the replay."""
        self._connect()
        self.figures.idle_p95_ms = self._third("idle")
        say(f"alone: {self.figures.idle_p95_ms} ms")
        began = time.monotonic()
        self._queue_backlogs()
        self.figures.loaded_p95_ms = self._third("loaded")
        say(f"behind the backlogs: {self.figures.loaded_p95_ms} ms")
        self._wait(lambda: not self.queues.unsettled())
        self.figures.kept_waiting_after_s = round(time.monotonic() - began, 1)
        self.figures.calls_for_the_dead = self._calls_for_the_dead()
        self._reconnect()
        return self.figures

    def _connect(self) -> None:
        """Connect all; end the first one's grant at the org, and let the second one see a quota that is used up."""
        self._control("PATCH", "settings", {"daily_api_limit": DAILY_CALLS})
        limit_workers(self.stack)
        prepare(self.client, [DEAD])
        self._control("DELETE", "grants")
        self._control("DELETE", "sessions")
        prepare(self.client, [SPENT, THIRD])
        self._control("POST", "limits", {"DailyApiRequests": USED_UP})
        self.client.push(message(SPENT, [change(SPENT, 0, "first")]))
        self._wait(lambda: self._newest(SPENT).get("spent-0") == "first" and not self.queues.unsettled())
        self._control("POST", "limits", {"DailyApiRequests": 0})

    def _queue_backlogs(self) -> None:
        count = self.figures.backlog
        for tenant, changes in ((DEAD, count), (SPENT, count // 5)):
            for start in range(0, changes, PER_MESSAGE):
                places = range(start, min(start + PER_MESSAGE, changes))
                self.client.push(message(tenant, [change(tenant, place, str(place)) for place in places]))
        self.figures.people = min(PEOPLE, count)
        say(f"{count} changes of the dead tenant queued")

    def _third(self, phase: str) -> int:
        """Send a message a second; return the p95 from sending to Salesforce in ms."""
        number = self._control("GET", "audit?since=0")["entries"][-1:]
        since = number[0]["number"] if number else 0
        for place in range(self.messages):
            name = f"{THIRD}-{phase}-{place}"
            self.sent_at[name] = time.time()
            self.client.push(message(THIRD, [{**change(THIRD, place, phase, name), "key": name}]))
            time.sleep(1)
        found: dict[str, float] = {}
        self._wait(lambda: len(self._arrived(found, since, phase)) == self.messages)
        took = sorted(at - self.sent_at[name] for name, at in found.items())
        return round(1000 * took[int(len(took) * 0.95)])

    def _arrived(self, found: dict[str, float], since: int, phase: str) -> dict[str, float]:
        for entry in self._control("GET", f"audit?since={since}")["entries"]:
            for effect in entry["effects"]:
                name = str(effect["values"].get("LastName", ""))
                if name.startswith(f"{THIRD}-{phase}-"):
                    found.setdefault(name, moment(entry["at"]))
        return found

    def _calls_for_the_dead(self) -> int:
        """Count the requests with a dead token after the breaker opened; the calls on their way then may take a timeout."""
        since = moment(self.client.call("GET", f"/v1/tenants/{DEAD}/connection")["since"])
        entries = self._control("GET", "audit?since=0")["entries"]
        refused = [entry for entry in entries if entry["status"] == 401]
        return sum(moment(entry["at"]) > since + QUICKEST.push_timeout_s for entry in refused)

    def _reconnect(self) -> None:
        began = time.monotonic()
        connect(self.client, DEAD)
        say("the dead tenant is connected again")
        newest = dict(newest_values(DEAD, self.figures.backlog))

        def all_there() -> bool:
            there = self._newest(DEAD)
            self.figures.replayed = sum(there.get(name) == value for name, value in newest.items())
            say(f"{self.figures.replayed} of {len(newest)} people have their newest value")
            return self.figures.replayed == len(newest)

        self._wait(all_there, 15)
        self.figures.replayed_after_s = round(time.monotonic() - began, 1)

    def _newest(self, tenant: str) -> dict[str, str]:
        """Return the phone of each of a tenant's Contacts by last name."""
        rows = self.client.org("records/Contact")["records"]
        return {row["LastName"]: row["Phone"] for row in rows if row["LastName"].startswith(f"{tenant}-")}

    def _wait(self, until: Any, look_s: float = 1.0) -> bool:
        limit = time.monotonic() + PATIENCE_S
        while not (done := until()) and time.monotonic() < limit:
            time.sleep(look_s)
        return bool(done)

    def _control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = requests.request(method, f"{self.stack['org_url']}/_control/{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None


def change(tenant: str, place: int, phone: str, name: str = "") -> dict[str, Any]:
    """Return one change of a person; the later a change is in the backlog, the newer."""
    name = name or f"{tenant}-{place % PEOPLE}"
    fields = {"last_name": name, "company": f"Company of {name}", "email": f"{name}@example.com", "phone": phone}
    return {"key": name, "fields": fields}


def newest_values(tenant: str, backlog: int) -> Iterator[tuple[str, str]]:
    """Yield each person of a backlog with the phone of the newest change."""
    for place in range(backlog):
        yield f"{tenant}-{place % PEOPLE}", str(place)


def message(tenant: str, changes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a push message."""
    return {"version": 1, "tenant": tenant, "source": "lead", "changes": changes}


def moment(text: str) -> float:
    """Return epoch seconds of a time as the org and the API write it."""
    return datetime.fromisoformat(text).timestamp()


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos.fairness", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--backlog", type=int, default=50_000)
    parser.add_argument("--messages", type=int, default=40)
    parser.add_argument("--json", action="store_true", help="print one line of JSON only")
    given = parser.parse_args()
    say("starting a stack")
    try:
        with own_stack() as stack:
            figures = Neighbours(stack, given.messages, Figures(given.backlog)).run()
    except KeyboardInterrupt:
        say("Stopped. Nothing is left running.")
        return 130
    shown = asdict(figures)
    print(json.dumps(shown) if given.json else "\n".join(f"{name:22} {value}" for name, value in shown.items()))
    return 0 if figures.holds else 1


if __name__ == "__main__":
    sys.exit(main())
