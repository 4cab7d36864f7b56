"""
Pull from an org whose commits surface late and whose records enter and leave the rule without a stamp, crash the run at every
step, and count what was missed.

    python -m tests.campaigns.pull_simulation [--commits 100000] [--seed 1] [--watermark plain] [--sweep off] --json

Prints `commits, missing, wrong_kind, repeats`, and of the records that the product heard of without a stamp how many
`entered`, `left` or changed (`shown`); exits 1 unless missing, wrong_kind and repeats are 0. `--watermark plain` reads with a bare
`>` from where the last window ended, as many connectors do, `--sweep off` never compares what the rule holds: both must lose records.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from causeway.errors import ClaimBusy
from causeway.pull.endings import Ended
from causeway.pull.jobs import PullJob
from causeway.pull.planning.checkpoints import Checkpoint
from causeway.pull.planning.watermarks import Place, Window
from causeway.pull.ports import PullPorts
from causeway.pull.reading import phases, window
from causeway.pull.reading.context import WindowReading
from causeway.pull.run import pull_sync
from causeway.syncs.sync import Mapping, PullRules, Sync

from tests.support.pull.fakes import (
    MemoryCheckpoints,
    MemoryConnections,
    MemoryDueDates,
    MemoryQueues,
    MemoryRuns,
    MemorySignals,
    MemorySlots,
    MemorySyncs,
    NoLinks,
    Patience,
)
from tests.support.pull.org import Version
from tests.support.pull.ruled_org import INDUSTRY, RULE, AccountNow, RuledOrg
from tests.support.pull.two_way import MemorySynced

TIES = 5_000
RUN_EVERY_S = 900
CRASH_SHARE = 0.6  # of the runs
ACCOUNTS = 300
OVERLAP_MS = 600_000  # a commit surfaces up to ten minutes after its stamp
FAULTS = ("missing", "wrong_kind", "repeats")


class Crash(BaseException):
    """The worker died here."""


class Crashing:
    """Wraps a port so that the worker dies before or after its n-th call of the run."""

    def __init__(self, port: Any, fuse: Fuse) -> None:
        self._port, self._fuse = port, fuse

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._port, name)
        if not callable(call):
            return call

        def guarded(*given: Any, **named: Any) -> Any:
            self._fuse.burn()
            answer = call(*given, **named)
            self._fuse.burn()
            return answer

        return guarded


@dataclass
class Fuse:
    """Counts steps, and kills at one of them."""

    dies_at: int | None = None
    steps: int = 0

    def burn(self) -> None:
        """Take one step."""
        self.steps += 1
        if self.steps == self.dies_at:
            raise Crash


@dataclass
class Simulation:
    """An org, a puller, and an oracle that knows every version that had to be published."""

    seed: int
    org: RuledOrg = field(default_factory=RuledOrg)
    queues: MemoryQueues = field(default_factory=MemoryQueues)
    runs: MemoryRuns = field(default_factory=MemoryRuns)
    missing: int = 0
    wrong_kind: int = 0
    repeats: int = 0
    crashes: int = 0
    fuse: Fuse = field(default_factory=Fuse)
    first_import_upto_ms: int = 0
    moved: Counter[str] = field(default_factory=Counter)  # kinds of what was published without a stamp of its own

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.clock_ms = lambda: self.org.now_ms
        self.checkpoints = MemoryCheckpoints(self.clock_ms)
        sync = Sync(
            id="leads",
            source="lead",
            sobject="Lead",
            direction="pull",
            enabled=True,
            mappings=(
                Mapping(product="last_name", salesforce="LastName"),
                Mapping(product="score", salesforce="Score__c"),
            ),
            pull=PullRules(filter=RULE),
        )

        def crashing(port: Any) -> Any:
            return Crashing(port, self.fuse)

        self.ports = PullPorts(
            syncs=MemorySyncs({"leads": sync}),
            connections=MemoryConnections(),
            org_of=lambda connection: crashing(self.org),
            checkpoints=crashing(self.checkpoints),
            slots=MemorySlots(self.clock_ms),
            due=MemoryDueDates(),
            now_ms=self.clock_ms,
            links=NoLinks(),
            synced=MemorySynced(),
            queues=crashing(self.queues),
            runs=crashing(self.runs),
            signals=MemorySignals(),
            new_id=lambda: f"{self.random.getrandbits(64):016x}",
        )
        self.ids: list[str] = []
        self.alive: list[str] = []
        for number in range(ACCOUNTS):
            self.org.accounts[f"001{number:012d}AAA"] = AccountNow("Mining", self.random.randrange(90))
        self._judge = Oracle(self)

    # ── the org's life ──

    def live(self, seconds: float, commits: int) -> None:
        """Let so many commits happen, spread over so many seconds."""
        for _ in range(commits):
            self.org.advance(seconds / commits)
            self._one_commit()

    def tie(self, count: int) -> None:
        """Stamp many records in one second."""
        self.org.advance(1)
        for _ in range(count):
            self._create(self._delay() if self.random.random() < 0.1 else 0)

    def _delay(self) -> int:
        return self.random.choice([0, 0, 0, 1_000, 20_000, 90_000, 400_000, 599_000])

    def _create(self, delay_ms: int) -> None:
        record_id = f"00Q{len(self.ids):012d}AAA"
        self.ids.append(record_id)
        self.alive.append(record_id)
        self.org.commit(record_id, delay_ms, **self._name(), **self._account(), **self._due())

    def _name(self) -> dict[str, str]:
        return {"LastName": f"name {self.random.getrandbits(32)}"}

    def _account(self) -> dict[str, str]:
        return {"Account__c": self.random.choice(list(self.org.accounts))}

    def _due(self) -> dict[str, str]:
        today = datetime.fromtimestamp(self.org.now_ms / 1000, UTC).date()
        return {"Due__c": (today + timedelta(days=self.random.randrange(-10, 20))).isoformat()}

    def _one_commit(self) -> None:
        if self.random.random() < 0.01:
            self._change_account()
            return
        chance = self.random.random()
        index = self.random.randrange(len(self.alive)) if self.alive else 0
        if chance < 0.45 or len(self.alive) < 10 or self._is_locked(self.alive[index]):
            self._create(self._delay())
        elif chance < 0.85:
            values = self.random.choice([self._name, self._account, self._due])()
            self.org.commit(self.alive[index], self._delay(), **values)
        elif chance < 0.90:
            converted = {"IsConverted": True, "ConvertedContactId": "003000000000001AAA"}
            self.org.commit(self.alive[index], self._delay(), **converted)
        else:
            self._remove(index, self.alive[index], merged=chance >= 0.95)

    def _change_account(self) -> None:
        """Move an account's records into the rule or out of it, or change what the formula shows of them."""
        account_id = self._account()["Account__c"]
        if self.random.random() < 0.5:
            self.org.change_account(account_id, industry=self.random.choice([INDUSTRY, "Mining", "Mining"]))
        else:
            self.org.change_account(account_id, score=self.random.randrange(90))

    def _is_locked(self, record_id: str) -> bool:
        """Nobody can change a record while the transaction that wrote it is not committed."""
        return self.org.versions[record_id][-1].visible_ms > self.org.now_ms

    def _remove(self, index: int, record_id: str, *, merged: bool) -> None:
        self.alive[index] = self.alive[-1]
        self.alive.pop()
        master = self.random.choice(self.alive) if merged and self.alive else None
        self.org.commit(record_id, self._delay(), IsDeleted=True, MasterRecordId=master)

    # ── pulling ──

    def pull(self, dies_at: int | None = None) -> Ended | None:
        """Run one job; None when the worker died."""
        self.fuse.dies_at, self.fuse.steps = dies_at, 0
        self._judge.watches()
        try:
            ended = pull_sync(PullJob("acme", "leads"), self.ports, Patience())
        except Crash:
            self.crashes += 1
            ended = None
        except ClaimBusy:
            ended = None
        self._judge.listens()
        return ended

    def pull_through(self, crash_share: float = CRASH_SHARE) -> None:
        """Run to the end however often the worker dies; a dead worker's lease has to run out first."""
        steps = 40
        while self.random.random() < crash_share:
            self.pull(self.random.randrange(1, steps))
            steps = max(steps, self.fuse.steps)
            self.org.advance(self.random.choice([5, 301]))
        while (ended := self.pull()) is not Ended.DONE:
            self.org.advance(301)
            if ended in (Ended.NOT_DUE, Ended.WAITING):
                raise AssertionError(f"the pull ended {ended}")
        self._judge.judges()

    def checkpoint(self) -> dict[str, Any]:
        """Return how far the pull has come."""
        item = next(iter(self.checkpoints.stored.values()), {})
        stored: dict[str, Any] = json.loads(item.get("checkpoint", "{}"))
        return stored

    def settle(self) -> None:
        """Run without crashes until everything must be known."""
        for seconds in (RUN_EVERY_S, 90_000, 90_000):
            self.org.advance(seconds)
            self.pull_through(0)
        self._judge.judges_the_end()

    def figures(self) -> dict[str, int]:
        """Return what the campaign prints."""
        return {
            "commits": self.org.commits,
            "missing": self.missing,
            "wrong_kind": self.wrong_kind,
            "repeats": self.repeats,
            "entered": self.moved["created"],
            "left": self.moved["left_rule"],
            "shown": self.moved["updated"],
            "crashes": self.crashes,
            "runs": len(self.runs.statuses),
        }


type Row = dict[str, Any]


class Oracle:
    """Knows what the product heard, and what it had to hear: by the org's own state, never by what the pull remembers."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation, self._org = simulation, simulation.org
        self._pages: set[str] = set()
        self._read = 0
        self._moments: list[int] = []  # at which workers read since the last window was done
        self._upto_ms: int | None = None  # of that window
        self._published: dict[str, dict[str, Any]] = {}  # record → version → what the formula showed with it
        self._there: dict[str, tuple[str, Any]] = {}  # the records that the product has
        self._ever: set[str] = set()

    def watches(self) -> None:
        """Note that a worker begins to read now."""
        self._moments.append(self._org.now_ms)

    def listens(self) -> None:
        """Take in what was published, each page once."""
        published = self._simulation.queues.published
        for page in published[self._read :]:
            if page["page_id"] not in self._pages:
                self._pages.add(page["page_id"])
                for record in page["records"]:
                    self._receive(record)
        self._read = len(published)

    def _receive(self, record: dict[str, Any]) -> None:
        record_id, kind, simulation = record["salesforce_id"], record["kind"], self._simulation
        version = self._version(record)
        if version is None:
            simulation.wrong_kind += not self._is_right_without_row(record_id, kind)
            simulation.moved[kind] += kind == "left_rule"
            self._forget(record_id)
            return
        name, score, heard = _name(version), record["values"].get("score"), self._published.setdefault(record_id, {})
        simulation.repeats += name in heard and heard[name] == score
        simulation.wrong_kind += kind != self._expected(record_id, version) or not self._shows(record, version)
        simulation.moved[kind] += version.stamp_ms <= (self._upto_ms or 0) - OVERLAP_MS
        heard[name] = score
        self._ever.add(record_id)
        if kind in ("deleted", "merged"):
            self._there.pop(record_id, None)
        else:
            self._there[record_id] = (name, score)

    def _put(self, record_id: str, shown: tuple[str, Any] | None) -> None:
        if shown:
            self._there[record_id] = shown
        else:
            self._there.pop(record_id, None)

    def _forget(self, record_id: str) -> None:
        self._there.pop(record_id, None)
        self._published.pop(record_id, None)

    def _version(self, record: dict[str, Any]) -> Version | None:
        """Return the version of the org that a record shows, None for one that is published without a row."""
        if record["kind"] == "left_rule":
            return None
        gone = record["kind"] in ("deleted", "merged")
        converted = record["converted"] is not None
        for version in reversed(self._org.versions[record["salesforce_id"]]):
            row = version.row or {}
            same_name = gone or row.get("LastName") == record["values"].get("last_name")
            same_state = (bool(row.get("IsDeleted")), bool(row.get("IsConverted"))) == (gone, converted)
            if row["SystemModstamp"] == record["system_modstamp"] and same_name and same_state:
                return version
        return None

    def _is_right_without_row(self, record_id: str, kind: str) -> bool:
        """Tell whether the product had the record, and it is gone or has left the rule."""
        if record_id not in self._there:
            return False
        rows = [(self._row_at(record_id, moment), moment) for moment in self._moments]
        if kind == "left_rule":
            return any(not row["IsDeleted"] and not self._org.is_in_rule(row, moment) for row, moment in rows if row)
        return kind == "deleted" and any(row["IsDeleted"] for row, _ in rows if row)

    def _row_at(self, record_id: str, moment: int) -> Row | None:
        return next((v.row for v in reversed(self._org.versions[record_id]) if v.visible_ms <= moment), None)

    def _expected(self, record_id: str, version: Version) -> str:
        row = version.row or {}
        if row.get("IsDeleted"):
            return "merged" if row.get("MasterRecordId") else "deleted"
        if row.get("IsConverted"):
            return "converted"
        return "updated" if record_id in self._there else "created"

    def _shows(self, record: dict[str, Any], version: Version) -> bool:
        """Tell whether the record was in the rule as it was read, and shows what the formula gives."""
        row = version.row or {}
        is_alive = not row.get("IsDeleted")
        is_score = not is_alive or record["values"]["score"] == self._org.score_of(row)
        return is_score and any(self._org.is_in_rule(row, moment) for moment in self._moments)

    def judges(self) -> None:
        """Count what a window that is done left out: of the records stamped in it and, after a sweep, of all."""
        simulation, checkpoint = self._simulation, self._simulation.checkpoint()
        upto, after = checkpoint["read_upto_ms"], (self._upto_ms or 0) - OVERLAP_MS
        if checkpoint["swept_ms"] == self._org.org_now_ms():
            simulation.missing += self._unknown(upto)
        for record_id, version in self._org.visible().items():
            if after < version.stamp_ms <= upto and version.visible_ms <= self._moments[0]:
                simulation.missing += self._is_unpublished(record_id, version)
        self._upto_ms, self._moments = upto, []

    def _is_unpublished(self, record_id: str, version: Version) -> bool:
        row = version.row or {}
        if not all(self._org.is_in_rule(row, moment) for moment in (self._moments[0], self._moments[-1])):
            return False
        is_first = version.stamp_ms <= self._simulation.first_import_upto_ms
        if row.get("IsDeleted") and is_first and record_id not in self._ever:
            return False
        if _name(version) in self._published.get(record_id, {}):
            return False
        self._published.setdefault(record_id, {})[_name(version)] = self._org.score_of(row)  # counted once
        return True

    def judges_the_end(self) -> None:
        """Count of how many records the product knows another thing than the org holds once everything was read."""
        self._simulation.missing += self._unknown(self._org.now_ms, is_end=True)

    def _unknown(self, upto_ms: int, *, is_end: bool = False) -> int:
        """
        Return of how many records the product knows another thing than the rule holds now, each counted once.

        Deletes of records that had left the rule are looked for hourly, so they count at the end only.
        """
        wrong = 0
        for record_id, version in self._org.visible().items():
            row, known = version.row or {}, self._there.get(record_id)
            if version.stamp_ms > upto_ms or (row["IsDeleted"] and not is_end):
                continue
            is_in = not row["IsDeleted"] and self._org.is_in_rule(row, self._org.now_ms)
            right = (_name(version), self._org.score_of(row)) if is_in else None
            if known != right:
                wrong += 1
                self._put(record_id, right)
        return wrong


def _name(version: Version) -> str:
    """Return what separates this version from others for a reader: two saves of the same content in one second are one."""
    row = version.row or {}
    return json.dumps(
        [row[each] for each in ("SystemModstamp", "LastName", "IsDeleted", "MasterRecordId", "IsConverted")]
    )


def simulated(commits: int, seed: int) -> dict[str, int]:
    """Run the whole campaign: a first import, then months of edits with ties, delays, deletes, merges and crashes."""
    simulation = Simulation(seed)
    simulation.live(3_600, min(2_000, commits // 10))
    simulation.first_import_upto_ms = simulation.org.now_ms
    simulation.pull_through()
    while simulation.org.commits < commits:
        left = commits - simulation.org.commits
        if left > TIES and simulation.random.random() < 0.1:
            simulation.tie(TIES)
        simulation.live(RUN_EVERY_S * simulation.random.choice([0.3, 1, 1, 4, 60]), min(left, 400))
        simulation.pull_through()
    simulation.settle()
    return simulation.figures()


def every_crash_point(seed: int = 7) -> Counter[str]:
    """Crash one and the same story once at every step of its runs, and add up the figures."""
    total = Counter[str]()
    step = 0
    while True:
        step += 1
        simulation = Simulation(seed)
        simulation.org.page_size = 40
        simulation.live(600, 120)
        simulation.first_import_upto_ms = simulation.org.now_ms
        simulation.org.advance(120)
        simulation.pull_through(0)
        simulation.live(90_000, 120)
        for _ in range(20):
            simulation._change_account()
        died = simulation.pull(step) is None
        simulation.org.advance(301)
        simulation.pull_through(0)
        simulation.settle()
        total.update(simulation.figures())
        if not died:
            return total


def with_plain_watermark() -> None:
    """Break the watermark on purpose: start where the last window ended, at the org's present, with a bare `>`."""

    def plain(read_upto_ms: int | None, org_now_ms: int, _: int) -> Window:
        after = None if read_upto_ms is None else Place(read_upto_ms, "~")
        return Window(after, org_now_ms, org_now_ms)

    vars(window)["next_window"] = plain


def without_sweep() -> None:
    """Break the sweep on purpose: what is stamped is read, and what the rule holds is never compared."""

    def off(reading: WindowReading, at: Checkpoint) -> Checkpoint:
        return replace(at, swept_ms=reading.window.began_ms)

    vars(phases)["sweep"] = off


def main(arguments: list[str]) -> int:
    """Run the campaign and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--watermark", choices=["keyset", "plain"], default="keyset")
    parser.add_argument("--sweep", choices=["daily", "off"], default="daily")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    if given.watermark == "plain":
        with_plain_watermark()
    if given.sweep == "off":
        without_sweep()
    figures = simulated(given.commits, given.seed)
    points = every_crash_point()
    figures |= {"crash_points": points["crashes"]}
    for name in FAULTS:
        figures[name] += points[name]
    print(json.dumps(figures) if given.json else "\n".join(f"{name}: {figure}" for name, figure in figures.items()))
    return 1 if any(figures[name] for name in FAULTS) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
