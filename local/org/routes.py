"""Every route of the org, gathered from the modules that answer them."""

from __future__ import annotations

from typing import Protocol

from .bulk import ingest_jobs, query_jobs
from .bulk.ports import BulkOrg
from .bulk1 import batch_routes, job_routes
from .bulk1.ports import Bulk1Org
from .oauth import authorize, identity, soap_login, token_endpoint
from .rest import resources
from .rest.composite import batch, collections, composite, graph, tree
from .rest.composite.ports import CompositeOrg
from .rest.ports import ResourcesOrg
from .rest.query import queries
from .rest.sobjects import describe, record_counts, relationships, replication, rows
from .rest.tooling import objects as tooling
from .search import searches
from .view import routes as view
from .view.ports import ViewOrg
from .wire.call import Route


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
        *searches.ROUTES,
        *query_jobs.ROUTES,
        *ingest_jobs.ROUTES,
        *tooling.ROUTES,
    ]


def bulk1_routes() -> list[Route[Bulk1Org]]:
    """Return the routes of Bulk API 1.0, below `/services/async/NN.0`."""
    return [*job_routes.ROUTES, *batch_routes.ROUTES]


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
