"""The deployment's own routes: health and the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from causeway.api.bodies.shared import Health
from causeway.api.routing import Call, Route, Scope

if TYPE_CHECKING:
    from causeway.wiring.api import UseCases


def read_health(call: Call, use: UseCases) -> Health:
    """Tell that the API is up."""
    return Health()


def read_openapi(call: Call, use: UseCases) -> dict[str, Any]:
    """Read this document."""
    from causeway.api.openapi import document
    from causeway.api.table import ROUTES as ALL

    return document(ALL)


ROUTES = (
    Route("GET", "health", read_health, scope=Scope.PUBLIC, answers=Health),
    Route("GET", "openapi.json", read_openapi, scope=Scope.PUBLIC),
)
