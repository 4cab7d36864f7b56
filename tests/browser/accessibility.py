"""What axe-core finds on a page against WCAG 2.2 AA."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "(rules) => window.axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})"


@cache
def _axe() -> str:
    return AXE.read_text("utf-8")


def violations(page: Page) -> list[str]:
    """Return each violation with the first places where it is; the page's own policy holds while axe looks at it."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_axe() + "\n;undefined")
    found: dict[str, Any] = page.evaluate(RUN, RULES)
    return [
        f"{each['id']}: {each['help']} ({', '.join(_place(node) for node in each['nodes'][:3])})"
        for each in found["violations"]
    ]


def _place(node: dict[str, Any]) -> str:
    message = next((check["message"] for check in node["any"]), "")
    return f"{node['target']} {node['html'][:90]} {message}".strip()
