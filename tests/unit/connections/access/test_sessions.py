"""How long a session lives, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from causeway.connections.access.roles import Role
from causeway.connections.access.sessions import SessionRequest, new_session

NOW_MS = 1_795_168_800_000
HOUR_MS = 3_600_000


class KeptSessions:
    """Keeps what would be stored."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, int]] = []

    def keep_session(self, tenant: str, session: str, values: Mapping[str, Any], expires_at_ms: int) -> bool:
        self.kept.append((session, expires_at_ms))
        return True

    def session(self, tenant: str, session: str, now_ms: int) -> Mapping[str, Any] | None:
        return None

    def end_sessions(self, tenant: str, user: str | None = None) -> int:
        return 0

    def end_links(self, tenant: str, user: str | None, at_ms: int, until_ms: int) -> None:
        return None


def test_a_session_lives_an_hour_and_its_token_is_not_stored() -> None:
    store = KeptSessions()
    answer = new_session(
        "acme",
        SessionRequest(user="ada", role=Role.VIEWER),
        store,
        public_url="https://connect.example.com",
        now_ms=lambda: NOW_MS,
        new_secret=lambda: "s" * 43,
    )
    ((kept, expires_at_ms),) = store.kept
    assert expires_at_ms == NOW_MS + HOUR_MS
    assert answer["token"] == f"cws_acme.{'s' * 43}"
    assert answer["token"] not in kept
