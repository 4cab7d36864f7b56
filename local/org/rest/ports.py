"""What the REST resources need of the org."""

from __future__ import annotations

from typing import Protocol

from ..data.store import Store
from ..schema.sobjects import Schema
from ..setup.clock import Clock
from ..setup.limits import Limits
from ..setup.settings import Settings


class DataOrg(Protocol):
    """The org as resources of records see it."""

    @property
    def store(self) -> Store:
        """Return the records of the org."""

    @property
    def schema(self) -> Schema:
        """Return every sObject of the org."""

    @property
    def clock(self) -> Clock:
        """Return the clock of the org."""

    @property
    def settings(self) -> Settings:
        """Return the settings of the org."""

    @property
    def org_id(self) -> str:
        """Return the Id of the org, 18 characters."""


class ResourcesOrg(Protocol):
    """The org as the list of resources and the limits see it."""

    @property
    def settings(self) -> Settings:
        """Return the settings of the org."""

    @property
    def limits(self) -> Limits:
        """Return what the org allows and what is used of it."""

    def identity_url(self, user_id: str) -> str:
        """Return the identity URL of a user."""
