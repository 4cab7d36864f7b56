"""Forgets what the wiring has built, as a new execution environment would."""

from __future__ import annotations

import sys

PACKAGE = "causeway.wiring."
CLIENTS = f"{PACKAGE}clients"


def forget_what_was_built(*, keep_clients: bool = False) -> None:
    """Clear the caches of every wiring module that is imported; `keep_clients` spares clients and settings."""
    for name, module in list(sys.modules.items()):
        if name.startswith(PACKAGE) and not (keep_clients and name == CLIENTS):
            for item in vars(module).values():
                if hasattr(item, "cache_clear") and getattr(item, "__module__", "") == name:
                    item.cache_clear()
