"""No circle of imports between files, as tests/support/import_graph.py finds them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.import_graph import REPOSITORY, Circle, circles, main

CLEAN = ("functions", "local", "benchmarks", "tests")


def written(root: Path, **modules: str) -> Path:
    """Write a package `local` with these modules, `__` for a folder's slash."""
    for name, text in {"__init__": "", **modules}.items():
        path = root / "local" / f"{name.replace('__', '/') if name != '__init__' else name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("folders", [CLEAN], ids=" ".join)
def test_no_files_of_the_repository_import_each_other_in_a_circle(folders: tuple[str, ...]) -> None:
    assert [str(circle) for circle in circles(REPOSITORY, folders)] == []


def test_two_modules_that_import_each_other_are_a_circle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = written(tmp_path, app="from local import store\n", store="import local.app\n", rest="import local.app\n")
    assert main(["--check", "local"], root) == 1
    assert capsys.readouterr().out == "2 files: local.app -> local.store -> local.app\n"


@pytest.mark.parametrize(
    "back",
    [
        "if TYPE_CHECKING:\n    from local.a.one import One\n",
        "def late() -> None:\n    from local.a import one\n",
        "from ..a.one import One\n",
        "from ..a import one\n",
    ],
    ids=["for types only", "inside a function", "relative", "relative module"],
)
def test_every_way_of_importing_closes_a_circle(tmp_path: Path, back: str) -> None:
    root = written(tmp_path, a__one="from local.b import two\n", b__two=back)
    assert circles(root, ["local"]) == [
        Circle(("local.a.one", "local.b.two"), ("local.a.one", "local.b.two", "local.a.one"))
    ]


def test_the_way_around_is_the_shortest_and_the_largest_circle_comes_first(tmp_path: Path) -> None:
    root = written(
        tmp_path,
        a="import local.b\n",
        b="import local.c\nimport local.a\n",
        c="import local.a\n",
        x="import local.y\n",
        y="import local.x\n",
    )
    assert [str(circle) for circle in circles(root, ["local"])] == [
        "3 files: local.a -> local.b -> local.a",
        "2 files: local.x -> local.y -> local.x",
    ]


def test_a_tree_whose_imports_only_go_down_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = written(
        tmp_path, app="from local import store\nimport json\n", store="from local.names import NAME\n", names=""
    )
    assert main(["--check", "local"], root) == 0
    assert capsys.readouterr().out == ""


def test_a_package_that_names_its_parts_is_in_a_circle_only_with_those_that_name_it(tmp_path: Path) -> None:
    root = written(tmp_path, soql__run="X = 1\n", soql__parse="from local.soql import Y\n")
    (root / "local/soql/__init__.py").write_text("from local.soql.run import X\nfrom local.soql.parse import Z\n")
    assert [circle.modules for circle in circles(root, ["local"])] == [("local.soql", "local.soql.parse")]
