"""The 59 customers of the Chinook sample database as one push message (data/LICENSE-chinook.txt)."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CUSTOMERS = Path(__file__).parent / "data" / "chinook_customers.csv"
TENANT, SOURCE = "chinook", "lead"

_COLUMNS = {
    "first_name": "FirstName",
    "last_name": "LastName",
    "company": "Company",
    "street": "Address",
    "city": "City",
    "state": "State",
    "country": "Country",
    "postal_code": "PostalCode",
    "phone": "Phone",
    "fax": "Fax",
    "email": "Email",
}
_SHARED_ROWS = {"first_name": "FirstName", "last_name": "LastName", "phone": "Phone", "fax": "Fax"}
_ADDRESS = {"street": "Street", "city": "City", "state": "State", "country": "Country", "postal_code": "PostalCode"}


def customers() -> list[dict[str, Any]]:
    """Return every customer as `{"key", "fields"}`; empty cells are left out."""
    with CUSTOMERS.open(encoding="utf-8", newline="") as file:
        return [_change(row) for row in csv.DictReader(file)]


def _change(row: dict[str, str]) -> dict[str, Any]:
    fields = {name: row[column] for name, column in _COLUMNS.items() if row[column]}
    return {"key": f"customer-{row['CustomerId']}", "fields": fields}


def message(changes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a push message (contracts: docs/messages.md) that says these changes happened now."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "version": 1,
        "tenant": TENANT,
        "source": SOURCE,
        "changes": [{**change, "occurred_at": now} for change in changes],
    }


def syncs() -> list[dict[str, Any]]:
    """Return the demo's two syncs: each person becomes a Contact and, with a company, a Lead."""
    rules = {"create_when_missing": True, "create_unless": "never", "on_duplicate": "save"}
    contact_rows = {**_SHARED_ROWS, **{product: f"Mailing{field}" for product, field in _ADDRESS.items()}}
    lead_rows = {**_SHARED_ROWS, **_ADDRESS, "company": "Company"}
    return [
        _sync("lead-contact", "Contact", 1, rules, contact_rows),
        _sync("lead-lead", "Lead", 2, rules, lead_rows),
    ]


def _sync(sync_id: str, sobject: str, position: int, rules: dict[str, Any], rows: dict[str, str]) -> dict[str, Any]:
    rows = {**rows, "conversation": "Description"}
    return {
        "id": sync_id,
        "source": SOURCE,
        "sobject": sobject,
        "direction": "push",
        "enabled": True,
        "position": position,
        "push": rules,
        "mappings": [{"product": product, "salesforce": field} for product, field in rows.items()],
    }
