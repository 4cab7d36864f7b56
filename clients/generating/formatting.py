"""The form of generated Python: ruff with settings of its own, so that it is the same wherever it runs."""

from __future__ import annotations

import subprocess
import sys

_RUFF = [sys.executable, "-m", "ruff"]
_TIDY = ["check", "--isolated", "--quiet", "--select", "I,F401,UP", "--fix-only", "--target-version", "py312"]
_FORMAT = ["format", "--isolated", "--quiet", "--line-length", "120", "--target-version", "py312"]


def formatted(text: str) -> str:
    """Return Python source with its imports sorted and its lines broken; raise CalledProcessError when it is no Python."""
    for command in (_TIDY, _FORMAT):
        text = subprocess.run(
            [*_RUFF, *command, "--stdin-filename", "generated.py", "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return text
