"""Every route below `/services/data/vNN.N`, gathered from the modules that answer them."""

from __future__ import annotations

from local.org import (
    batch,
    bulk_ingest,
    bulk_query,
    collections,
    composite,
    describe,
    graph,
    queries,
    record_counts,
    relationships,
    replication,
    rows,
    tooling,
    tree,
    versions,
)
from local.org.call import Route


def data_routes() -> list[Route]:
    """Return the routes of every module, in the order in which they are tried."""
    return [
        *versions.ROUTES,
        *describe.ROUTES,
        *replication.ROUTES,
        *relationships.ROUTES,
        *rows.ROUTES,
        *collections.ROUTES,
        *composite.ROUTES,
        *batch.ROUTES,
        *graph.ROUTES,
        *tree.ROUTES,
        *record_counts.ROUTES,
        *queries.ROUTES,
        *bulk_query.ROUTES,
        *bulk_ingest.ROUTES,
        *tooling.ROUTES,
    ]
