"""Node, npm and what npm installs into .local/clients for the tours of JavaScript clients."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from clients.generating.typescript import environment

INSTALLED = Path(__file__).parents[2] / ".local" / "clients"
PATIENCE_S = 600
OLDEST_NODE = 20


def tools() -> tuple[str, str] | None:
    """Return the commands of Node and npm; None, with a sentence on stderr, where they are missing or too old."""
    path = environment()["PATH"]
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node is None or npm is None or node_version(node) < OLDEST_NODE:
        print(
            f"The JavaScript client tour needs Node {OLDEST_NODE} or newer with npm on the PATH: install it, then run this again.",
            file=sys.stderr,
        )
        return None
    return node, npm


def node_version(node: str) -> int:
    """Return the major version of Node, such as 20."""
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(version.removeprefix("v").partition(".")[0] or 0)


def installed(npm: str, pins: Path, folder: Path, package: str) -> bool:
    """
    Install what a package.json pins into a folder, unless it is already there; say whether it is there now.

    Without install scripts and without a lock file. `package` is one that must be there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    present = folder / "package.json"
    if (folder / "node_modules" / package).is_dir() and present.is_file() and present.read_bytes() == pins.read_bytes():
        return True
    shutil.copy(pins, present)
    command = [npm, "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(command, cwd=folder, check=False, timeout=PATIENCE_S).returncode == 0:
        return True
    print(f"npm could not install the clients that {pins} pins; its messages are above.", file=sys.stderr)
    return False
