"""
Imported before anything else by every handler: no garbage is looked for while modules load.

Nearly everything that an import makes stays for good, so each collection meanwhile walks all of it for nothing: about a sixth
of push's cold start (`python -m benchmarks.cold_start`).
"""

from __future__ import annotations

import gc
from importlib import import_module

gc.disable()
YOUNG_OBJECTS = (
    50_000  # made before they are looked through, some ten megabytes; by default 2,000, a fraction of one page or batch
)


def loaded(*more: str) -> None:
    """
    Import `more` modules, then collect garbage from now on, without ever walking what has been loaded, and seldom.

    `more` are modules that are imported where they are used, and that the first invocation needs in any case: while an
    environment starts, Lambda gives it more processor time than later.
    """
    for name in more:
        import_module(name)
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    gc.enable()
