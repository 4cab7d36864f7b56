"""Entries of the parked store, with defaults."""

from __future__ import annotations

import json
from typing import Any

from causeway.parked.entries import Parked


def a_parked_entry(number: int = 1, **changes: Any) -> Parked:
    change = {"key": f"lead-{number}", "fields": {"email": "ada@example.com"}}
    message = {"version": 1, "tenant": "acme", "source": "lead", "changes": [change]}
    entry: dict[str, Any] = {
        "tenant": "acme",
        "parked_id": f"r{number:03d}",
        "code": "missing_required_field",
        "reason": "A Lead needs Company.",
        "remedy": "Send it.",
        "parked_at_ms": 1_900_000_000_000,
        "body": json.dumps(message),
        "source": "lead",
        "key": f"lead-{number}",
        "sync": "lead-lead",
        "sent_at_ms": 5,
    }
    return Parked(**(entry | changes))


def a_waiting_entry(number: int, tenant: str, **changes: Any) -> Parked:
    waiting = {"parked_id": f"w{number:04d}", "code": "quota_spent", "retry_when": "quota", "sync": None}
    return a_parked_entry(number, tenant=tenant, **(waiting | changes))
