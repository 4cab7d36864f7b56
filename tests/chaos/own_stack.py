"""A stack of its own for one run, on which a killed batch recovers soon: started next to any other, in a temporary folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.stack.interruption import killed_like_ctrl_c, uninterrupted

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def own_stack(timings: str = "quickest") -> Iterator[dict[str, Any]]:
    """Start a stack with no tenant, yield what its stack.json says, stop it. Raises RuntimeError with what kept it from starting."""
    with tempfile.TemporaryDirectory(prefix="causeway-chaos-") as name, killed_like_ctrl_c():
        folder = Path(name) / "local"
        environment = {**os.environ, "CAUSEWAY_LOCAL": str(folder)}
        try:
            started = _stack_command("up", "--bare", "--timings", timings, environment=environment)
            if started.returncode:
                raise RuntimeError(f"The stack did not start:\n{started.stdout}{started.stderr}")
            yield json.loads((folder / "stack.json").read_text(encoding="utf-8"))
        finally:
            with uninterrupted():
                _stack_command("down", environment=environment)


def _stack_command(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local.stack", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
