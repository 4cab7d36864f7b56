"""Every route, in one table."""

from __future__ import annotations

from causeway.api import (
    connection_routes,
    deployment_routes,
    discovery_routes,
    dry_run_routes,
    history_routes,
    record_routes,
    sync_routes,
    usage_routes,
)
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
