"""Messages as a deployment sends them: outcomes and pages from the code that makes them, events as EventBridge wraps them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from causeway.contract.outcomes import Outcome, Result
from causeway.push.outcomes.pages import pages

SALESFORCE_ID = "003000000000001AAA"


def outcomes_body(*keys: str, result: Result = Result.CREATED) -> str:
    """Return one page of outcomes of tenant `acme` and source `lead`, one outcome per key."""
    outcomes: Iterable[Outcome] = [
        Outcome(key, result, "lead-contact", "Contact", salesforce_id=SALESFORCE_ID) for key in keys
    ]
    (body,) = pages("acme", "lead", None, outcomes)
    return body


def records_body(page_id: str, *keys: str) -> str:
    """Return one page of pulled records, one per key."""
    records: list[dict[str, Any]] = [
        {
            "kind": "updated",
            "salesforce_id": SALESFORCE_ID,
            "key": key,
            "system_modstamp": "2026-11-20T10:00:00.000Z",
            "values": {"first_name": "Ada"},
            "data": {},
            "signals": [],
            "merged_into": None,
            "converted": None,
        }
        for key in keys
    ]
    page: dict[str, Any] = {
        "version": 1,
        "type": "records",
        "tenant": "acme",
        "source": "lead",
        "sync": "lead-contact",
        "sobject": "Contact",
        "run": "run-1",
        "page": 1,
        "page_id": page_id,
        "last": True,
        "records": records,
    }
    return json.dumps(page)


def event_body(event_id: str, kind: str = "connection.status_changed", **detail: Any) -> str:
    """Return an event as an EventBridge rule puts it on a queue."""
    return json.dumps(
        {
            "version": "0",
            "id": event_id,
            "detail-type": kind,
            "source": "causeway",
            "account": "123456789012",
            "time": "2026-11-20T10:00:00Z",
            "region": "eu-central-1",
            "resources": [],
            "detail": {"tenant": "acme", **detail},
        }
    )
