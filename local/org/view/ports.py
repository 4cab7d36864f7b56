"""What the web view needs of the org."""

from __future__ import annotations

from typing import Protocol

from ..data.store import Store
from ..oauth.ports import OAuthOrg
from ..schema.sobjects import Schema
from ..server.audit import Audit


class ViewOrg(OAuthOrg, Protocol):
    """The org as the web view sees it; the first page may show the login form."""

    @property
    def schema(self) -> Schema:
        """Return every sObject of the org."""

    @property
    def store(self) -> Store:
        """Return the records of the org."""

    @property
    def audit(self) -> Audit:
        """Return the audit log."""
