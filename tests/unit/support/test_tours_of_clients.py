"""The campaign of other people's clients: every tour is there with its pins, and a tour that breaks off is not a pass."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.clients.others.__main__ import CLIENTS, HERE, lines_of, steps_of
from tests.clients.others.installing import pinned_version, requirements

GOOD = 'import json\nprint("noise")\nprint(json.dumps([{"step": "a", "passed": True}]))\n'


@pytest.mark.parametrize("name", CLIENTS)
def test_a_tour_has_a_script_and_pins_everything(name: str) -> None:
    assert (HERE / "tours" / f"{name}.py").is_file()
    assert pinned_version(name, CLIENTS[name])
    lines = requirements(name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.+!-]+", line)] == []


def test_no_script_is_without_its_tour() -> None:
    scripts = {each.stem for each in (HERE / "tours").glob("*.py")} - {"steps"}
    assert scripts == set(CLIENTS)


@pytest.mark.parametrize(
    ("script", "passed"),
    [(GOOD, True), (GOOD.replace("True", "False"), False), ("raise SystemExit('gone')", False), ("", False)],
)
def test_the_last_line_has_the_steps(script: str, passed: bool, tmp_path: Path) -> None:
    path = tmp_path / "tour.py"
    path.write_text(script)
    steps = steps_of(Path(sys.executable), path, "http://127.0.0.1:1")
    assert [each["passed"] for each in steps] == [passed]


def test_a_failed_step_is_shown_with_its_reason() -> None:
    steps = [{"step": "read", "passed": True}, {"step": "write", "passed": False, "why": "refused"}]
    shown = lines_of({"client": "x", "version": "1", "seconds": 2.0, "steps": steps, "passed": False})
    assert shown == ["x 1 (2.0 s)", "  ok  read", "  FAILED  write", "refused"]
