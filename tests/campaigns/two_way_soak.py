"""
Edit records at random on both sides of a bidirectional sync, with faults, and count what does not come together.

    python -m tests.campaigns.two_way_soak [--steps 10000] [--people 20] [--seed 1] [--variant last_writer] --json

Prints `steps, edits, salesforce_edits, writes, conflicts, diverged, against_policy, lost, faults, crashes`; exits 1 unless
`diverged`, `against_policy` and `lost` are 0 and writes ≤ edits. Edits are the product's, writes the records that pushes saved,
`diverged` the fields that differ once everything has been delivered, `against_policy` conflicts (reported as warnings of their
outcomes) that were settled otherwise than the policy says, `lost` edits in Salesforce that were overwritten without the product
receiving them or a conflict being reported. Each third of the steps has one policy. Messages and pages come late, twice and in
any order; calls of the org are lost before and after they were applied; pulls crash. `--variant last_writer` writes whatever
the product sends, without a look at what both sides had: it must fail.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from causeway.contract.messages import Delivery
from causeway.errors import CausewayError
from causeway.gateways.salesforce.composite import OrgCalls
from causeway.gateways.salesforce.org import SalesforceOrg
from causeway.pull.endings import Ended
from causeway.pull.jobs import PullJob
from causeway.push.deciding.planning import merging
from causeway.push.memory.two_way import Policy, Verdict
from causeway.salesforce.calls import Collection, Saved
from causeway.salesforce.values.dates import epoch_ms, rfc3339
from causeway.syncs.sync import Mapping, PullRules, PushRules, Sync

from tests.campaigns.pull_simulation import Crash, Crashing, Fuse
from tests.support.pull.world import PullWorld, pull_world
from tests.support.push.world import TENANT

FIELDS = {"first_name": "FirstName", "phone": "Phone", "title": "Title"}
POLICIES: tuple[Policy, ...] = ("newest", "salesforce", "product")
FAULTS = ("drop_before", "drop_after", "truncate")
CONFLICTS = {"conflict_kept", "conflict_overwritten"}


def the_sync(policy: Policy) -> Sync:
    """Return a bidirectional sync of contacts."""
    rows = tuple(
        Mapping(product=product, salesforce=name) for product, name in {**FIELDS, "last_name": "LastName"}.items()
    )
    return Sync(
        id="people",
        source="lead",
        sobject="Contact",
        direction="bidirectional",
        enabled=True,
        push=PushRules(create_when_missing=True),
        pull=PullRules(conflict=policy),
        mappings=rows,
    )


@dataclass
class Product:
    """The product: what it has, what it still sends, and how it takes in what it receives."""

    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    taken_in: dict[str, str] = field(default_factory=dict)
    pages: set[str] = field(default_factory=set)
    edits: int = 0

    def receive(self, page: dict[str, Any]) -> None:
        """Take over what changed in Salesforce, unless something newer was taken over before."""
        if page["page_id"] in self.pages:
            return
        self.pages.add(page["page_id"])
        for record in page["records"]:
            key = record["key"]
            for name, value in record["values"].items():
                place = f"{key} {name}"
                if key in self.values and record["system_modstamp"] >= self.taken_in.get(place, ""):
                    self.values[key][name] = value
                    self.taken_in[place] = record["system_modstamp"]


class Recorded(OrgCalls):
    """Calls to the org that count the records they saved."""

    def __init__(self, org: SalesforceOrg, counts: Counter[str]) -> None:
        super().__init__(org)
        self._counts = counts

    def save(self, collections: Sequence[Collection], timeout_s: float) -> list[list[Saved]]:
        results = super().save(collections, timeout_s)
        self._counts["writes"] += sum(saved.certainty != "not_applied" for found in results for saved in found)
        return results


def _keys(delivery: Delivery) -> set[str]:
    return {change["key"] for change in json.loads(delivery.body)["changes"]}


class Soak:
    """One run of the campaign."""

    def __init__(self, world: PullWorld, people: int, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.product = Product()
        self.queue: list[Delivery] = []
        self.pages: list[dict[str, Any]] = []
        self.counts: Counter[str] = Counter()
        self.fuse = Fuse()
        self._read = 0
        self._policy: Policy = "newest"
        self._settled: set[str] = set()
        self.overwritten: set[tuple[str, str, str]] = set()
        self._news: dict[tuple[str, str], str] = {}  # edits in Salesforce that were not published yet
        for number in range(people):
            values = {"last_name": f"Person {number}", "first_name": "A", "phone": "1", "title": "T"}
            self.product.values[f"k{number}"] = dict(values)
            self.send(f"k{number}", {**values, "email": f"person{number}@example.com"})
        self.settle()
        self.ids = {row["LastName"]: row["Id"] for row in world.records("Contact")}

    def send(self, key: str, values: dict[str, Any]) -> None:
        """Put a change of the product on the push queue."""
        self.product.edits += 1
        change = {"key": key, "occurred_at": rfc3339(self.world.now), "fields": values}
        self.queue.append(self.world.message(change))

    def use(self, policy: Policy) -> None:
        """Change the sync's policy once everything is settled."""
        self.settle()
        self._policy = policy
        self.world.syncs.by_tenant[TENANT] = [the_sync(policy)]

    # ── what happens ──

    def step(self) -> None:
        """Let one thing happen."""
        self.world.pass_time(self.random.choice((1, 3, 20, 90)))
        chance = self.random.random()
        if chance < 0.40:
            key = self.random.choice(list(self.product.values))
            name, value = self.random.choice(list(FIELDS)), str(self.random.randrange(10_000_000))
            self.product.values[key][name] = value
            self.send(key, {name: value})
        elif chance < 0.75:
            number = self.random.randrange(len(self.ids))
            name, value = self.random.choice(list(FIELDS.values())), str(self.random.randrange(10_000_000))
            self.world.edit("Contact", self.ids[f"Person {number}"], **{name: value})
            self._news[self.ids[f"Person {number}"], name] = value
            self.counts["salesforce_edits"] += 1
        elif chance < 0.85:
            self.push(self.random.random() < 0.2)
        elif chance < 0.93:
            self.pull(self.random.random() < 0.3)
        else:
            self.listen(self.random.random() < 0.7)

    def push(self, with_fault: bool = False) -> None:
        """Deliver some messages, sometimes twice, with a call lost at times; what is redelivered comes again later."""
        self.random.shuffle(self.queue)
        now, later = self.queue[:20], self.queue[20:]
        if not now:
            return
        if with_fault:
            self._fault("POST")
        since = len(self.world.outbound.sent)
        rows = {row["Id"]: row for row in self.world.records("Contact")}
        modified = {record_id: epoch_ms(row["LastModifiedDate"]) or 0 for record_id, row in rows.items()}
        self._news = {place: value for place, value in self._news.items() if rows[place[0]].get(place[1]) == value}
        batch = self.world.deliver(*now, org=lambda tenant: Recorded(self.world.org, self.counts))
        self._clear_faults()
        again = set(batch.redelivered)
        self.queue = later + [each for each in now if each.message_id in again or self.random.random() < 0.05]
        self._hear_outcomes(now, self.world.outcomes(since), modified)
        self._settled |= {each.message_id for each in now} - again

    def _hear_outcomes(self, now: list[Delivery], outcomes: list[dict[str, Any]], modified: dict[str, int]) -> None:
        """Count what was written and judge what was settled as a conflict; what is only published again does not count."""
        published_again = {key for each in now if each.message_id in self._settled for key in _keys(each)}
        changes = [
            change
            for each in now
            for change in json.loads(each.body)["changes"]
            if change["key"] not in published_again
        ]
        several, at = (
            Counter(change["key"] for change in changes),
            {each["key"]: each["occurred_at"] for each in changes},
        )
        new = [outcome for outcome in outcomes if outcome["key"] in at]
        for outcome in new:
            reported = {warning["field"] for warning in outcome["warnings"] if warning["code"] in CONFLICTS}
            for name in outcome["fields_written"]:
                value = self._news.pop((outcome["salesforce_id"], name), None)
                if value is not None and name not in reported:
                    # Unless a stored page already holds it.
                    self.overwritten.add((outcome["salesforce_id"], name, value))
            for warning in outcome["warnings"]:
                if warning["code"] in CONFLICTS:
                    self.counts["conflicts"] += 1
                    occurred_at = at[outcome["key"]] if several[outcome["key"]] == 1 else ""
                    self._judge(warning["code"], occurred_at, modified.get(outcome["salesforce_id"], 0))

    def _judge(self, code: str, occurred_at: str, modified_ms: int) -> None:
        product_won = code == "conflict_overwritten"
        expected = {"salesforce": False, "product": True}.get(self._policy, product_won)
        if self._policy == "newest" and occurred_at:
            expected = (epoch_ms(occurred_at) or 0) > modified_ms
        self.counts["against_policy"] += product_won != expected

    def pull(self, with_crash: bool = False) -> Ended | None:
        """Run a pull that may die at any step."""
        self.fuse.dies_at, self.fuse.steps = (self.random.randrange(1, 30) if with_crash else None), 0
        ports = self.world.pull_ports()
        wrapped = {
            name: Crashing(getattr(ports, name), self.fuse) for name in ("checkpoints", "queues", "synced", "runs")
        }
        try:
            ended: Ended | None = self.world.run("people", PullJob(TENANT, "people"), **wrapped)
        except Crash:
            self.counts["crashes"] += 1
            ended = None
        for page in self.world.queues.published[self._read :]:
            self.pages.append(page)
            for record in page["records"]:
                for name, value in record["values"].items():
                    place = (record["salesforce_id"], FIELDS.get(name, ""))
                    self._news.pop(place, None)
                    self.overwritten.discard((*place, value))
        self._read = len(self.world.queues.published)
        return ended

    def listen(self, partly: bool = False) -> None:
        """Let the product take in pages, in any order and some of them twice."""
        self.random.shuffle(self.pages)
        count = self.random.randrange(len(self.pages) + 1) if partly else len(self.pages)
        for page in self.pages[:count]:
            self.product.receive(page)
        self.pages = self.pages[count:] + [
            page for page in self.pages[:count] if partly and self.random.random() < 0.05
        ]

    def _fault(self, method: str) -> None:
        skip = self.random.randrange(2)
        self.world.control(
            "POST", "faults", {"do": self.random.choice(FAULTS), "method": method, "kind": "composite", "skip": skip}
        )
        self.counts["faults"] += 1

    def _clear_faults(self) -> None:
        self.world.control("DELETE", "faults")

    # ── how it ends ──

    def settle(self) -> None:
        """Let everything be delivered: pushes, pulls and pages, until nothing is left to say."""
        for _ in range(40):
            self.world.pass_time(800)  # every lease has run out
            self.push()
            self.world.pass_time(800)
            done = self.pull()
            received = len(self.pages)
            self.listen()
            if done is Ended.DONE and not self.queue and not received:
                return
        raise CausewayError("The two sides never came to rest.")

    def diverged(self) -> int:
        """Return how many fields differ between the two sides."""
        rows = {row["LastName"]: row for row in self.world.records("Contact")}
        return sum(
            values[product] != rows[values["last_name"]].get(name)
            for values in self.product.values.values()
            for product, name in FIELDS.items()
        )


def soaked(steps: int, people: int, seed: int) -> dict[str, Any]:
    """Run the campaign and return its figures."""
    with pull_world(the_sync("newest")) as world:
        soak = Soak(world, people, seed)
        diverged = 0
        for policy in POLICIES:
            soak.use(policy)
            for _ in range(steps // len(POLICIES)):
                soak.step()
            soak.settle()
            diverged += soak.diverged()
        return {
            "steps": steps,
            "edits": soak.product.edits,
            "salesforce_edits": soak.counts["salesforce_edits"],
            "writes": soak.counts["writes"],
            "conflicts": soak.counts["conflicts"],
            "diverged": diverged,
            "against_policy": soak.counts["against_policy"],
            "lost": len(soak.overwritten),
            "faults": soak.counts["faults"],
            "crashes": soak.counts["crashes"],
        }


def as_last_writer() -> None:
    """Break the comparison on purpose: whatever the product sends is written, as one-way pushes do."""
    vars(merging)["weighed"] = lambda base, target, current, wanted, at_ms: Verdict(True)


def holds(figures: dict[str, Any]) -> bool:
    """Return whether a run shows what it must."""
    bad = figures["diverged"] + figures["against_policy"] + figures["lost"]
    return not bad and cast(bool, figures["writes"] <= figures["edits"])


def main(arguments: list[str]) -> int:
    """Run the campaign and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--variant", choices=["last_writer"])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    if given.variant:
        as_last_writer()
    figures = soaked(given.steps, given.people, given.seed)
    print(json.dumps(figures) if given.json else "\n".join(f"{name}: {figure}" for name, figure in figures.items()))
    return 0 if holds(figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
