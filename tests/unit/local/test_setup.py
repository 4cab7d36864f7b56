"""`make setup` on a machine without Python 3.13 says in a sentence what to install, and leaves no half-made environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.template import ROOT

USED = ("bash", "dirname", "grep", "awk", "rm")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout with the script and its pins, and a search path of its own that has no Python."""
    (tmp_path / "local").mkdir()
    shutil.copy(ROOT / "local" / "setup.sh", tmp_path / "local")
    shutil.copy(ROOT / "requirements-dev.txt", tmp_path)
    (tmp_path / "bin").mkdir()
    for name in USED:
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    return tmp_path


def program(checkout: Path, name: str, text: str) -> None:
    """Put a program on the checkout's search path."""
    path = checkout / "bin" / name
    path.write_text(f"#!{shutil.which('bash')}\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def set_up(checkout: Path) -> subprocess.CompletedProcess[str]:
    """Run the script."""
    environment = {"PATH": str(checkout / "bin"), "HOME": str(checkout), "PYENV_ROOT": str(checkout / "pyenv")}
    command = [str(checkout / "bin" / "bash"), str(checkout / "local" / "setup.sh")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def refused(checkout: Path) -> bool:
    """Tell whether the script ended with its sentence and left nothing."""
    ended = set_up(checkout)
    assert "Causeway needs Python 3.13 with pip and venv." in ended.stderr
    assert "pyenv install 3.13" in ended.stderr
    return ended.returncode == 1 and not (checkout / ".venv").exists()


def test_without_python_there_is_a_sentence(checkout: Path) -> None:
    assert refused(checkout)


@pytest.mark.parametrize("text", ["exit 127", "exit 1"], ids=["a shim that selects nothing", "another version"])
def test_a_python_that_does_not_run_or_is_another_is_not_believed(checkout: Path, text: str) -> None:
    program(checkout, "python3.13", text)
    assert refused(checkout)


def test_a_uv_that_cannot_bring_python_ends_in_the_same_sentence(checkout: Path) -> None:
    program(checkout, "uv", 'echo "uv cannot download" >&2; exit 2')
    assert refused(checkout)


def test_python_is_found_under_pyenv_and_by_uv(checkout: Path) -> None:
    """uv is asked to make the environment with it; it fails here, so that nothing is downloaded."""
    program(
        checkout, "uv", f'[ "$1 $2" = "python find" ] && {{ echo {sys.executable}; exit; }}; echo "asked: $*"; exit 9'
    )
    by_uv = set_up(checkout)
    assert f"asked: venv --quiet --seed --python {sys.executable} .venv" in by_uv.stdout
    found = checkout / "pyenv" / "versions" / "3.13.9" / "bin" / "python3.13"
    found.parent.mkdir(parents=True)
    found.symlink_to(os.path.realpath(sys.executable))
    assert f"asked: venv --quiet --seed --python {found} .venv" in set_up(checkout).stdout
