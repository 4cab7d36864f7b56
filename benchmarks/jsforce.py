"""jsforce as a reader beside ours, where Node is there: installed as tests/clients/package.json pins it, as `make test-clients` does."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from clients.generating.typescript import environment
from tests.clients import node

SCRIPT = Path(__file__).with_name("jsforce_query.mjs")
PINS = Path(node.__file__).with_name("package.json")


def is_there() -> bool:
    """Return whether Node and jsforce are there, or could be installed."""
    found = node.tools()
    return found is not None and node.installed(found[1], PINS, node.INSTALLED, "jsforce")


def queried(session: dict[str, str], soql: str) -> dict[str, Any]:
    """Read the rows of a query in a process of its own; return rows, seconds and peak memory."""
    shutil.copy(SCRIPT, node.INSTALLED)  # next to the package that it imports
    done = subprocess.run(
        [str(shutil.which("node", path=environment()["PATH"])), SCRIPT.name],
        input=json.dumps({"session": session, "soql": soql}),
        cwd=node.INSTALLED,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=node.PATIENCE_S,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures
