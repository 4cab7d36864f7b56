"""No folder is crowded or named by layer, and every package says what lives in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.house import REPOSITORY, corridors, crowded_folders, lost_signposts, silent_packages

PACKAGES = ("layers/causeway", "local/org")


def written(root: Path, files: Mapping[str, str]) -> Path:
    """Write these files under `local`."""
    for name, text in files.items():
        path = root / "local" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("folder", ["layers", "functions", "local"])
def test_no_folder_holds_more_than_fourteen_modules(folder: str) -> None:
    assert crowded_folders(REPOSITORY, [folder]) == []


def test_a_fifteenth_module_is_one_too_many(tmp_path: Path) -> None:
    root = written(tmp_path, {f"org/part_{number}.py": "" for number in range(14)})
    assert crowded_folders(root, ["local"]) == []
    (root / "local/org/__init__.py").write_text("")
    assert crowded_folders(root, ["local"]) == ["local/org: 15 modules"]


def test_no_folder_is_named_by_layer() -> None:
    assert corridors(REPOSITORY) == []


@pytest.mark.parametrize("name", ["domain", "services"])
def test_a_folder_named_by_layer_is_found_at_any_depth(tmp_path: Path, name: str) -> None:
    assert corridors(written(tmp_path, {f"org/rest/{name}/rows.py": ""}), ["local"]) == [f"local/org/rest/{name}"]


@pytest.mark.parametrize("folder", PACKAGES)
def test_every_package_says_what_lives_in_it(folder: str) -> None:
    assert silent_packages(REPOSITORY, [folder]) == []


def test_a_package_without_a_docstring_or_without_an_init_is_silent(tmp_path: Path) -> None:
    said, silent = '"""Said."""\n', "X = 1\n"
    files = {"__init__.py": said, "a/__init__.py": silent, "b/rows.py": "", "c/__init__.py": said}
    assert silent_packages(written(tmp_path, files), ["local"]) == ["local/a", "local/b"]


@pytest.mark.parametrize("folder", PACKAGES)
def test_a_package_leads_its_reader_to_files_that_exist(folder: str) -> None:
    assert lost_signposts(REPOSITORY, [folder]) == []


def test_a_signpost_to_a_file_that_is_gone_is_seen(tmp_path: Path) -> None:
    said = '"""Reads rows. Begin with rows.py, then parts/lines.py; only table.py imports it, never gone.py."""\n'
    files = {"org/__init__.py": said, "org/rows.py": "", "org/parts/lines.py": "", "table.py": ""}
    assert lost_signposts(written(tmp_path, files), ["local"]) == ["local/org/__init__.py: gone.py"]
