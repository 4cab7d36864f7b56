"""The campaigns with AWS's limits: what a run says of its parts, and when an import is complete."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.chaos.limits import INTERRUPTED, Ended, Part, parts, run, summary
from tests.chaos.pull_rows import Received

NOTE = "import os; open(os.environ['CAUSEWAY_LIMITS_MET'], 'a').write(os.environ['CAUSEWAY_LIMITS'] + '\\n')"
TARGET = re.compile(r"^emulator-limits:.*\n\t(.*)$", re.MULTILINE)


def part(name: str, code: str) -> Part:
    return Part(name, ("-c", code))


def test_each_part_runs_with_the_limits_and_says_what_it_met() -> None:
    came_to = run([part("first", NOTE), part("second", "raise SystemExit(3)")], "tables")
    assert [(name, ended.code, dict(ended.met)) for name, ended in came_to.items()] == [
        ("first", 0, {"tables": 1}),
        ("second", 3, {}),
    ]


def test_an_interrupted_part_is_the_last() -> None:
    assert list(run([part("first", f"raise SystemExit({INTERRUPTED})"), part("second", "")], "all")) == ["first"]


def test_the_summary_shows_success_and_failure() -> None:
    text = summary({"demo": Ended(0, 12.3, {"tables": 2, "concurrency": 1}), "pull": Ended(1, 4.0, {})})
    assert "✔ demo   ended well after 12 s\n           met: concurrency 1 times, tables 2 times" in text
    assert "✘ pull   failed with code 1 after 4 s\n           met: nothing" in text


def test_the_target_passes_every_size_on() -> None:
    makefile = (Path(__file__).resolve().parents[3] / "Makefile").read_text(encoding="utf-8")
    found = TARGET.search(makefile)
    assert found is not None
    for name, default in (("KILLS", 20), ("CHANGES", 20000), ("ROWS", 100000), ("LIMITS", "all")):
        assert f"--{name.lower()} $(or $({name}),{default})" in found[1]
    assert [each.name for each in parts(20, 20_000, 100_000)] == ["demo", "chaos", "pull"]


def page(number: int, ids: str, *, last: bool = False, page_id: str = "") -> dict[str, Any]:
    records = [{"salesforce_id": each, "values": {"last_name": each.upper()}} for each in ids]
    return {"page_id": page_id or f"p{number}", "page": number, "last": last, "records": records}


def test_an_import_is_complete_when_all_pages_up_to_the_last_came() -> None:
    received = Received()
    for each in (page(1, "ab"), page(3, "c", last=True)):
        received.take(each)
    assert not received.complete
    received.take(page(2, "d"))
    assert received.complete
    assert received.names == {"a": "A", "b": "B", "c": "C", "d": "D"}


def test_a_page_that_comes_again_is_dropped_and_a_record_that_does_is_counted() -> None:
    received = Received()
    for each in (page(1, "ab"), page(1, "ab"), page(2, "b", last=True)):
        received.take(each)
    assert (received.times["a"], received.times["b"]) == (1, 2)
