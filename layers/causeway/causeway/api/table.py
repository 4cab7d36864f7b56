"""Every route in one table, with the route of the document that is made of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from causeway.api.routes import connections as connection_routes
from causeway.api.routes import deployment as deployment_routes
from causeway.api.routes import discovery as discovery_routes
from causeway.api.routes import dry_run as dry_run_routes
from causeway.api.routes import history as history_routes
from causeway.api.routes import lookups as lookup_routes
from causeway.api.routes import overview as overview_routes
from causeway.api.routes import parked as parked_routes
from causeway.api.routes import records as record_routes
from causeway.api.routes import relay as relay_routes
from causeway.api.routes import subscriptions as subscription_routes
from causeway.api.routes import syncs as sync_routes
from causeway.api.routes import usage as usage_routes
from causeway.api.routing import Call, Route, Scope

if TYPE_CHECKING:
    from causeway.wiring.api import UseCases


def read_openapi(call: Call, use: UseCases) -> dict[str, Any]:
    """Read this document."""
    from causeway.api.openapi import document  # only this request pays its import

    return document(ROUTES)


ROUTES: tuple[Route, ...] = (
    *connection_routes.ROUTES,
    *sync_routes.ROUTES,
    *dry_run_routes.ROUTES,
    *discovery_routes.ROUTES,
    *history_routes.ROUTES,
    *parked_routes.ROUTES,
    *record_routes.ROUTES,
    *lookup_routes.ROUTES,
    *subscription_routes.ROUTES,
    *relay_routes.ROUTES,
    *usage_routes.ROUTES,
    *overview_routes.ROUTES,
    *deployment_routes.ROUTES,
    Route("GET", "openapi.json", read_openapi, scope=Scope.PUBLIC),
)
