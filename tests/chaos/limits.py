"""
The demo, the chaos campaign and a large import, one after the other, on stacks with AWS's limits (local/limits/).

    make emulator-limits [KILLS=20] [CHANGES=20000] [ROWS=100000] [LIMITS=all]
    python -m tests.chaos.limits [--kills 20] [--changes 20000] [--rows 100000] [--limits all]

Each starts a stack of its own and shows its progress. Prints what each came to and how often it met each limit; exits 1 unless all
three end well.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from local.limits.met import VARIABLE as MET
from local.limits.met import times
from local.limits.names import ALL, VARIABLE, chosen

ROOT = Path(__file__).resolve().parents[2]
INTERRUPTED = 130
SLOWER = ("--timings", "quick")  # tries again after throttles, and handshakes, take a part of a push's time


class Part(NamedTuple):
    """One campaign and its command line, the interpreter left out."""

    name: str
    command: tuple[str, ...]


def parts(kills: int, changes: int, rows: int) -> tuple[Part, ...]:
    """Return the campaigns in their order."""
    return (
        Part("demo", ("-m", "local.demo")),
        Part("chaos", ("-m", "tests.chaos.run", "--kills", str(kills), "--changes", str(changes), *SLOWER)),
        Part("pull", ("-m", "tests.chaos.pull_rows", "--rows", str(rows))),
    )


class Ended(NamedTuple):
    """What one campaign came to, and how often it met each limit."""

    code: int
    took_s: float
    met: Mapping[str, int]


def run(wanted: Iterable[Part], limits: str) -> dict[str, Ended]:
    """Run the campaigns in turn; an interrupted one is the last."""
    came_to: dict[str, Ended] = {}
    for part in wanted:
        print(f"\n━━ {part.name}, with limits: {limits}", flush=True)
        came_to[part.name] = _ended(part, limits)
        if came_to[part.name].code == INTERRUPTED:
            break
    return came_to


def _ended(part: Part, limits: str) -> Ended:
    with tempfile.TemporaryDirectory(prefix="causeway-limits-") as folder:
        file, began = Path(folder) / "met", time.monotonic()
        environment = {**os.environ, VARIABLE: limits, MET: str(file)}
        process = subprocess.run([sys.executable, *part.command], cwd=ROOT, env=environment, check=False)
        return Ended(process.returncode, time.monotonic() - began, times(file))


def summary(came_to: Mapping[str, Ended]) -> str:
    """Return one line for each campaign, and one for what it met."""
    lines = ["", "With AWS's limits:"]
    for name, (code, took_s, met) in came_to.items():
        how = "✔" if code == 0 else "✘", "ended well" if code == 0 else f"failed with code {code}"
        lines.append(f"  {how[0]} {name:6} {how[1]} after {took_s:.0f} s")
        counts = ", ".join(f"{limit} {count} times" for limit, count in sorted(met.items()))
        lines.append(f"           met: {counts or 'nothing'}")
    return "\n".join(lines)


def main() -> int:
    """Run what was asked for; answer 0 when all of it ended well."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos.limits", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--changes", type=int, default=20_000)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--limits", default=ALL, help="names by comma, or all")
    given = parser.parse_args()
    chosen({VARIABLE: given.limits})  # a wrong name is said before anything starts
    wanted = parts(given.kills, given.changes, given.rows)
    came_to = run(wanted, given.limits)
    print(summary(came_to), flush=True)
    if INTERRUPTED in {code for code, *_ in came_to.values()}:
        return INTERRUPTED
    return 0 if len(came_to) == len(wanted) and not any(code for code, *_ in came_to.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
