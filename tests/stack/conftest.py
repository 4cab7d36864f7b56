"""One deployed stack for the whole session: a start costs seconds, so tests share it and use tenants and keys of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.stack.emulator import aws_client

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Start a stack of this checkout's own template, beside any that runs from it, and yield what its stack.json says."""
    folder = tmp_path_factory.mktemp("stack") / "local"
    environment = {**os.environ, "CAUSEWAY_LOCAL": str(folder)}
    started = subprocess.run(
        [sys.executable, "-m", "local.stack", "up", "--bare"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        assert started.returncode == 0, started.stdout + started.stderr
        yield json.loads((folder / "stack.json").read_text(encoding="utf-8"))
    finally:
        subprocess.run(
            [sys.executable, "-m", "local.stack", "down"], cwd=ROOT, env=environment, check=True, capture_output=True
        )


@pytest.fixture(scope="session")
def aws(stack: dict[str, Any]) -> Callable[[str], Any]:
    """Return a maker of root clients of the stack's AWS: `aws("sqs")`."""
    return lambda service: aws_client(service, stack["aws_endpoint"])
