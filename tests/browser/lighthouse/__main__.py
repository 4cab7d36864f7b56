"""
`python -m tests.browser.lighthouse`: Lighthouse judges the overview and a mapping, and says what costs points.

Every category must reach 95. The audit `is-crawlable` is left out: nobody's console belongs into a search engine, and the pages say so.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from local.stack.places import VENV_BIN
from tests.browser.chromium import MISSING, chromium_path
from tests.browser.console.visit import parked
from tests.support.api.console_stack import a_console
from tests.support.api.stack import ApiStack, an_api_stack

HERE = Path(__file__).parent
LEAST = 95
PAGES = {"overview": {"section": "overview"}, "mapping": {"section": "syncs", "id": "lead-contact"}}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PATIENCE_S = 240


def main() -> int:
    """Judge each page; return the exit code."""
    parser = argparse.ArgumentParser(description="Let Lighthouse judge the console.")
    parser.add_argument("--json", action="store_true", help="print the scores as JSON")
    parser.add_argument("--form", choices=("desktop", "mobile"), default="desktop", help="the device that is simulated")
    given = parser.parse_args()
    if chromium_path() is None:
        print(MISSING, file=sys.stderr)
        return 2
    _npm("ci")
    with an_api_stack() as stack, a_console(stack) as url:
        _fill(stack)
        found = {name: judged(stack, url, where, given.form) for name, where in PAGES.items()}
    scores = {name: scores_of(report) for name, report in found.items()}
    print(json.dumps(scores) if given.json else "\n".join(_lines(scores, found)))
    return 0 if all(score >= LEAST for page in scores.values() for score in page.values()) else 1


def scores_of(report: Mapping[str, Any]) -> dict[str, int]:
    """Return the score of each category, 0 to 100."""
    return {name: round(100 * report["categories"][name]["score"]) for name in CATEGORIES}


def lost(report: Mapping[str, Any]) -> list[str]:
    """Return the audits that cost points, one line each."""
    weighed = {
        ref["id"]: ref["weight"]
        for name in CATEGORIES
        for ref in report["categories"][name]["auditRefs"]
        if ref["weight"]
    }
    audits = (report["audits"][each] for each in weighed)
    return [
        f"{each['id']}: {each['title']} {each.get('displayValue', '')}".strip()
        for each in audits
        if each["score"] is not None and each["score"] < 0.9
    ]


def judged(stack: ApiStack, url: str, where: Mapping[str, str], form: str) -> dict[str, Any]:
    """Return Lighthouse's report on a page, opened with a session of its own."""
    _, session = stack.backend("POST", "sessions", {"user": "ada@acme.example", "role": "manager"}, tenant="acme")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        command = [
            str(VENV_BIN / "node"),
            str(HERE / "node_modules" / "lighthouse" / "cli" / "index.js"),
            f"{url}?lang=en#{urlencode({'session': session['token'], **where})}",
            "--quiet",
            "--output=json",
            f"--output-path={path}",
            f"--only-categories={','.join(CATEGORIES)}",
            "--skip-audits=is-crawlable",
            "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
            *(["--preset=desktop"] if form == "desktop" else []),
        ]
        environment = {**os.environ, "CHROME_PATH": chromium_path() or ""}
        subprocess.run(command, check=True, env=environment, timeout=PATIENCE_S)
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return report


def _fill(stack: ApiStack) -> None:
    """Connect the tenant, with a sync that is live and changes that are parked."""
    stack.walk()
    push = {"create_when_missing": True}
    stack.backend(
        "POST", "syncs", {"source": "lead", "sobject": "Contact", "enabled": True, "push": push}, tenant="acme"
    )
    stack.use.parked.put([parked(number) for number in range(3)])


def _lines(scores: Mapping[str, Mapping[str, int]], found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    lines = []
    for page, reached in scores.items():
        lines.append(f"{page}: " + ", ".join(f"{name} {score}" for name, score in reached.items()))
        lines += [f"    {each}" for each in lost(found[page])]
    return lines


def _npm(*arguments: str) -> None:
    path = f"{VENV_BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    command = [str(VENV_BIN / "npm"), *arguments, "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=HERE, check=True, env={**os.environ, "PATH": path})


if __name__ == "__main__":
    sys.exit(main())
