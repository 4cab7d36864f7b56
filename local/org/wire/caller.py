"""Whose request it is, as far as handlers and records need to know."""

from __future__ import annotations

from typing import Protocol


class Caller(Protocol):
    """The user in whose name a request runs."""

    @property
    def user_id(self) -> str:
        """Return the Id of the user's record."""

    @property
    def username(self) -> str:
        """Return the name that the user logs in with."""
