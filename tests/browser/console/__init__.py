"""The console in a real browser, as a tenant's people would use it; pictures go to `.local/browser/`. Begin with visit.py."""

from __future__ import annotations

from collections.abc import Sequence

from playwright.sync_api import Browser

from tests.browser.console import asking, connection, editing, embedding, keyboard, pages, rules, speed
from tests.browser.console.visit import begun
from tests.browser.visits import chosen, run

VISITS = (
    *connection.VISITS,
    *editing.VISITS,
    *keyboard.VISITS,
    *rules.VISITS,
    *pages.VISITS,
    *asking.VISITS,
    *embedding.VISITS,
    *speed.VISITS,
)


def run_all(browser: Browser, only: Sequence[str]) -> int:
    """Run every visit whose name contains one of `only`; return how many failed."""
    return run(chosen(VISITS, only), begun, browser)
