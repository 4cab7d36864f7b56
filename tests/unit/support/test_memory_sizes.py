"""The choice of memory: seconds and dollars by Lambda's share of a processor, which a process can be held to."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from benchmarks.cpu_quota import VCPU_MB, limited, share_of, used_s
from benchmarks.memory import SIZES_MB, deployed_mb, dollars_per_million, sizes_of


def test_a_python_process_gets_a_share_of_one_processor_and_no_second_one() -> None:
    assert share_of(VCPU_MB) == share_of(4 * VCPU_MB) == 1.0
    assert share_of(VCPU_MB // 2) == pytest.approx(0.5, abs=0.001)


def test_waiting_costs_by_memory_and_processor_time_does_not_below_a_whole_one() -> None:
    busy, idle = sizes_of({"cpu_s": 4.0, "wait_s": 0.0}, 1_000), sizes_of({"cpu_s": 0.0, "wait_s": 4.0}, 1_000)
    assert busy["512"]["dollars_per_million"] == pytest.approx(busy["1769"]["dollars_per_million"], rel=0.05)
    assert busy["512"]["estimated_s"] == pytest.approx(4.0 * VCPU_MB / 512, abs=0.01)
    assert idle["1024"]["dollars_per_million"] == pytest.approx(2 * idle["512"]["dollars_per_million"], rel=0.05)
    assert {size["estimated_s"] for size in idle.values()} == {4.0}


def test_a_second_of_a_gigabyte_costs_what_the_price_table_says() -> None:
    assert dollars_per_million(1.0, 1024, 1_000_000) == pytest.approx(0.0000133334)


def test_the_deployed_memory_is_that_of_the_template() -> None:
    assert {deployed_mb("PushFunction"), deployed_mb("PullFunction")} <= set(SIZES_MB)
    with pytest.raises(SystemExit, match="no memory"):
        deployed_mb("NoFunction")


def test_a_process_uses_no_more_than_its_share() -> None:
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
        try:
            with limited(busy.pid, 0.2):
                before, began = used_s(busy.pid), time.monotonic()
                time.sleep(1.0)
                used, took = used_s(busy.pid) - before, time.monotonic() - began
        finally:
            busy.kill()
    assert 0 < used < 0.3 * took
