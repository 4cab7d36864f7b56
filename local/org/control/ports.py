"""What the control API needs of the org."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import Any, Protocol

from ..data.store import Store
from ..oauth.grants import Grants
from ..oauth.sessions import Sessions
from ..oauth.users import Users
from ..schema.sobjects import Schema
from ..server.audit import Audit
from ..server.fault_rules import Faults
from ..setup.clock import Clock
from ..setup.limits import Limits
from ..setup.settings import Settings


class ControlOrg(Protocol):
    """The org as the control API sees it: all that can be read, set or reset."""

    @property
    def org_id(self) -> str:
        """Return the Id of the org, 18 characters."""

    @property
    def origin(self) -> str:
        """Return the address that the org is served at."""

    @property
    def clock(self) -> Clock:
        """Return the clock of the org."""

    @property
    def settings(self) -> Settings:
        """Return the settings of the org."""

    @property
    def limits(self) -> Limits:
        """Return what the org allows and what is used of it."""

    @property
    def schema(self) -> Schema:
        """Return every sObject of the org."""

    @property
    def store(self) -> Store:
        """Return the records of the org."""

    @property
    def users(self) -> Users:
        """Return the users of the org."""

    @property
    def sessions(self) -> Sessions:
        """Return the access tokens of the org."""

    @property
    def grants(self) -> Grants:
        """Return what users granted to apps."""

    @property
    def audit(self) -> Audit:
        """Return the audit log."""

    @property
    def faults(self) -> Faults:
        """Return the faults in force."""

    @property
    def lock(self) -> AbstractContextManager[object]:
        """Return what lets one request at a time work with the org."""

    def reset(self, keep: Collection[str] = ()) -> None:
        """Reset the org, except for what `keep` names."""

    def declare(self, declaration: dict[str, Any]) -> None:
        """Add what a schema file declares."""

    def change_settings(self, changes: dict[str, Any]) -> None:
        """Set the named settings."""

    def identity_url(self, user_id: str) -> str:
        """Return the identity URL of a user."""
