"""The deployment's own route: its health."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causeway.api.bodies.shared import Health
from causeway.api.routing import Call, Route, Scope

if TYPE_CHECKING:
    from causeway.wiring.api import UseCases


def read_health(call: Call, use: UseCases) -> Health:
    """Tell that the API is up."""
    return Health()


ROUTES = (Route("GET", "health", read_health, scope=Scope.PUBLIC, answers=Health),)
