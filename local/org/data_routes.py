"""Every route below `/services/data/vNN.N`, gathered from the modules that answer them."""

from __future__ import annotations

import importlib
import importlib.util

from local.org.call import Route

MODULES = "versions describe replication rows collections composite batch graph tree record_counts queries bulk_query bulk_ingest"


def data_routes() -> list[Route]:
    """Return the routes of every module, in the order in which they are tried."""
    routes: list[Route] = []
    for name in MODULES.split():
        if importlib.util.find_spec(f"local.org.{name}"):
            routes += importlib.import_module(f"local.org.{name}").ROUTES
    return routes
