"""
`python -m tests.clients.jsforce_suite FOLDER [--json]`: run jsforce's live suite, from its clone, against a simulated org by HTTPS.

The clone is ready after `npm install --ignore-scripts` and `npm exec -- tsc -p .`; its Node (22 or newer) is the first on the PATH.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.org.running import RunningOrg, running_org
from local.org.serving import certified
from tests.support.org.certificates import certificate_in

FILES = (
    "bulk",
    "bulk2",
    "connection-crud",
    "connection-meta",
    "connection-session",
    "query",
    "query-pagination.mock",
    "sobject",
    "schema",
    "body-size",
    "oauth2",
)
OUT_OF_SCOPE = re.compile(r"layout|list view|\btabs\b|theme", re.IGNORECASE)
"""Pages of Salesforce's own interface, which README.md of the org names among what is not simulated."""
BIG_TABLE = 2_200
PATIENCE_S = 500


def main() -> int:
    """Run the suite; print what failed and how many passed; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.clients.jsforce_suite", description=__doc__)
    parser.add_argument("folder", type=Path, help="a clone of jsforce/jsforce")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as where:
        certificate, key = certificate_in(Path(where))
        with running_org(tls=certified(certificate, key)) as org:
            prepare(org)
            report = judged(suite(options.folder, org, certificate, Path(where) / "report.json"))
    print(json.dumps(report, indent=2) if options.json else "\n".join(lines_of(report)))
    return 0 if report["in_scope"] and report["passed"] == report["in_scope"] else 1


def prepare(org: RunningOrg) -> None:
    """Give the org what the suite's own set-up deploys (test/package, test/bin/org-setup) and a scratch org's sample records."""
    org.settings(bulk_polls=0)
    number = {"name": "Name", "type": "string", "autoNumber": True, "displayFormat": "{00000000}"}
    key = {"name": "ExtId__c", "type": "string", "length": 50, "externalId": True}
    org.schema({"sobjects": [{"name": "BigTable__c", "fields": [number]}, {"name": "UpsertTable__c", "fields": [key]}]})
    org.load("BigTable__c", *({} for _ in range(BIG_TABLE)))
    accounts = org.load("Account", *({"Name": f"Sample {n}", "Type": "Customer"} for n in range(3)))
    org.load("Contact", *({"FirstName": "Jo", "LastName": "Doe", "AccountId": each} for each in accounts))
    deal = {"StageName": "Prospecting", "CloseDate": "2026-12-31"}
    org.load("Opportunity", *({"Name": f"Deal {n}", "AccountId": each, **deal} for n, each in enumerate(accounts)))


def suite(folder: Path, org: RunningOrg, certificate: Path, report: Path) -> dict[str, Any]:
    """Run the suite's files by jest; return jest's report."""
    known = {
        "NODE_EXTRA_CA_CERTS": str(certificate),
        "SF_LOGIN_URL": org.origin,
        "SF_ACCESS_TOKEN": org.access_token,
        "SF_USERNAME": org.username,
        "SF_PASSWORD": org.password,
    }
    files = [f"test/{name}.test.ts" for name in FILES]
    command = [
        "node",
        "node_modules/.bin/jest",
        "--forceExit",
        "--runInBand",
        "--json",
        f"--outputFile={report}",
        *files,
    ]
    subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **known},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        timeout=PATIENCE_S,
    )
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


def judged(report: dict[str, Any]) -> dict[str, Any]:
    """Return how many tests are in scope, how many of those passed, and which failed; a file that did not load is a failure."""
    tests = list(_tests(report))
    judged = [
        each for each in tests if each["status"] in ("passed", "failed") and not OUT_OF_SCOPE.search(each["fullName"])
    ]
    broken = [each["name"] for each in report["testResults"] if not each["assertionResults"]]
    failed = [each["fullName"] for each in judged if each["status"] == "failed"]
    return {
        "in_scope": len(judged) + len(broken),
        "passed": len(judged) - len(failed),
        "failed": failed + broken,
        "out_of_scope": sum(bool(OUT_OF_SCOPE.search(each["fullName"])) for each in tests),
        "skipped_by_the_suite": sum(each["status"] not in ("passed", "failed") for each in tests),
    }


def _tests(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for file in report["testResults"]:
        yield from file["assertionResults"]


def lines_of(report: dict[str, Any]) -> list[str]:
    """Return a report for a reader."""
    failed = [f"FAILED  {name}" for name in report["failed"]]
    rest = f"{report['out_of_scope']} out of scope, {report['skipped_by_the_suite']} skipped by the suite itself"
    return [*failed, f"jsforce: {report['passed']} of {report['in_scope']} passed; {rest}"]


if __name__ == "__main__":
    sys.exit(main())
