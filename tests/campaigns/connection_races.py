"""
`python -m tests.campaigns.connection_races --json`: admins connect and deauthorize while callers refresh and the schedule checks.

Each round lets several of these happen at once, in threads, over the real services and the simulated org, with token calls that
are slow or dropped besides, and then lets the schedule run until nothing is left to do. What must hold afterwards: a connected
tenant has exactly one living grant in the org, the one whose refresh token is kept; any other tenant has none; no secret of a
grant that was given up is left; and only an answer that was dropped loses a connection.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from causeway.connections.connection import Status
from causeway.connections.tokens.refresh import Seen, refresh
from causeway.errors import CausewayError

from tests.campaigns.refresh_storm import LOST_CAUSE, MISHAPS, Mishap, Storm
from tests.support.connections.fakes import MemorySecrets

ACTIONS = ("refresh", "refresh", "refresh", "refresh", "connect", "connect", "deauthorize", "check")
TENANT = "acme"


class Races(Storm):
    """One tenant, and everything that may happen to its connection at once."""

    def __init__(self, seed: int, *, leases: bool = True) -> None:
        super().__init__(callers=0, seed=seed, leases=leases)
        self.failed: Counter[str] = Counter()
        self.watcher.latency_s = (
            0.5  # in virtual time: whatever begins together overlaps, however the machine schedules threads
        )

    def play(self, actions: list[str], mishap: Mishap) -> None:
        """Let the actions happen at once, with a mishap for the first refresh; then let the schedule finish, and judge."""
        self.watcher.next_mishap = mishap
        self.clock.enter(len(actions))
        threads = [threading.Thread(target=self._act, args=(self._deed(action),)) for action in actions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._settle()
        self._judge_round(actions)

    def _deed(self, action: str) -> Callable[[], object]:
        connection = self.connections.get(TENANT)
        ports = replace(self.ports, deadline_ms=self.clock.now_ms() + 58_000)
        deeds: dict[str, Callable[[], object]] = {
            "refresh": lambda: refresh(TENANT, Seen(connection.epoch, connection.token_version), ports),
            "connect": self.connect,
            "deauthorize": lambda: self.broker.ask("deauthorize", TENANT),
            "check": lambda: self.broker.ask("refresh_due", ""),
        }
        return deeds[action]

    def _act(self, deed: Callable[[], object]) -> None:
        try:
            deed()
        except CausewayError as error:
            self.failed[error.code] += 1
        finally:
            self.clock.leave()

    def _settle(self) -> None:
        """Let the schedule run for a few hours, as it does every five minutes."""
        self.clock.enter()
        for _ in range(12):
            self.clock.sleep(300)
            self.broker.ask("refresh_due", "")
        self.clock.leave()
        self.watcher.next_mishap = "none"

    def _judge_round(self, actions: list[str]) -> None:
        record = self.connections.record(TENANT)
        secrets = self.ports.secrets
        assert isinstance(secrets, MemorySecrets)
        living = [grant.refresh_token for grant in self.org.grants.all if not grant.revoked]
        kept = []
        if record.connection.status is Status.CONNECTED:
            kept = [secrets.refresh_token(TENANT, record.grant, record.secret_version).token]
        self.counts[record.connection.status.value] += 1
        lost = record.connection.status is Status.RECONNECTION_REQUIRED
        if (lost and record.connection.cause != LOST_CAUSE) or living != kept:
            status = f"{record.connection.status.value} ({record.connection.cause})"
            self.problems.append(
                f"after {actions}: {status}, {len(living)} living grants, kept the living one: {living == kept}"
            )
        if len(secrets.names) != len(kept) + lost or record.old_grants or record.lease_until_ms > self.clock.now_ms():
            self.problems.append(f"after {actions}: {len(secrets.names)} secrets, {len(record.old_grants)} to revoke")
        if lost:
            self.clock.enter()
            self.connect()
            self.clock.leave()


def races(rounds: int, seed: int, *, leases: bool = True) -> dict[str, Any]:
    """Play the rounds and return the figures; `holds` says whether all was as promised."""
    started, interval_s = time.monotonic(), sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        run = Races(seed, leases=leases)
        chance = random.Random(seed)
        for _ in range(rounds):
            run.play(chance.choices(ACTIONS, k=chance.randint(2, 6)), chance.choice(MISHAPS))
            if len(run.problems) > 20:
                break
    finally:
        sys.setswitchinterval(interval_s)
    return {
        "rounds": sum(run.counts.values()),
        "ended_connected": run.counts["connected"],
        "ended_disconnected": run.counts["disconnected"],
        "ended_lost": run.counts["reconnection_required"],
        "rotations": run.watcher.counts["refreshes"],
        "given_back": dict(run.failed),
        "seconds": round(time.monotonic() - started, 1),
        "problems": run.problems[:10],
        "holds": not run.problems,
    }


def main() -> int:
    """Run the campaign as asked on the command line; the exit code says whether it holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.connection_races", description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--without-lease", action="store_true", help="take lease and fence out: the campaign must then fail"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON only")
    asked = parser.parse_args()
    figures = races(asked.rounds, asked.seed, leases=not asked.without_lease)
    print(json.dumps(figures) if asked.json else "\n".join(f"{name:>18}: {value}" for name, value in figures.items()))
    return 0 if figures["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
