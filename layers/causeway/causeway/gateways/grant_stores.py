"""
Two stores of refresh tokens: the deployment's, and the one that it may have had before.

`GrantStore` may be changed at any time: a token is read where it is, and moves when it is next rotated.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol

from causeway.connections.oauth.flow import AppCredentials
from causeway.connections.tokens.grants import KeptToken
from causeway.errors import CausewayError, NotFound


class Grants(Protocol):
    """Refresh tokens: gateways/aws/secrets.py, gateways/dynamodb/grants.py."""

    def refresh_token(self, tenant: str, grant: str, version: str | None) -> KeptToken: ...
    def keep_refresh_token(self, tenant: str, grant: str, token: str, rotation: int) -> str: ...
    def forget(self, tenant: str, grant: str) -> None: ...


class Apps(Protocol):
    """App credentials, which always lie in Secrets Manager."""

    def app(self, tenant: str, app: str, version: str = "") -> AppCredentials: ...
    def keep_app(self, tenant: str, app: AppCredentials) -> str: ...


class GrantStores:
    """What one invocation of the token broker reads and writes of secrets; `here` is the deployment's store of refresh tokens."""

    def __init__(self, apps: Apps, here: Grants, elsewhere: Grants) -> None:
        self.app, self.keep_app = apps.app, apps.keep_app
        self._here, self._elsewhere = here, elsewhere
        self._moving: set[tuple[str, str]] = set()

    def refresh_token(self, tenant: str, grant: str, version: str | None) -> KeptToken:
        """Return a grant's refresh token, from the other store where this one has none; raise NotFound."""
        try:
            return self._here.refresh_token(tenant, grant, version)
        except NotFound:
            found = self._elsewhere.refresh_token(tenant, grant, None)
        self._moving.add((tenant, grant))
        return found

    def keep_refresh_token(self, tenant: str, grant: str, token: str, rotation: int) -> str:
        """Keep a grant's refresh token here, then remove the one before from the other store if that had it."""
        version = self._here.keep_refresh_token(tenant, grant, token, rotation)
        if (tenant, grant) in self._moving:
            with suppress(CausewayError):  # it has been used: nobody can do anything with it
                self._elsewhere.forget(tenant, grant)
        return version

    def forget(self, tenant: str, grant: str) -> None:
        """Forget a grant in both stores."""
        self._here.forget(tenant, grant)
        self._elsewhere.forget(tenant, grant)
