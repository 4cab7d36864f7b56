"""
A day of many tenants in virtual time: does each stay within its calls, and how fresh are its changes?

    python -m tests.campaigns.scale --tenants 10000 --hours 24 [--mode paced|gather|at_once] --json

What decides is the code that ships: the gate, receiving, the pace, windows and flushes, rates and when they are noted. What a
push does after that is counted, not run (`push_simulation` runs it): one read and one save for each 1,000 records, newest value
wins. Tenants send between 1 and 20,000 changes a day (Zipf), in sessions of one person each, with quiet nights and bursts; orgs
have 15,000 to 1,000,000 calls a day, of which other tools use up to a quarter. Batches are cut as SQS and Lambda do (100
messages, one second). Describes are not counted, as in all figures of calls.

Prints `spent_quotas` (tenants that reached their share), `above_share`, `plentiful_p95_s` (from message to Salesforce, of tenants
whose changes would use under half of their share if none were gathered) and `p95_s`, `max_s`, `calls_per_1000_changes` (in mode
`gather`, where everybody holds for 300 s, as `gathered_calls_per_1000_changes`), `lost`, `stale`, `lambda_concurrency_peak`,
`wcu_per_change`, `dollars_per_million`, and under `growth` the same of 100 and 1,000 tenants. Exits 1 unless nothing is lost,
stale or spent and the figures are within the goals: `plentiful_p95_s` ≤ 5, `p95_s` ≤ 300, gathered calls ≤ 400.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from causeway.push.pacing import gather as pacing
from causeway.push.pacing.hold import FLUSH_S, MOST_WAITING

from tests.campaigns.scale_day import Day

MODES = ("paced", "gather", "at_once")
GROWTH = (100, 1_000)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.campaigns.scale",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mode", choices=MODES, default="paced")
    parser.add_argument("--json", action="store_true", help="print one line of JSON only")
    given = parser.parse_args()
    began = time.monotonic()
    figures = measured(given.tenants, given.hours, given.mode, given.seed)
    figures["growth"] = {
        str(tenants): measured(tenants, given.hours, given.mode, given.seed)
        for tenants in GROWTH
        if tenants < given.tenants
    }
    figures["seconds"] = round(time.monotonic() - began, 1)
    print(json.dumps(figures) if given.json else "\n".join(f"{name:32} {value}" for name, value in figures.items()))
    return 0 if holds(figures, given.mode) else 1


def measured(tenants: int, hours: int, mode: str = "paced", seed: int = 1) -> dict[str, Any]:
    """Let one day pass and return its figures."""
    with in_mode(mode):
        day = Day(tenants, hours, seed, gathers=mode != "at_once")
        day.run()
    figures = day.figures()
    if mode == "gather":
        figures["gathered_calls_per_1000_changes"] = figures["calls_per_1000_changes"]
    return {"tenants": tenants, "hours": hours, "mode": mode, **figures}


@contextmanager
def in_mode(mode: str) -> Iterator[None]:
    """Let everybody hold as long as the sync allows, in the mode `gather`."""
    module: Any = pacing
    kept = module.hold_s
    if mode == "gather":
        module.hold_s = _as_long_as_allowed
    try:
        yield
    finally:
        module.hold_s = kept


def _as_long_as_allowed(
    quota: Any, demand: Any, time_of_day_s: float, within_s: float, waiting: int = 0, *, urgent: bool = False
) -> float:
    return 0.0 if urgent or waiting >= MOST_WAITING else within_s - FLUSH_S


def holds(figures: dict[str, Any], mode: str) -> bool:
    """Return whether the goals are met."""
    if figures["lost"] or figures["stale"]:
        return False
    if mode == "at_once":
        return True  # the comparison: tenants spend their quotas, and their changes wait for the next day
    if figures["p95_s"] > 300:
        return False
    if mode == "gather":
        return bool(figures["gathered_calls_per_1000_changes"] <= 400)
    return bool(figures["plentiful_p95_s"] <= 5 and not figures["spent_quotas"] and not figures["above_share"])


if __name__ == "__main__":
    sys.exit(main())
