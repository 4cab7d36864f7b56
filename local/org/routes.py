"""Every route of the org, gathered from the modules that answer them."""

from __future__ import annotations

from typing import Protocol

from local.org.bulk import ingest_jobs, query_jobs
from local.org.bulk.ports import BulkOrg
from local.org.oauth import authorize, identity, soap_login, token_endpoint
from local.org.rest import resources
from local.org.rest.composite import batch, collections, composite, graph, tree
from local.org.rest.composite.ports import CompositeOrg
from local.org.rest.ports import ResourcesOrg
from local.org.rest.query import queries, tooling
from local.org.rest.sobjects import describe, record_counts, relationships, replication, rows
from local.org.view import routes as view
from local.org.view.ports import ViewOrg
from local.org.wire.call import Route


class VersionedOrg(BulkOrg, CompositeOrg, ResourcesOrg, Protocol):
    """The org as all the resources below an API version see it."""


def versioned_routes() -> list[Route[VersionedOrg]]:
    """Return the routes below `/services/data/vNN.N`, in the order in which they are tried."""
    return [
        *resources.ROUTES,
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
        *query_jobs.ROUTES,
        *ingest_jobs.ROUTES,
        *tooling.ROUTES,
    ]


def public_routes() -> list[Route[ViewOrg]]:
    """Return the routes that have their whole path to themselves and need no session: versions, logins, web view."""
    return [
        *resources.PUBLIC_ROUTES,
        *authorize.ROUTES,
        *token_endpoint.ROUTES,
        *identity.ROUTES,
        *soap_login.ROUTES,
        *view.ROUTES,
    ]
