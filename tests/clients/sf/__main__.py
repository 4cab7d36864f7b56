"""`python -m tests.clients.sf [--json]`: install Salesforce's command line and do with a simulated org what people do by it."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.clients.node import INSTALLED, installed, tools
from tests.clients.others.seeding import seed
from tests.clients.sf.command_line import CommandLine
from tests.clients.sf.steps import STEPS
from tests.support.org.edge import running_org

PINS = Path(__file__).parent / "package.json"
FOLDER = INSTALLED.parent / "sf"


def main() -> int:
    """Take every step; return the exit code: 1 when one failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.clients.sf", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
    options = parser.parse_args()
    found = tools()
    if found is None or not installed(found[1], PINS, FOLDER, "@salesforce/cli"):
        return 1
    with running_org() as server, tempfile.TemporaryDirectory() as files:
        seed(server.origin)
        sf = CommandLine(found[0], FOLDER, Path(files), server.origin)
        steps = [taken(sf, name) for name in STEPS]
    passed = sum(each["passed"] for each in steps)
    if options.json:
        print(json.dumps({"steps": len(steps), "passed": passed, "did": steps}, indent=2))
    else:
        print(
            "\n".join(f"{'ok' if each['passed'] else 'FAILED'}  {each['step']}{each.get('why', '')}" for each in steps)
        )
    return 0 if passed == len(steps) else 1


def taken(sf: CommandLine, name: str) -> dict[str, Any]:
    """Take one step; return whether it passed, and why not."""
    try:
        STEPS[name](sf)
    except (AssertionError, KeyError, IndexError, ValueError) as error:
        return {"step": name, "passed": False, "why": f": {error!r}"[:2000]}
    return {"step": name, "passed": True}


if __name__ == "__main__":
    sys.exit(main())
