"""
Import what push needs at its first invocation, compared with its third-party packages alone.

    python -m benchmarks.cold_start --json

Also checks which handlers import simple-salesforce.

Prints `push_import_ms` and `bare_import_ms` (boto3, simple_salesforce, pydantic's BaseModel, powertools' Logger and Metrics) in
milliseconds of processor time, every module compiled beforehand on both sides, the best of several turns each; their ratio as
`push_import_ratio`; and `simple_salesforce_in`: the handlers that import it though they do not talk to Salesforce (none).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

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
    figures = measure()
    print(json.dumps(figures) if given.json else "\n".join(f"{name:22} {value}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
