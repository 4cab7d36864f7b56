"""Every route below `/services/data/vNN.N`, gathered from the modules that answer them."""

from __future__ import annotations

from local.org.bulk import ingest_jobs as bulk_ingest
from local.org.bulk import query_jobs as bulk_query
from local.org.rest import versions
from local.org.rest.composite import batch, collections, composite, graph, tree
from local.org.rest.query import queries, tooling
from local.org.rest.sobjects import describe, record_counts, relationships, replication, rows
from local.org.wire.call import Route


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
