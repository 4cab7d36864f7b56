"""Whose request it is, as far as handlers and records need to know."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol

CHANGE_ORIGIN: ContextVar[str] = ContextVar("change_origin", default="")
"""Which API call changes something, as change events say it; empty for changes without an API (change event header fields)."""


class Caller(Protocol):
    """The user in whose name a request runs."""

    @property
    def user_id(self) -> str:
        """Return the Id of the user's record."""

    @property
    def username(self) -> str:
        """Return the name that the user logs in with."""
