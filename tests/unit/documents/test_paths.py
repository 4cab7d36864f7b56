"""Files, folders and commands that the documents name exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.documents import PAGES, REPOSITORY, missing_modules, missing_paths, paths

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))


@each_page
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    assert missing_paths(page.read_text(encoding="utf-8")) == []


@each_page
def test_every_module_that_a_page_runs_exists(page: Path) -> None:
    assert missing_modules(page.read_text(encoding="utf-8")) == []


def test_a_path_is_found_from_the_root_and_from_inside_the_layer(tmp_path: Path) -> None:
    (tmp_path / "layers/causeway/causeway/push").mkdir(parents=True)
    (tmp_path / "layers/causeway/causeway/push/batch.py").touch()
    text = "`push/batch.py`, `causeway/push/`, `layers/<name>/causeway` and `push/gone.py`, `gone.py`"
    assert missing_paths(text, tmp_path) == ["push/gone.py", "gone.py"]


def test_only_what_looks_like_a_path_is_taken_for_one() -> None:
    text = "`Account.Name`, `/v1/tenants`, `make test`, `first-name`, `string.Template`, `docs/x.md`"
    assert paths(text) == ["docs/x.md"]


def test_a_module_that_cannot_be_run_is_found(tmp_path: Path) -> None:
    (tmp_path / "local/demo").mkdir(parents=True)
    (tmp_path / "local/demo/__main__.py").touch()
    (tmp_path / "local/documents.py").touch()
    text = "python -m local.demo, `python -m local.documents --check`, python -m local.gone"
    assert missing_modules(text, tmp_path) == ["local.gone"]
