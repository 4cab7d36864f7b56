"""What a handler loads while its environment starts."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
HANDLERS = sorted(path for path in (ROOT / "functions").glob("*/app.py") if "from causeway" in path.read_text())
SETTINGS = {
    "CONFIG_TABLE": "c",
    "STATE_TABLE": "s",
    "PARKED_TABLE": "p",
    "PARKED_BUCKET": "b",
    "EVENT_BUS": "e",
    "TOKEN_KEY_ID": "k",
    "TOKEN_BROKER_FUNCTION": "f",
    "PUSH_QUEUE_URL": "https://sqs.invalid/push",
    "OUTBOUND_QUEUE_URL": "https://sqs.invalid/outbound",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "POWERTOOLS_METRICS_NAMESPACE": "Causeway",
}
LATE = """
import sys, app
before = set(sys.modules)
app.push_ports(), app.field_learner()
print(sorted(name for name in set(sys.modules) - before if name.split(".")[0] in ("causeway", "requests", "simple_salesforce")))
"""
COLLECTS = """
import gc, app
print(gc.isenabled() and gc.get_freeze_count() > 10_000 and gc.get_threshold()[0] > 10_000)
"""


def answer(code: str, function: str) -> str:
    """Run code in a process that has the function's folder and the layer on its path."""
    path = os.pathsep.join(str(ROOT / part) for part in (f"functions/{function}", "layers/causeway"))
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **SETTINGS, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout.strip()


def test_the_first_push_of_an_environment_imports_nothing_more() -> None:
    assert answer(LATE, "push") == "[]", "name what is imported late in NEEDED_AT_FIRST of wiring/push.py"


@pytest.mark.parametrize("function", ["push", "session_authorizer"])
def test_garbage_is_collected_again_once_a_handler_is_loaded(function: str) -> None:
    assert answer(COLLECTS, function) == "True"


@pytest.mark.parametrize("handler", HANDLERS, ids=lambda path: path.parent.name)
def test_every_handler_loads_without_looking_for_garbage(handler: Path) -> None:
    body = [
        node for node in ast.parse(handler.read_text()).body if not isinstance(node, ast.Expr) or not _is_text(node)
    ]
    imports = [node for node in body if isinstance(node, (ast.Import, ast.ImportFrom))]
    after = body[body.index(imports[-1]) + 1]
    assert ast.unparse(imports[1]) == "from causeway.loading import loaded"
    assert ast.unparse(after).startswith("loaded(")


def _is_text(node: ast.Expr) -> bool:
    return isinstance(node.value, ast.Constant)
