"""
Import what push needs at its first invocation, compared with its third-party packages alone.

    python -m benchmarks.cold_start --json

Also checks which handlers import simple-salesforce, and what the layers that `make build` leaves are worth.

Prints `push_import_ms` and `bare_import_ms` (boto3, simple_salesforce, pydantic's BaseModel, powertools' Logger and Metrics) in
milliseconds of processor time, every module compiled beforehand on both sides, the best of several turns each; their ratio as
`push_import_ratio` (≤ 1.25); and `simple_salesforce_in`: the handlers that import it though they do not talk to Salesforce (none).

Then, in built layers (`sam build` runs first): `init_ms`, of push's function with the compiled layers until its ports stand, AWS
clients included; `bare_uncompiled_ms`, of the bare packages in a layer as `sam build` alone leaves it; their ratio as `init_ratio`
(≤ 0.75); `init_uncompiled_ms`, of push in such layers; `init_modules`, how many modules push has loaded then; `layer_mb`, the sizes
of the layers unzipped. boto3 comes with the runtime and is compiled on both sides.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.built_layers import LAYERS, boto3_folder, build, run_with, without_bytecode

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 20
SILENT = ("oauth_authorize", "session_authorizer", "console", "replay", "dead_letter", "token_broker", "pull_schedule")
TIMED = """
import time
began = time.process_time()
{imports}
print((time.process_time() - began) * 1000)
"""
BARE = """
import boto3
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.typing import LambdaContext
import simple_salesforce
"""
PUSH = """
import app
import boto3
from causeway.gateways.aws import access_tokens
from causeway.gateways.aws import broker
from causeway.gateways.aws import token_encryption
from causeway.gateways.dynamodb.state import claims
from causeway.gateways.dynamodb.config import connections
from causeway.gateways.dynamodb.config import describes
from causeway.gateways.dynamodb.parked import store as parked
from causeway.gateways.dynamodb.config import runs
from causeway.gateways.dynamodb.config import syncs
from causeway.gateways.salesforce import pool
from causeway.syncs.discovery import describes as discovered
"""
INIT = """
import app
app.push_ports(), app.field_learner()
"""
COUNTED = INIT + "print(len(sys.modules))"
INIT_ROUNDS = 10
SETTINGS = {
    **dict.fromkeys(
        ("CONFIG_TABLE", "STATE_TABLE", "PARKED_TABLE", "PARKED_BUCKET", "EVENT_BUS", "TOKEN_KEY_ID"), "none"
    ),
    **dict.fromkeys(("PUSH_QUEUE_URL", "OUTBOUND_QUEUE_URL"), "https://sqs.invalid/queue"),
    "TOKEN_BROKER_FUNCTION": "none",
    "POWERTOOLS_METRICS_NAMESPACE": "Causeway",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "PYDANTIC_DISABLE_PLUGINS": "true",
}
LOADED = "import sys, app; print('simple_salesforce' in sys.modules)"


def in_process(code: str, function: str = "push", bytecode: str | None = None) -> str:
    """Run code as the function would: its own folder and the layer on the path; `bytecode` is the folder of compiled modules."""
    path = os.pathsep.join(str(ROOT / part) for part in (f"functions/{function}", "layers/causeway"))
    environment = {
        **os.environ,
        "PYTHONPATH": path,
        "POWERTOOLS_SERVICE_NAME": function,
        "POWERTOOLS_METRICS_NAMESPACE": "Causeway",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    if bytecode:
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PYTHONPYCACHEPREFIX"] = bytecode
    answer = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=ROOT / "functions",
    )
    return answer.stdout.strip()


def measure() -> dict[str, object]:
    """Import both in turn, so that a busy machine slows both; the first turn compiles all modules and does not count."""
    bare: list[float] = []
    push: list[float] = []
    with TemporaryDirectory() as bytecode:
        for _ in range(ROUNDS + 1):
            bare.append(float(in_process(TIMED.format(imports=BARE), bytecode=bytecode)))
            push.append(float(in_process(TIMED.format(imports=PUSH), bytecode=bytecode)))
    del bare[0], push[0]
    paying = [name for name in silent_handlers() if in_process(LOADED, name) == "True"]
    return {
        "push_import_ms": round(min(push), 1),
        "bare_import_ms": round(min(bare), 1),
        "push_import_ratio": round(min(push) / min(bare), 3),
        "simple_salesforce_in": paying,
    }


def measure_built() -> dict[str, object]:
    """Build, and start push in turn with the bare packages, each in a process that sees what Lambda gives it."""
    with TemporaryDirectory() as folder:
        built, boto3 = build(Path(folder) / "build"), boto3_folder(Path(folder) / "boto3")
        layers = [built / name / "python" for name in LAYERS]
        plain = [without_bytecode(layer, Path(folder) / layer.parent.name) for layer in layers]
        push = built / "PushFunction"
        turns = {
            "init_ms": ([push, *layers, boto3], INIT),
            "init_uncompiled_ms": ([push, *plain, boto3], INIT),
            "bare_uncompiled_ms": ([plain[1], boto3], BARE),
        }
        took: dict[str, list[float]] = {name: [] for name in turns}
        for _ in range(INIT_ROUNDS):
            for name, (path, code) in turns.items():
                took[name].append(float(_answer(path, TIMED.format(imports=code))))
        best = {name: round(min(times), 1) for name, times in took.items()}
        return {
            **best,
            "init_ratio": round(best["init_ms"] / best["bare_uncompiled_ms"], 3),
            "init_modules": int(_answer([push, *layers, boto3], COUNTED)),
            "layer_mb": {layer.parent.name: _mb(layer) for layer in layers},
        }


def _answer(path: list[Path], code: str) -> str:
    done = run_with(path, code, SETTINGS)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout.strip()


def _mb(folder: Path) -> float:
    return round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6, 1)


def silent_handlers() -> list[str]:
    """Return the handlers that do not talk to Salesforce's REST API."""
    return [name for name in SILENT if (ROOT / "functions" / name / "app.py").exists()]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.cold_start",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON only")
    given = parser.parse_args()
    figures = {**measure(), **measure_built()}
    print(json.dumps(figures) if given.json else "\n".join(f"{name:22} {value}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
