"""Every route, in one table."""

from __future__ import annotations

from causeway.api import deployment_routes, discovery_routes, sync_routes, usage_routes
from causeway.api.routing import Route

ROUTES: tuple[Route, ...] = (
    *sync_routes.ROUTES,
    *discovery_routes.ROUTES,
    *usage_routes.ROUTES,
    *deployment_routes.ROUTES,
)
