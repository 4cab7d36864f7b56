"""Forgets what the wiring has built, as a new execution environment would."""

from __future__ import annotations

import sys

PACKAGE = "causeway.wiring."


def forget_what_was_built() -> None:
    """Clear the caches of every wiring module that is imported."""
    for name, module in list(sys.modules.items()):
        if name.startswith(PACKAGE):
            for item in vars(module).values():
                if hasattr(item, "cache_clear"):
                    item.cache_clear()
