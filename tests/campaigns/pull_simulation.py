"""
Pull from an org whose commits surface late, crash the run at every step, and count what was missed.

    python -m tests.campaigns.pull_simulation [--commits 100000] [--seed 1] [--watermark plain] --json

Prints `commits, missing, wrong_kind, repeats`; exits 1 unless the last three are 0. `--watermark plain` reads with a
bare `>` from where the last window ended, as many connectors do: it must lose rows.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from dataclasses import dataclass, field
from typing import Any

from causeway.errors import ClaimBusy
from causeway.pull.endings import Ended
from causeway.pull.jobs import PullJob
from causeway.pull.planning.watermarks import Place, Window
from causeway.pull.ports import PullPorts
from causeway.pull.reading import window
from causeway.pull.run import pull_sync
from causeway.syncs.sync import Mapping, Sync

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
from tests.support.pull.org import FakeOrg, Version, lead_describe
from tests.support.pull.two_way import MemorySynced

TIES = 5_000
RUN_EVERY_S = 900
CRASH_SHARE = 0.6  # of the runs


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
    org: FakeOrg = field(default_factory=lambda: FakeOrg(lead_describe()))
    queues: MemoryQueues = field(default_factory=MemoryQueues)
    runs: MemoryRuns = field(default_factory=MemoryRuns)
    missing: int = 0
    wrong_kind: int = 0
    repeats: int = 0
    crashes: int = 0
    fuse: Fuse = field(default_factory=Fuse)
    first_import_upto_ms: int = 0

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
            mappings=(Mapping(product="last_name", salesforce="LastName"),),
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
        self._unpublished: dict[str, Version] = {}
        self._published: dict[str, set[str]] = {}
        self._pages: set[str] = set()
        self._first_published: set[str] = set()
        self._read = 0

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
        self.org.commit(record_id, delay_ms, LastName=f"name {self.random.getrandbits(32)}")

    def _one_commit(self) -> None:
        chance = self.random.random()
        index = self.random.randrange(len(self.alive)) if self.alive else 0
        if chance < 0.45 or len(self.alive) < 10 or self._is_locked(self.alive[index]):
            self._create(self._delay())
            return
        record_id = self.alive[index]
        if chance < 0.85:
            self.org.commit(record_id, self._delay(), LastName=f"name {self.random.getrandbits(32)}")
        elif chance < 0.90:
            self.org.commit(record_id, self._delay(), IsConverted=True, ConvertedContactId="003000000000001AAA")
        else:
            self._remove(index, record_id, merged=chance >= 0.95)

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
        try:
            ended = pull_sync(PullJob("acme", "leads"), self.ports, Patience())
        except Crash:
            self.crashes += 1
            ended = None
        except ClaimBusy:
            ended = None
        self._listen()
        return ended

    def pull_through(self, crash_share: float = CRASH_SHARE) -> None:
        """Run to the end however often the worker dies; a dead worker's lease has to run out first."""
        steps = 40
        while self.random.random() < crash_share:
            self.pull(self.random.randrange(1, steps))
            steps = max(steps, self.fuse.steps)
            self.org.advance(self.random.choice([5, 301]))
        began = {} if self._goes_on() else dict(self.org.visible())
        while (ended := self.pull()) is not Ended.DONE:
            self.org.advance(301)
            if ended in (Ended.NOT_DUE, Ended.WAITING):
                raise AssertionError(f"the pull ended {ended}")
        self._judge(began)

    # ── the oracle ──

    def _goes_on(self) -> bool:
        """A window that a dead worker began ends where it was drawn to end: what surfaced since is the next one's."""
        return bool(self._checkpoint().get("window"))

    def _checkpoint(self) -> dict[str, Any]:
        item = next(iter(self.checkpoints.stored.values()), {})
        stored: dict[str, Any] = json.loads(item.get("checkpoint", "{}"))
        return stored

    def _judge(self, began: dict[str, Version]) -> None:
        upto = self._checkpoint()["read_upto_ms"]
        for record_id, version in began.items():
            if version.stamp_ms > upto or self.org.visible().get(record_id) is not version:
                continue
            if self._is_unpublished(record_id, version):
                self.missing += 1
                self._published.setdefault(record_id, set()).add(_name(version))  # counted once

    def _is_unpublished(self, record_id: str, version: Version) -> bool:
        row = version.row or {}
        if (
            row.get("IsDeleted")
            and version.stamp_ms <= self.first_import_upto_ms
            and record_id not in self._first_published
        ):
            return False
        return _name(version) not in self._published.get(record_id, set())

    def _listen(self) -> None:
        for page in self.queues.published[self._read :]:
            if page["page_id"] not in self._pages:
                self._pages.add(page["page_id"])
                for record in page["records"]:
                    self._receive(record)
        self._read = len(self.queues.published)

    def _receive(self, record: dict[str, Any]) -> None:
        record_id, published = record["salesforce_id"], self._published.setdefault(record["salesforce_id"], set())
        version = self._version(record)
        if version is None:
            self.wrong_kind += 1
            return
        self.repeats += _name(version) in published
        self.wrong_kind += record["kind"] != self._expected(record_id, version)
        published.add(_name(version))
        self._first_published.add(record_id)

    def _version(self, record: dict[str, Any]) -> Version | None:
        gone = record["kind"] in ("deleted", "merged")
        converted = record["converted"] is not None
        for version in reversed(self.org.versions[record["salesforce_id"]]):
            row = version.row or {}
            same_name = gone or row.get("LastName") == record["values"].get("last_name")
            same_state = (bool(row.get("IsDeleted")), bool(row.get("IsConverted"))) == (gone, converted)
            if row["SystemModstamp"] == record["system_modstamp"] and same_name and same_state:
                return version
        return None

    def _expected(self, record_id: str, version: Version) -> str:
        row = version.row or {}
        if row.get("IsDeleted"):
            return "merged" if row.get("MasterRecordId") else "deleted"
        if row.get("IsConverted"):
            return "converted"
        return "updated" if record_id in self._first_published else "created"

    def figures(self) -> dict[str, int]:
        """Return what the campaign prints."""
        return {
            "commits": self.org.commits,
            "missing": self.missing,
            "wrong_kind": self.wrong_kind,
            "repeats": self.repeats,
            "crashes": self.crashes,
            "runs": len(self.runs.statuses),
        }


def _name(version: Version) -> str:
    """Return what separates this version from others for a reader: two saves of the same content in one second are one."""
    return json.dumps(version.row, sort_keys=True)


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
        simulation.live(RUN_EVERY_S * simulation.random.choice([0.3, 1, 1, 4]), min(left, 400))
        simulation.pull_through()
    for _ in range(3):
        simulation.org.advance(RUN_EVERY_S)
        simulation.pull_through(0)
    return simulation.figures()


def every_crash_point(seed: int = 7) -> dict[str, int]:
    """Crash one and the same story once at every step of its runs, and add up the figures."""
    total = {"commits": 0, "missing": 0, "wrong_kind": 0, "repeats": 0, "crashes": 0, "runs": 0}
    step = 0
    while True:
        step += 1
        simulation = Simulation(seed)
        simulation.org.page_size = 40
        simulation.live(600, 120)
        simulation.first_import_upto_ms = simulation.org.now_ms
        simulation.org.advance(120)
        simulation.pull_through(0)
        simulation.live(900, 120)
        died = simulation.pull(step) is None
        simulation.org.advance(301)
        for _ in range(3):
            simulation.pull_through(0)
            simulation.org.advance(RUN_EVERY_S)
        for name, figure in simulation.figures().items():
            total[name] += figure
        if not died:
            return total


def with_plain_watermark() -> None:
    """Break the watermark on purpose: start where the last window ended, at the org's present, with a bare `>`."""

    def plain(read_upto_ms: int | None, org_now_ms: int) -> Window:
        after = None if read_upto_ms is None else Place(read_upto_ms, "~")
        return Window(after, org_now_ms, org_now_ms)

    vars(window)["next_window"] = plain


def main(arguments: list[str]) -> int:
    """Run the campaign and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--watermark", choices=["keyset", "plain"], default="keyset")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    if given.watermark == "plain":
        with_plain_watermark()
    figures = simulated(given.commits, given.seed)
    points = every_crash_point()
    figures |= {"crash_points": points["crashes"]}
    for name in ("missing", "wrong_kind", "repeats"):
        figures[name] += points[name]
    print(json.dumps(figures) if given.json else "\n".join(f"{name}: {figure}" for name, figure in figures.items()))
    return 1 if any(figures[name] for name in ("missing", "wrong_kind", "repeats")) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
