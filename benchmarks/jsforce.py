"""jsforce as a reader beside ours, where Node is there: `make test-clients` installs it as tests/clients/package.json pins it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from clients.generating.typescript import environment
from tests.clients.run import INSTALLED, install

SCRIPT = Path(__file__).with_name("jsforce_query.mjs")
PATIENCE_S = 600


def is_there() -> bool:
    """Return whether Node and jsforce are there, or could be installed."""
    path = environment()["PATH"]
    npm = shutil.which("npm", path=path)
    return bool(shutil.which("node", path=path) and npm and install(npm))


def queried(session: dict[str, str], soql: str) -> dict[str, Any]:
    """Read the rows of a query in a process of its own; return rows, seconds and peak memory."""
    shutil.copy(SCRIPT, INSTALLED)  # next to the package that it imports
    node = str(shutil.which("node", path=environment()["PATH"]))
    done = subprocess.run(
        [node, SCRIPT.name],
        input=json.dumps({"session": session, "soql": soql}),
        cwd=INSTALLED,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures
