"""
20,000 changes through the Python client: what is lost, and what is handled twice?

    python -m tests.campaigns.client [--changes 20000] [--seed 1] [--variant no_resend | forgetful] --json

A product sends with `Sender` to a push queue that refuses entries, throttles and loses answers. The messages are read by the push
function's own parser and answered with its own pages of outcomes, some of them sent twice. A consumer handles them into a database,
while it is killed before, during and after the handling, deletes fail and messages are delivered again; then it starts anew.

Prints `lost` (changes without an outcome in the product's database), `handled_twice` (messages that counted twice there), and
how often each fault happened; exits 1 unless both are 0 and every fault happened. Each variant breaks the client and must fail:
`no_resend` ignores what SQS refused, `forgetful` remembers an id apart from what the handler wrote.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

from causeway.contract.messages import parse_message
from causeway.contract.outcomes import Outcome, Result
from causeway.push.outcomes.pages import pages
from causeway_client import Consumer, Handlers, OutcomesMessage, SeenIds, Sender, SqliteSeenIds

from tests.support.clients.queues import VISIBILITY_S, FakeQueue, Faults, VirtualClock

VARIANTS = ("no_resend", "forgetful")
TENANT, SOURCE = "acme", "lead"
PUSH_FAULTS = Faults(refused=0.3, throttled=0.2, lost_answer=0.15)
OUTBOUND_FAULTS = Faults(delivered_twice=0.1, not_deleted=0.1)
PER_PAGE = 100
KILLED, FAILED = 0.05, 0.05
MAX_IDLE_POLLS = 5


class Killed(BaseException):
    """The consumer's process ends here."""


class Product:
    """A product's database, and a handler that counts the outcomes of each message in it."""

    def __init__(self, connection: sqlite3.Connection, chance: random.Random) -> None:
        self._connection, self._chance = connection, chance
        self.kills = self.failures = 0
        connection.execute("CREATE TABLE outcomes (key TEXT, page TEXT)")
        connection.commit()

    def outcomes(self, message: OutcomesMessage) -> None:
        """Write every outcome; now and then the process is killed or the handler fails, half-way through."""
        end = self._chance.random()
        rows = [(outcome.key, str(message.run)) for outcome in message.outcomes]
        self._connection.executemany("INSERT INTO outcomes VALUES (?, ?)", rows[: len(rows) // 2])
        if end < KILLED:
            self.die()
        if end < KILLED + FAILED:
            self.failures += 1
            raise RuntimeError("the product's handler failed")
        self._connection.executemany("INSERT INTO outcomes VALUES (?, ?)", rows[len(rows) // 2 :])

    def die(self) -> None:
        """End the consumer's process."""
        self.kills += 1
        raise Killed

    def doubled(self) -> int:
        """Return how many outcomes of one page are in the database more than once."""
        counted = Counter(self._connection.execute("SELECT key, page FROM outcomes"))
        return sum(count - 1 for count in counted.values())

    def keys(self) -> set[str]:
        """Return the keys that have an outcome."""
        return {key for (key,) in self._connection.execute("SELECT DISTINCT key FROM outcomes")}


class MortalSeenIds:
    """A store in whose transactions the process may be killed: before they begin, before and after they are committed."""

    def __init__(self, kept: SeenIds, product: Product, chance: random.Random) -> None:
        self._kept, self._product, self._chance = kept, product, chance

    @contextmanager
    def once(self, message_id: str) -> Iterator[bool]:
        """Enter as the store does."""
        self._perhaps_die()
        with self._kept.once(message_id) as is_new:
            yield is_new
            self._perhaps_die()
        self._perhaps_die()

    def _perhaps_die(self) -> None:
        if self._chance.random() < KILLED:
            self._product.die()


class ForgetfulSeenIds:
    """Broken: commits what the handler wrote first and the id afterwards, apart."""

    def __init__(self, connection: sqlite3.Connection, product: Product, chance: random.Random) -> None:
        self._connection, self._kept = connection, SqliteSeenIds(connection)
        self._product, self._chance = product, chance

    @contextmanager
    def once(self, message_id: str) -> Iterator[bool]:
        """Enter with True when the id is new; a kill between the two commits loses the id alone."""
        known = self._connection.execute("SELECT 1 FROM causeway_seen_ids WHERE id = ?", (message_id,)).fetchone()
        with self._connection:
            yield known is None
        if self._chance.random() < KILLED:
            self._product.die()
        with self._kept.once(message_id):
            pass


class Unrepeating:
    """Broken: a queue client that hides what SQS refused."""

    def __init__(self, queue: FakeQueue) -> None:
        self._queue = queue

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Any]) -> Mapping[str, Any]:
        return {**self._queue.send_message_batch(QueueUrl=QueueUrl, Entries=Entries), "Failed": []}


def run(changes: int, seed: int, variant: str | None = None) -> dict[str, Any]:
    """Return the figures of one campaign."""
    clock, chance = VirtualClock(), random.Random(seed)
    push, outbound = FakeQueue(clock, PUSH_FAULTS, seed), FakeQueue(clock, OUTBOUND_FAULTS, seed + 1)
    sent = _send(changes, push, clock, chance, broken=variant == "no_resend")
    _answer(push, outbound, chance)
    with closing(sqlite3.connect(":memory:")) as database:
        product = Product(database, chance)
        starts = _consume(database, product, outbound, clock, chance, broken=variant == "forgetful")
        figures = {
            "changes": changes,
            "lost": len({_key(number) for number in range(changes)} - product.keys()),
            "handled_twice": product.doubled(),
            "messages_sent": sent,
            "entries_refused": push.refusals,
            "throttles": push.throttles,
            "answers_lost": push.lost_answers,
            "consumer_starts": starts,
            "consumer_kills": product.kills,
            "handler_failures": product.failures,
            "second_deliveries": outbound.second_deliveries,
            "left_on_the_queue": len(outbound.kept),
        }
    return {**figures, "ok": _holds(figures)}


def _holds(figures: Mapping[str, Any]) -> bool:
    happened = (
        "entries_refused",
        "throttles",
        "answers_lost",
        "consumer_kills",
        "handler_failures",
        "second_deliveries",
    )
    return not figures["lost"] + figures["handled_twice"] + figures["left_on_the_queue"] and all(
        figures[name] for name in happened
    )


def _key(number: int) -> str:
    return f"lead-{number}"


def _send(count: int, push: FakeQueue, clock: VirtualClock, chance: random.Random, *, broken: bool) -> int:
    """Send in calls of a thousand changes, as a nightly job would; return the number of messages."""
    sender = Sender(
        Unrepeating(push) if broken else push, "push", clock=clock, chance=lambda: chance.random(), attempts=40
    )
    messages = 0
    for start in range(0, count, 1_000):
        part = range(start, min(count, start + 1_000))
        changes = [{"key": _key(number), "fields": {"email": f"p{number}@example.com"}} for number in part]
        messages += sender.send(TENANT, SOURCE, changes).messages
    return messages


def _answer(push: FakeQueue, outbound: FakeQueue, chance: random.Random) -> None:
    """Put the outcomes of every message on the outbound queue, each page under a run of its own that tells pages apart."""
    for place, body in enumerate(push.bodies()):
        message = parse_message(body, 1_800_000_000_000)
        assert not message.refused, message.refused[0].reason
        for start in range(0, len(message.changes), PER_PAGE):
            part = message.changes[start : start + PER_PAGE]
            outcomes = [Outcome(item.key, Result.CREATED, "lead-contact", "Contact") for item in part]
            (page,) = pages(TENANT, SOURCE, f"{place}-{start}", outcomes)
            outbound.put(page)


def _consume(
    database: sqlite3.Connection,
    product: Product,
    outbound: FakeQueue,
    clock: VirtualClock,
    chance: random.Random,
    *,
    broken: bool,
) -> int:
    """Run the consumer until the queue stays empty, starting it anew whenever it was killed; return how often it started."""
    starts, idle = 0, 0
    while idle < MAX_IDLE_POLLS:
        starts += 1
        store = SqliteSeenIds(database)
        seen: SeenIds = ForgetfulSeenIds(database, product, chance) if broken else MortalSeenIds(store, product, chance)
        consumer = Consumer(outbound, "outbound", Handlers(outcomes=product.outcomes), seen=seen, clock=clock)
        try:
            while idle < MAX_IDLE_POLLS:
                polled = consumer.poll()
                idle = 0 if polled.handled + polled.repeats + polled.left or outbound.kept else idle + 1
        except Killed:
            database.rollback()
            clock.sleep(VISIBILITY_S / 2)
    return starts


def main() -> int:
    """Run the campaign and print its figures; return 1 when something was lost or handled twice."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--changes", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--variant", choices=VARIANTS)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    logging.getLogger("causeway_client").setLevel(logging.CRITICAL)  # the failures are the campaign's own
    figures = run(options.changes, options.seed, options.variant)
    print(json.dumps(figures) if options.json else "\n".join(f"{name}: {value}" for name, value in figures.items()))
    return 0 if figures["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
