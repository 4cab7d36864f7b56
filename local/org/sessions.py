"""The org's sessions: access tokens, whose they are, and how long they live on the org's clock."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Session:
    """One access token: its user, its app, its scopes; `last_used_ms` moves with every API call."""

    token: str
    user_id: str
    username: str
    client_id: str
    scopes: frozenset[str] = field(default_factory=frozenset)
    created_ms: int = 0
    last_used_ms: int = 0
    grant_id: str = ""
    ended: bool = False
