"""A sample of the campaign that strikes every call of a run with every fault (tests/campaigns/pull_faults.py)."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.campaigns.pull_faults import cancelled, daily_sweep


def _played(*arguments: str) -> tuple[int, dict[str, int]]:
    command = [sys.executable, "-m", "tests.campaigns.pull_faults", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def test_whatever_fails_at_whatever_call_a_run_ends_or_says_what_it_waits_for() -> None:
    status, figures = _played("--every", "211")
    assert status == 0
    assert figures["runs"] > 20
    assert (figures["endless"], figures["wordless"], figures["missed"]) == (0, 0, 0)


def test_a_connector_that_repeats_what_is_too_long_is_found_out() -> None:
    status, figures = _played("--variant", "retry_414", "--only", "414")
    assert status == 1
    assert figures["endless"] > 0


def test_a_run_cancelled_while_it_describes_makes_no_further_call_than_the_one_under_way() -> None:
    assert cancelled(daily_sweep(), at=1).endless == 0
