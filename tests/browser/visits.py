"""Let visits happen one after another, each in a fresh deployment and tab, and say how each went."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Protocol

from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from tests.browser.chromium import BrowserFault, Chromium

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / ".local" / "browser"


class AVisit(Protocol):
    """A person at a browser."""

    browser: Chromium


def chosen[V: AVisit](acts: Sequence[Callable[[V], None]], only: Sequence[str]) -> list[Callable[[V], None]]:
    """Return the acts whose names contain one of these texts."""
    return [act for act in acts if any(name in act.__name__ for name in only)]


def run[V: AVisit](
    acts: Sequence[Callable[[V], None]], begun: Callable[[Browser], AbstractContextManager[V]], browser: Browser
) -> int:
    """Run every act and say how it went; return how many failed."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    return sum(bool(_reported(act, begun, browser)) for act in acts)


def _reported[V: AVisit](
    act: Callable[[V], None], begun: Callable[[Browser], AbstractContextManager[V]], browser: Browser
) -> str:
    problem = ""
    started = time.monotonic()
    with begun(browser) as visit:
        try:
            act(visit)
        except (BrowserFault, PlaywrightError, AssertionError) as fault:
            said = f" The browser complains: {visit.browser.problems}" if visit.browser.problems else ""
            problem = (str(fault) or type(fault).__name__) + said
            with suppress(BrowserFault):  # a page that hangs shows nothing; what failed is said all the same
                visit.browser.picture(PICTURES / f"failed-{act.__name__}.png")
    took = f"{time.monotonic() - started:4.1f} s"
    print(
        f"{'FAILED' if problem else 'ok':>6}  {took}  {act.__doc__}{' ' + problem if problem else ''}",
        file=sys.stdout,
        flush=True,
    )
    return problem
