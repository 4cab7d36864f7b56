"""
`python -m tests.clients.others [--json] [--only TOUR ...] [--checkout TOUR=FOLDER ...]`: install clients that others made, and let each
tour an org of its own. A client that no package index has is taken from a folder that git cloned.
"""

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
CHECKOUTS = {  # tour -> the package that its requirements pin of it
    "dlt_source": "dlt",
    "meltano_tap": "singer-python",
}
"""Clients that come by git alone: dlt-hub/verified-sources and MeltanoLabs/tap-salesforce."""
PATIENCE_S = 900


def main() -> int:
    """Run the tours that are asked for; return the exit code: 1 when a step of one failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.clients.others", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
    parser.add_argument("--only", nargs="+", choices=list(CLIENTS), help="run these tours alone")
    parser.add_argument(
        "--checkout",
        nargs="+",
        type=checkout,
        default=[],
        metavar="TOUR=FOLDER",
        help=f"run one of {[*CHECKOUTS]} from a clone",
    )
    options = parser.parse_args()
    cloned = dict(options.checkout)
    tours = []
    for name in [*(options.only or ([] if cloned else CLIENTS)), *cloned]:
        tours.append(toured(name, cloned.get(name)))
        if not options.json:
            print("\n".join(lines_of(tours[-1])), flush=True)
    passed = sum(each["passed"] for each in tours)
    if options.json:
        print(json.dumps({"clients": len(tours), "passed": passed, "tours": tours}, indent=2))
    return 0 if passed == len(tours) else 1


def checkout(value: str) -> tuple[str, Path]:
    """Return tour and folder of TOUR=FOLDER; raise for a tour that needs no folder, or a folder that is not there."""
    name, _, folder = value.partition("=")
    if name not in CHECKOUTS or not folder or not Path(folder).is_dir():
        raise argparse.ArgumentTypeError(f"{value} is not one of {[*CHECKOUTS]}, = and the folder of its clone")
    return name, Path(folder).absolute()


def toured(name: str, folder: Path | None = None) -> dict[str, Any]:
    """Let one client tour a fresh org; return what it did. `folder` is the clone of one that comes by git."""
    started = time.monotonic()
    with running_org() as server:
        seed(server.origin)
        steps = steps_of(installed(name), HERE / "tours" / f"{name}.py", server.origin, folder)
    package = {**CLIENTS, **CHECKOUTS}[name]
    return {
        "client": package if folder is None else folder.name,
        "version": pinned_version(name, package) if folder is None else revision(folder),
        "passed": bool(steps) and all(each["passed"] for each in steps),
        "seconds": round(time.monotonic() - started, 1),
        "steps": steps,
    }


def revision(folder: Path) -> str:
    """Return the commit that a clone stands at, abbreviated; a question mark for a folder that is no clone."""
    done = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "?"


def steps_of(python: Path, script: Path, origin: str, folder: Path | None = None) -> list[dict[str, Any]]:
    """Run a tour; its steps are the last line that it prints. A tour that breaks off is one failed step."""
    known = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    known |= {"ORG_URL": origin, "CHECKOUT": str(folder or "")}
    command = [str(python), str(script)]
    try:
        done = subprocess.run(command, env=known, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
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
