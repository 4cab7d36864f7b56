"""The TypeScript package's own tools: Node and npm as `make setup` installs them, and the commands of its package.json."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "typescript"
LOCK = PACKAGE / "package-lock.json"
INSTALLED = PACKAGE / "node_modules" / ".installed"  # the lock file that was installed last
PATIENCE_S = 600


def environment() -> dict[str, str]:
    """Return the caller's environment with the Node of this Python environment first on the path."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def install() -> int:
    """Install what package-lock.json pins, without install scripts, unless it is there already; return npm's exit code."""
    if INSTALLED.exists() and INSTALLED.read_bytes() == LOCK.read_bytes():
        return 0
    code = run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    if code == 0:
        INSTALLED.write_bytes(LOCK.read_bytes())
    return code


def run(*command: str) -> int:
    """Run a command in the package's folder; return its exit code."""
    return subprocess.run(command, cwd=PACKAGE, env=environment(), check=False, timeout=PATIENCE_S).returncode


def generate(*, check: bool) -> int:
    """Write src/generated, or with `check` name the files that are not current; return the exit code."""
    return install() or run("node", "generate.mjs", *(["--check"] if check else []))
