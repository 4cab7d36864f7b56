"""What users granted to apps: authorization codes, refresh tokens with rotation and reuse detection, approvals."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ..setup.clock import Clock
from ..setup.connected_apps import ConnectedApp
from .errors import OAuthError
from .facts import (
    APPROVALS_PER_USER_AND_APP,
    AUTHORIZATION_CODE_LIFE_S,
    DEAD_REFRESH_TOKEN,
    REUSED_CODE,
    TOKEN_REQUEST_IN_PROGRESS,
    UNKNOWN_CODE,
)
from .sessions import Sessions
from .token_mint import TokenMint


@dataclass(slots=True)
class Pending:
    """An authorization that is not finished: the user must still log in or approve."""

    id: str
    app: ConnectedApp
    redirect_uri: str
    state: str | None
    scopes: list[str]
    challenge: str
    prompt: set[str]
    login_hint: str


@dataclass(slots=True)
class AuthorizationCode:
    """A code for the app: single use, valid for 15 minutes."""

    code: str
    client_id: str
    user_id: str
    redirect_uri: str
    scopes: list[str]
    challenge: str
    created_ms: int
    used: bool = False


@dataclass(slots=True)
class Grant:
    """One approval with a refresh token; `spent` are the tokens that rotation replaced (the family)."""

    id: str
    client_id: str
    user_id: str
    scopes: list[str]
    refresh_token: str
    created_ms: int
    last_used_ms: int
    spent: set[str] = field(default_factory=set)
    revoked: bool = False


class Grants:
    """All codes, grants and remembered approvals of the org."""

    def __init__(self, clock: Clock, mint: TokenMint, sessions: Sessions) -> None:
        self._clock, self._mint, self._sessions = clock, mint, sessions
        self._codes: dict[str, AuthorizationCode] = {}
        self._by_token: dict[str, Grant] = {}
        self.all: list[Grant] = []
        self.approved: dict[tuple[str, str], set[str]] = {}
        self._in_progress: set[str] = set()
        self._lock = threading.RLock()

    @contextmanager
    def processing(self, token: str) -> Iterator[None]:
        """Hold a code or refresh token while one request works with it; refuse a second request meanwhile."""
        with self._lock:
            if token and token in self._in_progress:
                raise OAuthError(*TOKEN_REQUEST_IN_PROGRESS)
            self._in_progress.add(token)
        try:
            yield
        finally:
            with self._lock:
                self._in_progress.discard(token)

    def issue_code(
        self, app: ConnectedApp, user_id: str, redirect_uri: str, scopes: list[str], challenge: str
    ) -> AuthorizationCode:
        """Return a new authorization code for an approved request."""
        code = AuthorizationCode(
            self._mint.code(), app.client_id, user_id, redirect_uri, scopes, challenge, self._clock.now_ms()
        )
        self._codes[code.code] = code
        return code

    def code(self, text: str, client_id: str) -> AuthorizationCode:
        """Return a code that may still be used; raise invalid_grant otherwise."""
        code = self._codes.get(text)
        if code is None or code.client_id != client_id:
            raise OAuthError(*UNKNOWN_CODE)
        if code.used or self._clock.now_ms() - code.created_ms > AUTHORIZATION_CODE_LIFE_S * 1000:
            raise OAuthError(*REUSED_CODE)
        return code

    def open_grant(self, app: ConnectedApp, user_id: str, scopes: list[str]) -> Grant:
        """Start a grant with a refresh token; the sixth of a user and app silently revokes the oldest."""
        now_ms = self._clock.now_ms()
        with self._lock:
            alive = [g for g in self.all if not g.revoked and (g.user_id, g.client_id) == (user_id, app.client_id)]
            for oldest in alive[: max(0, len(alive) - APPROVALS_PER_USER_AND_APP + 1)]:
                self.revoke(oldest)
            token = self._mint.refresh_token()
            grant = Grant(self._mint.name(), app.client_id, user_id, scopes, token, now_ms, now_ms)
            self.all.append(grant)
            self._by_token[token] = grant
        return grant

    def refreshed(self, token: str, app: ConnectedApp) -> tuple[Grant, str | None]:
        """
        Use a refresh token; return its grant and the new refresh token when the app rotates them.

        A token that rotation replaced kills the whole family: current refresh token and all access tokens (help,
        remoteaccess_oauth_refresh_token_flow). Raises invalid_grant for every dead token.
        """
        with self._lock:
            grant = self._by_token.get(token)
            if grant is None or grant.client_id != app.client_id or grant.revoked or self._expired(grant, app):
                raise OAuthError(*DEAD_REFRESH_TOKEN)
            if token != grant.refresh_token:
                self.revoke(grant)
                raise OAuthError(*DEAD_REFRESH_TOKEN)
            grant.last_used_ms = self._clock.now_ms()
            return grant, self._rotated(grant) if app.rotation else None

    def _rotated(self, grant: Grant) -> str:
        grant.spent.add(grant.refresh_token)
        grant.refresh_token = self._mint.refresh_token()
        self._by_token[grant.refresh_token] = grant
        return grant.refresh_token

    def _expired(self, grant: Grant, app: ConnectedApp) -> bool:
        now_ms, ttl_ms = self._clock.now_ms(), app.refresh_ttl_s * 1000
        match app.refresh_policy:
            case "immediately":
                return True
            case "unused":
                return now_ms - grant.last_used_ms > ttl_ms
            case "after":
                return now_ms - grant.created_ms > ttl_ms
        return False

    def of_token(self, token: str) -> Grant | None:
        """Return the grant, not revoked, whose current refresh token this is."""
        grant = self._by_token.get(token)
        return grant if grant and not grant.revoked and grant.refresh_token == token else None

    def revoke(self, grant: Grant) -> None:
        """Revoke a grant: its refresh tokens and every session that came from it."""
        grant.revoked = True
        self._sessions.end_of_grant(grant.id)

    def revoke_all(self, user_id: str | None = None) -> None:
        """Revoke every grant and remembered approval, of one user or of all, as an admin can."""
        for grant in self.all:
            if user_id in (None, grant.user_id):
                self.revoke(grant)
        self.approved = {key: value for key, value in self.approved.items() if user_id not in (None, key[0])}
