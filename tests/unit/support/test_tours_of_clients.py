"""The campaigns of other people's clients: every tour is there with its pins, and a tour that breaks off is not a pass."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.clients.jsforce_suite import judged
from tests.clients.others.__main__ import CHECKOUTS, CLIENTS, HERE, checkout, lines_of, steps_of
from tests.clients.others.installing import pinned_version, requirements

GOOD = 'import json\nprint("noise")\nprint(json.dumps([{"step": "a", "passed": True}]))\n'


@pytest.mark.parametrize("name", [*CLIENTS, *CHECKOUTS])
def test_a_tour_has_a_script_and_pins_everything(name: str) -> None:
    assert (HERE / "tours" / f"{name}.py").is_file()
    assert pinned_version(name, {**CLIENTS, **CHECKOUTS}[name])
    lines = requirements(name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.+!-]+", line)] == []


def test_no_script_is_without_its_tour() -> None:
    scripts = {each.stem for each in (HERE / "tours").glob("*.py")} - {"steps"}
    assert scripts == {*CLIENTS, *CHECKOUTS}


def test_a_client_by_git_needs_the_folder_of_its_clone(tmp_path: Path) -> None:
    assert checkout(f"meltano_tap={tmp_path}") == ("meltano_tap", tmp_path)
    for wrong in ("meltano_tap", f"singer_tap={tmp_path}", f"dlt_source={tmp_path}/gone"):
        with pytest.raises(argparse.ArgumentTypeError, match="the folder of its clone"):
            checkout(wrong)


def test_a_tour_finds_the_clone_that_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "tour.py"
    path.write_text('import json, os\nprint(json.dumps([{"step": os.environ["CHECKOUT"], "passed": True}]))\n')
    assert steps_of(Path(sys.executable), path, "http://127.0.0.1:1", tmp_path)[0]["step"] == str(tmp_path)


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


def jest_report(*tests: tuple[str, str]) -> dict[str, Any]:
    return {
        "testResults": [
            {"name": "a.ts", "assertionResults": [{"fullName": name, "status": status} for name, status in tests]}
        ]
    }


def test_what_is_no_part_of_the_org_is_not_counted_of_jsforces_suite() -> None:
    report = judged(
        jest_report(("reads", "passed"), ("lists layouts", "failed"), ("logs in", "pending"), ("writes", "failed"))
    )
    assert (report["in_scope"], report["passed"], report["failed"]) == (2, 1, ["writes"])
    assert (report["out_of_scope"], report["skipped_by_the_suite"]) == (1, 1)


def test_a_file_of_jsforces_suite_that_does_not_load_is_a_failure() -> None:
    report = judged({"testResults": [{"name": "a.ts", "assertionResults": []}]})
    assert (report["in_scope"], report["passed"], report["failed"]) == (1, 0, ["a.ts"])
