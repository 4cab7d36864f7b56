"""Processes of the stack are waited for as long as they log or compute, and a failed one is shown with its last lines."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.template import ROOT

WAITING = """
import sys
from local.stack.places import RUNTIME
from local.stack.processes import NotStarted, start, stop_all, wait_for_end, wait_until
from local.stack.waiting import NothingMoved, patient
RUNTIME.mkdir(parents=True, exist_ok=True)
"""
Run = Callable[[str], str]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Run lines of Python with a stack folder of their own and return what they print."""
    environment = {**os.environ, "CAUSEWAY_LOCAL": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}

    def printed(code: str) -> str:
        command = [sys.executable, "-c", WAITING + code]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    yield printed
    printed("stop_all()")


def started(name: str, code: str) -> str:
    """Return a line that starts a process of this code."""
    return f"process = start({name!r}, [sys.executable, '-c', {code!r}], dict(PATH='/usr/bin:/bin'))\n"


def test_a_process_that_computes_without_a_word_is_waited_for(run: Run) -> None:
    busy = "import time; end = time.process_time() + 2.5\nwhile time.process_time() < end: pass\nraise SystemExit(3)"
    waiter = "patient(lambda line: None, patience_s=2.0, look_every_s=0.1)"
    assert run(started("busy", busy) + f"print(wait_for_end('busy', process, {waiter}))") == "3\n"


def test_a_process_that_does_nothing_is_given_up_and_killed(run: Run) -> None:
    idle = "import time; time.sleep(600)"
    shown = run(
        started("idle", idle)
        + "try:\n    wait_for_end('idle', process, patient(lambda line: None, patience_s=1.5, look_every_s=0.1))\n"
        + "except NothingMoved as given_up:\n    print(given_up, process.wait(20))"
    )
    assert shown.startswith("Gave up waiting for idle: nothing moved for ")
    assert shown.endswith(" -9\n")


def test_a_server_that_ends_before_it_answers_is_shown_with_its_last_lines(run: Run) -> None:
    shown = run(
        started("aws", "raise SystemExit('the port is taken')")
        + "try:\n    wait_until('aws', process, lambda: None, patient(print))\nexcept NotStarted as failure:\n    print(failure)"
    )
    assert shown == "aws ended with code 1:\nthe port is taken\n"
