"""What the web view needs of the org."""

from __future__ import annotations

from typing import Protocol

from local.org.data.store import Store
from local.org.oauth.ports import OAuthOrg
from local.org.schema.sobjects import Schema
from local.org.server.audit import Audit


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
