"""
One tenant sends poison of every kind through a deployed stack: what do its neighbours notice, and is anything lost?

    python -m tests.chaos.poison [--only shared-address,moment] [--json]

Starts a stack of its own. Two neighbours send a change every half second, first alone, then right after each kind of poison
(tests/chaos/poisons.py). A kind holds them back when the p95 of their changes, from sending to the record in Salesforce, is more
than two seconds over what it was alone, three times in a row: the machine runs everything at once and has its own pauses. In the end every
change of the poison must have an outcome or be parked, every unreadable message must be parked, and no queue may hold anything.
Exits 1 unless `held_back` and `lost` are 0.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import requests

from local.demo.stack_client import StackClient
from local.stack.emulator import aws_client
from tests.chaos.fairness import change, message, moment
from tests.chaos.outcomes import Drain, Queues
from tests.chaos.own_stack import own_stack
from tests.chaos.poisons import TENANT, Poison, costly_sync, poisons
from tests.chaos.run import prepare, say
from tests.chaos.workers import limit_workers

NEIGHBOURS = ("amber", "birch")
UNREADABLE = "_unreadable"  # under which messages are parked that name no tenant
ALONE, AFTER_EACH, EVERY_S = 20, 6, 0.5
ALLOWED_S = 2.0
TRIES = 3
PATIENCE_S = 300
DAILY_CALLS = 1_000_000  # a spent quota is not what is tested here


@dataclass(slots=True)
class Figures:
    """What one run came to; `p95_ms` of the neighbours by kind of poison, `held` the kinds that held them back."""

    kinds: int = 0
    held_back: int = 0
    lost: int = 0
    idle_p95_ms: int = 0
    worst_p95_ms: int = 0
    seconds: float = 0.0
    held: list[str] = field(default_factory=list)
    lost_of: dict[str, list[str]] = field(default_factory=dict)
    p95_ms: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Run:
    """One run on one stack."""

    stack: Mapping[str, Any]
    kinds: Sequence[Poison]
    figures: Figures = field(default_factory=Figures)
    client: StackClient = field(init=False)
    drain: Drain = field(init=False)
    sent: int = 0

    def __post_init__(self) -> None:
        self.client, self.drain = StackClient(dict(self.stack)), Drain(self.stack)

    def run(self) -> Figures:
        """Connect, measure alone, measure after each kind, wait for the end, look for what is lost."""
        began = time.monotonic()
        self._prepare()
        with self.drain:
            self._neighbours(AFTER_EACH)  # the workers start
            self.figures.idle_p95_ms = self._neighbours(ALONE)
            say(f"alone: {self.figures.idle_p95_ms} ms")
            for poison in self.kinds:
                self._strike(poison)
            queues = Queues(self.stack)
            wait(
                lambda: not queues.unsettled() and not (self._missing(()) and self._missing(self._parked())),
                5 * EVERY_S,
            )
            if on_queues := queues.unsettled():
                self.figures.lost_of["on the queues"] = [str(on_queues)]
            self._look_for_lost()
        self.figures.kinds, self.figures.seconds = len(self.kinds), round(time.monotonic() - began, 1)
        return self.figures

    def _prepare(self) -> None:
        self._control("PATCH", "settings", {"daily_api_limit": DAILY_CALLS})
        limit_workers(self.stack)
        prepare(self.client, [*NEIGHBOURS, TENANT])
        if not self.client.call("POST", f"/v1/tenants/{TENANT}/syncs", costly_sync())["enabled"]:
            raise RuntimeError("The sync of the expensive conditions was not taken, so they would not be tried.")

    def _strike(self, poison: Poison) -> None:
        """Send one kind and measure; what seems to hold back is measured again."""
        limit_ms = self.figures.idle_p95_ms + ALLOWED_S * 1000
        for _ in range(TRIES):
            self._send(poison)
            p95_ms = self._neighbours(AFTER_EACH)
            say(f"{poison.name}: {p95_ms} ms")
            if p95_ms <= limit_ms:
                break
        else:
            self.figures.held.append(poison.name)
            self.figures.held_back += 1
        self.figures.p95_ms[poison.name] = p95_ms
        self.figures.worst_p95_ms = max(self.figures.worst_p95_ms, p95_ms)

    def _send(self, poison: Poison) -> None:
        sqs = aws_client("sqs", self.stack["aws_endpoint"])
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in poison.attributes.items()}
        for body in poison.bodies:
            sqs.send_message(
                QueueUrl=self.stack["push_queue_url"],
                MessageBody=body,
                MessageGroupId=TENANT,
                MessageAttributes=attributes,
            )

    def _neighbours(self, count: int) -> int:
        """Let the neighbours send so many changes, one every half second; return the p95 until Salesforce has them in ms."""
        sent_at: dict[str, float] = {}
        since = max((entry["number"] for entry in self._audit(0)[-1:]), default=0)
        for place in range(count):
            tenant, self.sent = NEIGHBOURS[place % 2], self.sent + 1
            name = f"{tenant}-{self.sent}"
            sent_at[name] = time.time()
            self.client.push(message(tenant, [change(tenant, self.sent, str(self.sent), name)]))
            time.sleep(EVERY_S)
        arrived: dict[str, float] = {}
        wait(lambda: len(self._note_arrived(arrived, since, sent_at)) == count, EVERY_S)
        if missing := sent_at.keys() - arrived.keys():
            self.figures.lost_of.setdefault("neighbours", []).extend(sorted(missing))
        took = sorted(arrived.get(name, time.time()) - at for name, at in sent_at.items())
        return round(1000 * took[int(len(took) * 0.95)])

    def _note_arrived(self, arrived: dict[str, float], since: int, names: Collection[str]) -> dict[str, float]:
        for entry in self._audit(since):
            for effect in entry["effects"]:
                name = str(effect["values"].get("LastName", ""))
                if name in names:
                    arrived.setdefault(name, moment(entry["at"]))
        return arrived

    def _audit(self, since: int) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self._control("GET", f"audit?since={since}")["entries"]
        return entries

    def _missing(self, parked: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
        """Return the keys of each kind that have neither an outcome nor a parked entry."""
        published = {(run, key) for run, key, _ in self.drain.published}
        kept = {(TENANT, str(entry.get("key"))) for entry in parked}
        missing = {
            poison.name: [
                key for key in poison.keys if (poison.run, key) not in published and (TENANT, key) not in kept
            ]
            for poison in self.kinds
        }
        return {name: keys for name, keys in missing.items() if keys}

    def _look_for_lost(self) -> None:
        entries = list(self._parked())
        self.figures.lost_of |= self._missing(entries)
        bodies = [str(entry.get("body") or "") for entry in entries]
        for poison in self.kinds:
            if not poison.keys and not any(poison.run in body for body in bodies):
                self.figures.lost_of[poison.name] = ["the whole message"]
        self.figures.lost = sum(len(keys) for keys in self.figures.lost_of.values())

    def _parked(self) -> Iterator[dict[str, Any]]:
        for path in (f"/v1/tenants/{TENANT}/parked?", f"/v1/parked?tenant={UNREADABLE}&"):
            next_page: str | None = ""
            while next_page is not None:
                page = self.client.call("GET", f"{path}next={next_page}" if next_page else path[:-1])
                yield from page["parked"]
                next_page = page["next"]

    def _control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = requests.request(method, f"{self.stack['org_url']}/_control/{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None


def wait(until: Callable[[], bool], look_s: float) -> bool:
    """Look again and again until it holds; return False when it does not within the patience."""
    limit = time.monotonic() + PATIENCE_S
    while not (done := until()) and time.monotonic() < limit:
        time.sleep(look_s)
    return done


def chosen(names: str) -> list[Poison]:
    """Return the kinds of these names, parted by commas; all when there are none. Raises SystemExit with what there is."""
    kinds = {poison.name: poison for poison in poisons()}
    wanted = [name for name in names.split(",") if name] or list(kinds)
    if unknown := [name for name in wanted if name not in kinds]:
        raise SystemExit(f"There is no poison {', '.join(unknown)}. There are: {', '.join(kinds)}.")
    return [kinds[name] for name in wanted]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos.poison", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="names of kinds, parted by commas")
    parser.add_argument("--json", action="store_true", help="print one line of JSON only")
    given = parser.parse_args()
    kinds = chosen(given.only)
    say("starting a stack")
    try:
        with own_stack("quick") as stack:
            figures = Run(stack, kinds).run()
    except KeyboardInterrupt:
        say("Stopped. Nothing is left running.")
        return 130
    shown = asdict(figures)
    print(json.dumps(shown) if given.json else "\n".join(f"{name:16} {value}" for name, value in shown.items()))
    return 1 if figures.held_back or figures.lost else 0


if __name__ == "__main__":
    sys.exit(main())
