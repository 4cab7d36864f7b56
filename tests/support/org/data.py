"""A store of the simulated org on a stopped clock, and callers, for tests of its rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from local.org.data.rules.save_results import SaveOptions, SaveResult
from local.org.data.store import Store
from local.org.setup.settings import Settings
from local.org.standard.catalog import standard_schema
from local.org.standard.seed import ADMIN_USERNAME

NOON_MS = 1_780_315_200_000  # 2026-06-01T12:00:00Z
NOON = "2026-06-01T12:00:00.000+0000"


class StoppedClock:
    """Time that only a test moves."""

    def __init__(self, now_ms: int = NOON_MS) -> None:
        self.ms = now_ms

    def now_ms(self) -> int:
        return self.ms

    def advance(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)


@dataclass
class User:
    """A caller of the store."""

    user_id: str
    username: str


def an_org_store(**settings: Any) -> Store:
    """Return a new store with the standard schema; `settings` override the org's defaults."""
    values = Settings()
    for name, value in settings.items():
        setattr(values, name, value)
    store = Store(standard_schema(), clock=StoppedClock(), settings=values, seed=1)
    store.settings_changed()
    return store


def the_user(store: Store, username: str = ADMIN_USERNAME) -> User:
    """Return the caller of that username."""
    row = next(row for row in store.table("User").rows.values() if row["Username"] == username)
    return User(row["Id"], username)


def created(store: Store, sobject: str, **values: Any) -> str:
    """Insert a record by the rules, duplicates allowed, and return its Id."""
    result = store.create(None, sobject, values, SaveOptions(allow_save=True))
    assert result.success, result.errors
    return str(result.id)


def a_contact(**values: Any) -> dict[str, Any]:
    """Return the fields of a contact that may be saved."""
    return {"FirstName": "Ada", "LastName": "Lovelace", "Email": "ada@example.com", **values}


def a_lead(**values: Any) -> dict[str, Any]:
    """Return the fields of a lead that may be saved."""
    return {
        "FirstName": "Ada",
        "LastName": "Lovelace",
        "Company": "Analytical Engines",
        "Email": "ada@example.com",
        **values,
    }


def codes(result: SaveResult) -> list[str]:
    """Return the status codes of a result's errors."""
    return [failure.status_code for failure in result.failures]


def row_of(store: Store, record_id: str | None) -> dict[str, Any]:
    """Return a record's newest version."""
    row = store.raw(record_id or "")
    assert row is not None
    return row
