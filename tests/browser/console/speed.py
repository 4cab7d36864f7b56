"""How large the page is, whom it asks, and how quickly it answers a key."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from functions.console.app import LANGUAGES, assembled
from tests.browser.chromium import BrowserFault
from tests.browser.console.visit import Visit

MOST_BYTES = 60 * 1024


def is_small_and_asks_nobody_else(visit: Visit) -> None:
    """The page is at most 60 KB compressed in every language, and asks no other origin for anything on any page."""
    for language in LANGUAGES:
        size = len(gzip.compress(assembled(language)[0].encode(), 6))
        print(f"        the page in {language}: {size:,} bytes compressed")
        if size > MOST_BYTES:
            raise BrowserFault(f"The page in {language} has {size:,} bytes compressed.")
    for section in ("overview", "syncs", "records", "parked", "history", "model", "connection", "tenants"):
        visit.opens("operator", section)
        visit.sees("Overview")
        visit.browser.page.wait_for_load_state("networkidle")
    origin = visit.url.removesuffix("/console")
    others = {each for each in visit.browser.requested if not each.startswith((origin, "data:", "about:"))}
    if others:
        raise BrowserFault(f"The console asked {others}.")
    visit.is_content()


VISITS: tuple[Callable[[Visit], None], ...] = (is_small_and_asks_nobody_else,)
