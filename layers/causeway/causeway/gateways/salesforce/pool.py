"""The orgs that one invocation calls: each tenant's access is read once, its usage noted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from threading import Lock
from typing import Protocol

import requests

from causeway.connections.connection import Usage
from causeway.gateways.salesforce.composite import OrgCalls
from causeway.gateways.salesforce.org import SalesforceOrg
from causeway.salesforce.access import Access


class StoredAccess(Protocol):
    """Access to every tenant's org (gateways/aws/access_tokens.py)."""

    def access(self, tenant: str) -> Access: ...
    def renewed(self, stale: Access) -> Access: ...
    def note_usage(self, tenant: str, usage: Usage, arrivals: int = 0) -> bool: ...


class OrgPool:
    """
    Builds each tenant's org when it is first asked for; `start` begins a new invocation, `finish` notes the usages.

    `note_arrival` counts what arrives of a tenant until its usage is noted, for the rate that is kept with it.
    """

    def __init__(self, stored: StoredAccess, session: requests.Session, now_ms: Callable[[], int]) -> None:
        self._stored, self._session, self._now_ms = stored, session, now_ms
        self._arrivals: Counter[str] = Counter()
        self._orgs: dict[str, SalesforceOrg] = {}
        self._usages: dict[str, Usage] = {}
        self._lock = Lock()

    def start(self) -> None:
        """Forget the last invocation's orgs: tokens and statuses may have changed since."""
        with self._lock:
            self._orgs.clear()
            self._usages.clear()

    def org(self, tenant: str) -> SalesforceOrg:
        """Return a tenant's org; raise NotConnected, ReconnectionRequired or OrgUnavailable."""
        found = self._orgs.get(tenant)
        if found is None:
            access = self._stored.access(tenant)
            found = SalesforceOrg(access, self._stored, self._session, self._now_ms, self._noting(tenant))
            with self._lock:
                found = self._orgs.setdefault(tenant, found)
        return found

    def calls(self, tenant: str) -> OrgCalls:
        """Return a tenant's org as push calls it."""
        return OrgCalls(self.org(tenant))

    def _noting(self, tenant: str) -> Callable[[Usage], object]:
        def note(usage: Usage) -> None:
            self._usages[tenant] = usage

        return note

    def finish(self) -> None:
        """Keep each org's newest usage with its connection."""
        for tenant, usage in sorted(self._usages.items()):
            if self._stored.note_usage(tenant, usage, self._arrivals[tenant]):
                del self._arrivals[tenant]

    def note_arrival(self, tenant: str) -> None:
        """Count changes of a tenant that arrived together."""
        with self._lock:
            self._arrivals[tenant] += 1
