"""
Every built handler imports with what it has on AWS: its built function, the built layers and boto3, and nothing of this machine's.

The embedded AWS runs functions with the development environment behind them, so it cannot see a package missing from a layer.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

import pytest

from tests.support.template import ROOT, folder, functions

BUILT = ROOT / ".aws-sam" / "build"
LAYERS = [BUILT / "CausewayLayer" / "python", BUILT / "DependenciesLayer" / "python"]


def closure(name: str) -> dict[str, Distribution]:
    """Return a pinned package and all it requires, extras left out."""
    found: dict[str, Distribution] = {}
    wanted = [name]
    while wanted:
        each = wanted.pop()
        if each not in found:
            found[each] = distribution(each)
            requires = [line for line in found[each].requires or [] if "extra ==" not in line]
            wanted += [re.split(r"[^A-Za-z0-9_.-]", line, maxsplit=1)[0] for line in requires]
    return found


@pytest.fixture(scope="session")
def boto3_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the pinned boto3 with its requirements alone, as the Lambda runtime does."""
    path = tmp_path_factory.mktemp("boto3")
    for each in closure("boto3").values():
        for name in {file.parts[0] for file in each.files or [] if ".." not in file.parts}:
            if not (path / name).exists():
                (path / name).symlink_to(Path(str(each.locate_file(name))))
    return path


def imported(handler: Path, *others: Path) -> subprocess.CompletedProcess[str]:
    """Import a built `app.py` in an interpreter that sees the standard library and these folders only."""
    path = [str(folder) for folder in (handler, *others)]
    code = f"import sys; sys.path[:0] = {path!r}; import app; assert callable(app.lambda_handler)"
    bare = {"PATH": os.defpath, "AWS_REGION": "us-east-1"}
    return subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", code], env=bare, capture_output=True, text=True, check=False
    )


@pytest.mark.stack
@pytest.mark.parametrize("function", sorted(functions()), ids=lambda name: folder(functions()[name]))
def test_a_built_handler_imports_with_what_it_has_on_aws(
    function: str, stack: dict[str, Any], boto3_path: Path
) -> None:
    done = imported(BUILT / function, *LAYERS, boto3_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.stack
def test_a_package_missing_from_the_layers_is_seen(stack: dict[str, Any], boto3_path: Path) -> None:
    done = imported(BUILT / "PushFunction", LAYERS[0], boto3_path)
    assert "ModuleNotFoundError" in done.stderr


@pytest.mark.stack
def test_the_layers_fit_into_a_function(stack: dict[str, Any]) -> None:
    """Lambda allows 250 MB unzipped, function and layers together; half of that leaves room and starts faster."""
    size = sum(file.stat().st_size for layer in LAYERS for file in layer.rglob("*") if file.is_file())
    assert size < 125 * 1024 * 1024
