"""Which claims a batch works with: those of one tenant in one org."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from causeway.push.memory.claims.answers import Seen
from causeway.push.ports import Claims


class ClaimScope(NamedTuple):
    """The store of claims, and the tenant and org that identifiers are taken for."""

    tenant: str
    org_id: str
    store: Claims

    def look(self, identifiers: Iterable[str]) -> dict[str, Seen]:
        """Return what is stored of these identifiers; asking for none costs no call."""
        wanted = set(identifiers)
        return self.store.look(self.tenant, wanted) if wanted else {}
