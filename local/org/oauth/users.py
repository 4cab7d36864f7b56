"""The org's users as the login pages and token endpoint see them."""

from __future__ import annotations

from typing import Any

from ..data.store import Store
from ..setup.settings import Settings
from ..standard.seed import ADMIN_USERNAME as ADMIN_USERNAME
from ..standard.seed import INTEGRATION_USERNAME as INTEGRATION_USERNAME


class Users:
    """Find users and say whether they may log in."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings

    def named(self, username: str) -> dict[str, Any] | None:
        """Return the User row of a username, whatever its case."""
        found = self._store.view(None).find("User", "Username", [username])
        rows = self._store.view(None).rows("User") if found is None else found
        return next((row for row in rows if str(row.get("Username", "")).lower() == username.lower()), None)

    def all(self) -> list[dict[str, Any]]:
        """Return every User row."""
        return list(self._store.view(None).rows("User"))

    def by_id(self, user_id: str) -> dict[str, Any] | None:
        """Return the User row of an Id."""
        return self._store.view(None).row(user_id)

    def is_active(self, user: dict[str, Any]) -> bool:
        """Say whether a user is neither deactivated nor frozen."""
        return bool(user.get("IsActive")) and user["Username"] not in self._settings.frozen_users
