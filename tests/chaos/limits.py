"""
The demo, the chaos campaign and a large import, one after the other, on stacks with AWS's limits (local/limits/).

    make emulator-limits [KILLS=20] [CHANGES=20000] [ROWS=100000] [LIMITS=all]
    python -m tests.chaos.limits [--kills 20] [--changes 20000] [--rows 100000] [--limits all]

Each starts a stack of its own and shows its progress. Prints what each came to and exits 1 unless all three end well.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from local.limits.names import ALL, VARIABLE, chosen

ROOT = Path(__file__).resolve().parents[2]
INTERRUPTED = 130


class Part(NamedTuple):
    """One campaign and its command line, the interpreter left out."""

    name: str
    command: tuple[str, ...]


def parts(kills: int, changes: int, rows: int) -> tuple[Part, ...]:
    """Return the campaigns in their order."""
    return (
        Part("demo", ("-m", "local.demo")),
        Part("chaos", ("-m", "tests.chaos.run", "--kills", str(kills), "--changes", str(changes))),
        Part("pull", ("-m", "tests.chaos.pull_rows", "--rows", str(rows))),
    )


def run(wanted: Iterable[Part], limits: str) -> dict[str, tuple[int, float]]:
    """Run the campaigns in turn and return each one's exit code and seconds; an interrupted one is the last."""
    came_to: dict[str, tuple[int, float]] = {}
    for part in wanted:
        print(f"\n━━ {part.name}, with limits: {limits}", flush=True)
        began = time.monotonic()
        code = subprocess.run(
            [sys.executable, *part.command], cwd=ROOT, env={**os.environ, VARIABLE: limits}, check=False
        ).returncode
        came_to[part.name] = (code, time.monotonic() - began)
        if code == INTERRUPTED:
            break
    return came_to


def summary(came_to: dict[str, tuple[int, float]]) -> str:
    """Return one line for each campaign."""
    lines = [
        f"  {'✔' if code == 0 else '✘'} {name:8} {'ended well' if code == 0 else f'failed ({code})'} after {took_s:.0f} s"
        for name, (code, took_s) in came_to.items()
    ]
    return "\n".join(["", "With AWS's limits:", *lines])


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
    if INTERRUPTED in {code for code, _ in came_to.values()}:
        return INTERRUPTED
    return 0 if len(came_to) == len(wanted) and not any(code for code, _ in came_to.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
