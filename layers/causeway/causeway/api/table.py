"""Every route, in one table."""

from __future__ import annotations

from causeway.api.routes import connections as connection_routes
from causeway.api.routes import deployment as deployment_routes
from causeway.api.routes import discovery as discovery_routes
from causeway.api.routes import dry_run as dry_run_routes
from causeway.api.routes import history as history_routes
from causeway.api.routes import records as record_routes
from causeway.api.routes import syncs as sync_routes
from causeway.api.routes import usage as usage_routes
from causeway.api.routing import Route

ROUTES: tuple[Route, ...] = (
    *connection_routes.ROUTES,
    *sync_routes.ROUTES,
    *dry_run_routes.ROUTES,
    *discovery_routes.ROUTES,
    *history_routes.ROUTES,
    *record_routes.ROUTES,
    *usage_routes.ROUTES,
    *deployment_routes.ROUTES,
)
