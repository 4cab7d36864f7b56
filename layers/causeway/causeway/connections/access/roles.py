"""The four roles of a person, and what each includes. Pure."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Each role may do what the ones before it may: a viewer looks, an integrator and a manager connect and change settings."""

    VIEWER = "viewer"
    INTEGRATOR = "integrator"
    MANAGER = "manager"
    OPERATOR = "operator"

    def includes(self, least: Role) -> bool:
        """Return whether this role may do what `least` may."""
        order = list(Role)
        return order.index(self) >= order.index(least)
