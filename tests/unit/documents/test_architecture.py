"""The architecture page names every folder of the layer, and leads to files that exist."""

from __future__ import annotations

import re

import pytest

from tests.support.documents import REPOSITORY, missing_paths, paths

LAYER = REPOSITORY / "layers" / "causeway" / "causeway"
PAGE = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
FEWEST_ROWS = 25


def section(title: str) -> str:
    """Return the text under a heading."""
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    """Return the cells of the rows of the first table under a heading, without its head."""
    lines = [line.strip("|").split("|") for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in cells] for cells in lines[2:]]


CHANGES = rows("To change X, open Y")


def test_the_table_of_changes_is_long_enough_to_be_of_use() -> None:
    assert len(CHANGES) >= FEWEST_ROWS
    assert len({change for change, _, _ in CHANGES}) == len(CHANGES)


@pytest.mark.parametrize("row", CHANGES, ids=lambda row: str(row[0]))
def test_a_change_leads_to_files_and_to_tests_that_exist(row: list[str]) -> None:
    _, files, tests = row
    assert paths(files)
    assert missing_paths(files) == []
    assert paths(tests)
    assert missing_paths(tests) == []
    assert all(path.startswith("tests/") for path in paths(tests))


def test_every_folder_of_the_layer_is_in_the_table_of_folders() -> None:
    named = {name.rstrip("/") for cells in rows("The folders, top down") for name in paths(cells[0])}
    assert {path.parent.name for path in LAYER.glob("*/__init__.py")} <= named


def test_the_folders_stand_in_the_order_in_which_they_may_import() -> None:
    contract = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8").split("[[tool.importlinter.contracts]]")[1]
    allowed = re.findall(r"causeway\.(\w+)", contract.split("layers = [")[1].split("]")[0])
    named = [name.rstrip("/") for cells in rows("The folders, top down") for name in paths(cells[0])]
    assert [name for name in named if name in allowed] == [name for name in allowed if name in named]


def test_every_room_is_described() -> None:
    rooms = {f"{path.parent.relative_to(LAYER)}/" for path in LAYER.glob("*/*/__init__.py")}
    assert rooms
    assert rooms - set(paths(section("The folders, top down"))) == set()


@pytest.mark.parametrize("title", ["One change, file by file", "One pulled record, file by file"])
def test_a_walk_goes_through_the_folders(title: str) -> None:
    assert len(paths(section(title))) > 10
    assert missing_paths(section(title)) == []
