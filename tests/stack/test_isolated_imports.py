"""
Every built handler imports with what it has on AWS: its built function, the built layers and boto3, and nothing of this machine's.

The embedded AWS runs functions with the development environment behind them, so it cannot see a package missing from a layer.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks.built_layers import boto3_folder, run_with
from tests.support.template import ROOT, folder, functions

BUILT = ROOT / ".aws-sam" / "build"
NOTED = """
from importlib.machinery import SourceFileLoader
compiled, to_code = [], SourceFileLoader.source_to_code
def noted(loader, data, path, **options):
    compiled.append(path)
    return to_code(loader, data, path, **options)
SourceFileLoader.source_to_code = noted
"""
LAYERS = [BUILT / "CausewayLayer" / "python", BUILT / "DependenciesLayer" / "python"]


@pytest.fixture(scope="session")
def boto3_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the pinned boto3 with its requirements alone, as the Lambda runtime does."""
    return boto3_folder(tmp_path_factory.mktemp("boto3"))


def imported(handler: Path, *others: Path, before: str = "", after: str = "") -> subprocess.CompletedProcess[str]:
    """Import a built `app.py` in an interpreter that sees the standard library and these folders only."""
    return run_with([handler, *others], f"{before}\nimport app; assert callable(app.lambda_handler)\n{after}")


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


@pytest.mark.stack
@pytest.mark.parametrize("function", sorted(functions()), ids=lambda name: folder(functions()[name]))
def test_no_module_of_a_built_handler_is_compiled_at_a_cold_start(
    function: str, stack: dict[str, Any], boto3_path: Path
) -> None:
    """Lambda's folders are read-only: what has no bytecode there is compiled by every new environment."""
    done = imported(BUILT / function, *LAYERS, boto3_path, before=NOTED, after="print(compiled)")
    assert done.returncode == 0, done.stderr
    assert str(BUILT) not in done.stdout
