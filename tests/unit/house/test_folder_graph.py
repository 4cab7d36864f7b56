"""The folder graph of docs/architecture.md is what the imports of today draw."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.folder_graph import BEGIN, END, PAGE, arrows, block, folder_of, implied, main, part_of, with_block
from tests.support.import_graph import REPOSITORY

GRAPH = {
    "functions.push.app": frozenset({"causeway.push.batch", "causeway.errors"}),
    "causeway.push.batch": frozenset({"causeway.push.saving.writes", "causeway.contract.messages"}),
    "causeway.push.saving.writes": frozenset({"causeway.contract.codes", "causeway.push.saving"}),
    "causeway.errors": frozenset[str](),
}


def test_the_page_is_up_to_date() -> None:
    page = (REPOSITORY / PAGE).read_text(encoding="utf-8")
    assert page == with_block(page, block()), "run: python -m tests.support.folder_graph --write"


def test_the_folders_are_joined_as_their_modules_import_each_other(tmp_path: Path) -> None:
    for name in ("push", "contract"):
        (tmp_path / "layers/causeway/causeway" / name).mkdir(parents=True)
        (tmp_path / "layers/causeway/causeway" / name / "__init__.py").touch()
    assert arrows(GRAPH, folder_of(tmp_path)) == {("functions", "push"), ("push", "contract")}


def test_the_parts_of_a_folder_are_its_modules_and_rooms() -> None:
    assert arrows(GRAPH, part_of("push")) == {("batch", "saving")}


def test_an_arrow_is_implied_where_a_longer_way_leads_to_its_end() -> None:
    assert implied(frozenset({("a", "b"), ("b", "c"), ("a", "c")})) == {("a", "c")}
    assert implied(frozenset({("a", "b"), ("b", "a"), ("b", "c")})) == frozenset()


def test_writing_replaces_what_is_between_the_markers_alone(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "layers/causeway/causeway").mkdir(parents=True)
    (tmp_path / "functions/push").mkdir(parents=True)
    page = tmp_path / PAGE
    page.write_text(f"# Before\n{BEGIN}an old picture\n{END}After.\n")
    assert main(["--write"], tmp_path) == 0
    written = page.read_text()
    assert written.startswith("# Before\n")
    assert written.endswith("After.\n")
    assert "old picture" not in written
    assert "```mermaid" in written


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="no markers"):
        with_block("# How Causeway is built\n", "graph")
