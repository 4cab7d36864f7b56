"""Modules that are compiled before they are uploaded."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.built_layers import run_with
from local.bytecode import compile_build

ROOT = Path(__file__).resolve().parents[3]
BROKEN = "raise RuntimeError('was compiled anew')\n"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Return a build: a layer with a package, whose one test case is no Python, and a function."""
    package = tmp_path / "CausewayLayer" / "python" / "package"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("def fail():\n    1 / 0\n")
    (package / "no_python.py").write_text("print 'hello'\n")
    (tmp_path / "PushFunction").mkdir()
    (tmp_path / "PushFunction" / "app.py").write_text("import package\nVALUE = 1\n")
    return tmp_path


def read_only(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.chmod(0o555 if path.is_dir() else 0o444)


def imported(built: Path, code: str) -> subprocess.CompletedProcess[str]:
    return run_with([built / "PushFunction", built / "CausewayLayer" / "python"], code)


def test_a_read_only_layer_is_imported_without_compiling(built: Path) -> None:
    assert compile_build(built) == 2
    for source in (built / "PushFunction" / "app.py", built / "CausewayLayer/python/package/__init__.py"):
        source.write_text(BROKEN)  # only a compilation would see it
    read_only(built / "CausewayLayer")
    assert imported(built, "import app; print(app.VALUE)").stdout == "1\n"


def test_without_bytecode_every_start_compiles(built: Path) -> None:
    (built / "CausewayLayer/python/package/__init__.py").write_text(BROKEN)
    assert "was compiled anew" in imported(built, "import app").stderr


def test_the_same_source_makes_the_same_layer_wherever_and_whenever_it_is_built(
    built: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Path(shutil.copytree(built, tmp_path_factory.mktemp("other") / "build", copy_function=shutil.copyfile))
    for build in (other, built):
        compile_build(build)
    compiled = sorted(path.relative_to(other) for path in other.rglob("*.pyc"))
    assert compiled
    assert all((other / path).read_bytes() == (built / path).read_bytes() for path in compiled)


def test_make_build_compiles_what_sam_left() -> None:
    said = subprocess.run(["make", "-n", "build"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    steps = [line for line in said.splitlines() if not line.startswith("make[")]  # where make itself runs the tests
    assert "sam build" in steps[-2]
    assert steps[-1].endswith("-m local.bytecode")
    assert sys.version_info[:2] == (3, 13), "the runtime's own version, so that its bytecode is used"
