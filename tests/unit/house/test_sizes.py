"""Functions and files stay short enough to read at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.house import (
    FOLDERS,
    LINES_PER_FILE,
    LINES_PER_FUNCTION,
    MEDIAN_FUNCTION,
    REPOSITORY,
    long_files,
    long_functions,
    median_length,
)


def function(name: str, lines: int) -> str:
    """Return a function of so many lines."""
    return f"def {name}():\n" + "    x = 1\n" * (lines - 1)


def repository(root: Path, text: str) -> Path:
    """Write a repository of one module."""
    (root / "local").mkdir()
    (root / "local" / "rows.py").write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_function_is_longer_than_forty_lines(folder: str) -> None:
    assert long_functions(REPOSITORY, [folder]) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_file_is_longer_than_three_hundred_lines(folder: str) -> None:
    assert long_files(REPOSITORY, [folder]) == []


def test_half_of_the_functions_have_eight_lines_or_fewer() -> None:
    assert median_length(REPOSITORY) <= MEDIAN_FUNCTION


def test_a_function_of_forty_one_lines_is_found_wherever_it_stands(tmp_path: Path) -> None:
    method = "class Rows:\n" + "".join(f"    {line}\n" for line in function("read", 41).splitlines())
    root = repository(tmp_path, function("fits", LINES_PER_FUNCTION) + function("grown", 41) + method)
    assert long_functions(root, ["local"]) == [
        "local/rows.py:41: grown, 41 lines",
        "local/rows.py:83: read, 41 lines",
    ]


def test_a_file_of_three_hundred_and_one_lines_is_found(tmp_path: Path) -> None:
    root = repository(tmp_path, "X = 1\n" * LINES_PER_FILE)
    assert long_files(root, ["local"]) == []
    (root / "local" / "grown.py").write_text("X = 1\n" * 301, encoding="utf-8")
    assert long_files(root, ["local"]) == ["local/grown.py: 301 lines"]


def test_the_median_counts_every_function_alike(tmp_path: Path) -> None:
    root = repository(tmp_path, function("a", 2) + function("b", 9) + function("c", 30))
    assert median_length(root, ["local"]) == 9
