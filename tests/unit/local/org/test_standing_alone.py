"""The org is a package of its own: it imports itself relatively, and of others only what it is installed with."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[4]
ORG = REPOSITORY / "local/org"
REQUIRED = {"jwt"}
BY_MODULE = {"pytest_plugin.py": {"pytest"}}
"""What single modules need too: pytest itself loads the plugin."""


def foreign_imports(source: str) -> Iterator[str]:
    """Yield the packages that a module imports absolutely, but for the standard library's."""
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = [node.module]
        yield from (name for name in names if name.partition(".")[0] not in sys.stdlib_module_names)


def test_no_module_needs_another_package_or_its_own_by_the_name_of_its_folder() -> None:
    found = {
        f"{path.relative_to(REPOSITORY)}: {name}"
        for path in sorted(ORG.rglob("*.py"))
        for name in foreign_imports(path.read_text(encoding="utf-8"))
        if name.partition(".")[0] not in REQUIRED | BY_MODULE.get(path.name, set())
    }
    assert not found, (
        "installed, the package has another name: import its modules relatively (from ..wire import calls)"
    )


@pytest.mark.parametrize("line", ["from local.org.app import Org", "import causeway.errors", "import requests"])
def test_such_an_import_is_found(line: str) -> None:
    assert list(foreign_imports(f"if True:\n    {line}\n")) == [line.split()[1]]


@pytest.mark.parametrize("line", ["from .app import Org", "from __future__ import annotations", "import json"])
def test_a_relative_import_and_the_standard_library_are_none(line: str) -> None:
    assert list(foreign_imports(line)) == []
