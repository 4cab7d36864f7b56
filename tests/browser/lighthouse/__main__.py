"""
`python -m tests.browser.lighthouse`: Lighthouse judges the overview and a mapping, and says what costs points.

Every category must reach 95. The audit `is-crawlable` is left out: nobody's console belongs into a search engine, and the pages say so.

A page is judged several times and its median counts, category by category, as Lighthouse advises against what else the machine
does meanwhile (docs/variability.md of Lighthouse). With `--form desktop` its preset slows nothing down; `--form mobile` is its
default, a slow phone on a slow network.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
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
RUNS = 3


def main() -> int:
    """Judge each page; return the exit code."""
    parser = argparse.ArgumentParser(description="Let Lighthouse judge the console.")
    parser.add_argument("--json", action="store_true", help="print the scores as JSON")
    parser.add_argument("--form", choices=("desktop", "mobile"), default="desktop", help="the device that is simulated")
    parser.add_argument("--runs", type=int, default=RUNS, help="how often each page is judged; the median counts")
    given = parser.parse_args()
    if chromium_path() is None:
        print(MISSING, file=sys.stderr)
        return 2
    _install()
    with an_api_stack() as stack, a_console(stack) as url:
        _fill(stack)
        found = {
            name: [judged(stack, url, where, given.form) for _ in range(given.runs)] for name, where in PAGES.items()
        }
    scores = {name: median_scores(reports) for name, reports in found.items()}
    print(json.dumps(scores) if given.json else "\n".join(_lines(scores, found)))
    return 0 if is_enough(scores) else 1


def is_enough(scores: Mapping[str, Mapping[str, int]]) -> bool:
    """Return whether every category of every page reaches what it must."""
    return all(score >= LEAST for page in scores.values() for score in page.values())


def median_scores(reports: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return the median score of each category, 0 to 100."""
    return {name: round(statistics.median(scores_of(each)[name] for each in reports)) for name in CATEGORIES}


def scores_of(report: Mapping[str, Any]) -> dict[str, int]:
    """Return the score of each category of one report, 0 to 100; one that Lighthouse could not judge has 0."""
    return {name: round(100 * (report["categories"][name]["score"] or 0)) for name in CATEGORIES}


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


def _lines(scores: Mapping[str, Mapping[str, int]], found: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    lines = []
    for page, reached in scores.items():
        each_run = ", ".join(str(scores_of(report)["performance"]) for report in found[page])
        lines.append(f"{page}: " + ", ".join(f"{name} {score}" for name, score in reached.items()))
        lines.append(f"    performance of each run: {each_run}")
        lines += [f"    {each}" for each in sorted({line for report in found[page] for line in lost(report)})]
    return lines


def _install() -> None:
    """Install what the lock file names, unless that is there."""
    installed = HERE / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime > (HERE / "package-lock.json").stat().st_mtime:
        return
    path = f"{VENV_BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    command = [str(VENV_BIN / "npm"), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=HERE, check=True, env={**os.environ, "PATH": path})


if __name__ == "__main__":
    sys.exit(main())
