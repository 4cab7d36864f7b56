"""`python -m tests.clients.others [--json] [--only TOUR ...]`: install clients that others made, and let each tour an org of its own."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.clients.others.installing import installed, pinned_version
from tests.clients.others.seeding import seed
from tests.support.org.edge import running_org

HERE = Path(__file__).parent
CLIENTS = {  # tour -> the package that it is about
    "rest_client": "simple-salesforce",
    "bulk_client": "salesforce-bulk",
    "singer_tap": "tap-salesforce",
    "dlt_pipeline": "dlt",
    "django_orm": "django-salesforce",
    "airbyte_source": "airbyte-source-salesforce",
}
PATIENCE_S = 900


def main() -> int:
    """Run the tours that are asked for; return the exit code: 1 when a step of one failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.clients.others", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
    parser.add_argument("--only", nargs="+", choices=list(CLIENTS), default=list(CLIENTS), help="run these tours alone")
    options = parser.parse_args()
    tours = []
    for name in options.only:
        tours.append(toured(name))
        if not options.json:
            print("\n".join(lines_of(tours[-1])), flush=True)
    passed = sum(each["passed"] for each in tours)
    if options.json:
        print(json.dumps({"clients": len(tours), "passed": passed, "tours": tours}, indent=2))
    return 0 if passed == len(tours) else 1


def toured(name: str) -> dict[str, Any]:
    """Let one client tour a fresh org; return what it did."""
    started = time.monotonic()
    with running_org() as server:
        seed(server.origin)
        steps = steps_of(installed(name), HERE / "tours" / f"{name}.py", server.origin)
    return {
        "client": CLIENTS[name],
        "version": pinned_version(name, CLIENTS[name]),
        "passed": bool(steps) and all(each["passed"] for each in steps),
        "seconds": round(time.monotonic() - started, 1),
        "steps": steps,
    }


def steps_of(python: Path, script: Path, origin: str) -> list[dict[str, Any]]:
    """Run a tour; its steps are the last line that it prints. A tour that breaks off is one failed step."""
    known = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(python), str(script)]
    try:
        done = subprocess.run(
            command, env={**known, "ORG_URL": origin}, capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )
        steps: list[dict[str, Any]] = json.loads(done.stdout.rstrip().rpartition("\n")[2])
    except subprocess.TimeoutExpired:
        return [{"step": "the whole tour", "passed": False, "why": f"it took longer than {PATIENCE_S} seconds"}]
    except ValueError:
        return [{"step": "the whole tour", "passed": False, "why": done.stderr[-3000:]}]
    return steps


def lines_of(tour: dict[str, Any]) -> list[str]:
    """Return a tour for a reader."""
    marks = [f"  {'ok' if each['passed'] else 'FAILED'}  {each['step']}" for each in tour["steps"]]
    reasons = [each["why"] for each in tour["steps"] if not each["passed"]]
    return [f"{tour['client']} {tour['version']} ({tour['seconds']} s)", *marks, *reasons]


if __name__ == "__main__":
    sys.exit(main())
