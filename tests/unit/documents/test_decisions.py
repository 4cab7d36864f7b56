"""The index of decisions names every record once, under its own number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.documents import REPOSITORY

FOLDER = REPOSITORY / "docs" / "decisions"
RECORDS = sorted(path.name for path in FOLDER.glob("[0-9]*.md"))
INDEX = (FOLDER / "README.md").read_text(encoding="utf-8")
LINE = re.compile(r"^\| \[(\d{4})\]\(([^)]+)\) \| .+\. \|$", re.MULTILINE)


def linked(index: str) -> list[tuple[str, str]]:
    """Return the number and the file of each line of an index."""
    return LINE.findall(index)


def test_every_record_is_in_the_index_once_and_every_line_leads_to_a_record() -> None:
    assert sorted(file for _, file in linked(INDEX)) == RECORDS


def test_a_line_names_the_number_of_its_record() -> None:
    assert [(number, file) for number, file in linked(INDEX) if not file.startswith(f"{number}-")] == []


def test_a_record_left_out_of_the_index_would_be_seen() -> None:
    without = INDEX.replace(f"]({RECORDS[0]})", "](gone.md)")
    assert sorted(file for _, file in linked(without)) != RECORDS


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_is_titled_by_its_number_and_says_what_would_change_our_mind(name: str) -> None:
    text = Path(FOLDER / name).read_text(encoding="utf-8")
    assert text.startswith(f"# {name[:4]} ")
    assert "What would change our mind" in text


def test_no_two_records_share_a_number() -> None:
    numbers = [name[:4] for name in RECORDS]
    assert len(set(numbers)) == len(numbers)
