"""Let visits happen one after another, each in a fresh deployment and browser, and say how each went."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from tests.browser.chromium import MISSING, BrowserFault, Chromium, chromium_path

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / ".local" / "browser"


class AVisit(Protocol):
    """A person at a browser."""

    browser: Chromium


def run[V: AVisit](acts: Sequence[Callable[[V], None]], begun: Callable[[], AbstractContextManager[V]]) -> int:
    """Run every act and say how it went; return 1 when one failed, 2 without a browser."""
    if chromium_path() is None:
        print(MISSING, file=sys.stderr)
        return 2
    PICTURES.mkdir(parents=True, exist_ok=True)
    problems = [_reported(act, begun) for act in acts]
    return 1 if any(problems) else 0


def _reported[V: AVisit](act: Callable[[V], None], begun: Callable[[], AbstractContextManager[V]]) -> str:
    problem = ""
    with begun() as visit:
        try:
            act(visit)
        except BrowserFault as fault:
            visit.browser.picture(PICTURES / f"failed-{act.__name__}.png")
            problem = str(fault)
    print(f"{'FAILED' if problem else 'ok':>6}  {act.__doc__}{' ' + problem if problem else ''}", flush=True)
    return problem
