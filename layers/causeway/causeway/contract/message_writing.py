"""Writes push messages in the shape in which products send them. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from causeway.contract.changes import Change


def change_json(change: Change) -> dict[str, Any]:
    """Return a change as a product would have sent it, with its moment spelled out."""
    body: dict[str, Any] = {
        "key": change.key,
        "occurred_at": rfc3339(change.occurred_at_ms),
        "fields": dict(change.fields),
    }
    if change.conversation is not None:
        body["conversation"] = [
            {"at": rfc3339(item.at_ms), "speaker": item.speaker, "text": item.text} for item in change.conversation
        ]
    if change.about:
        parts = {"source": change.about.source, "key": change.about.key, "email": change.about.email}
        body["about"] = {name: value for name, value in parts.items() if value is not None}
    return body


def rfc3339(at_ms: int) -> str:
    """Return epoch milliseconds as RFC 3339 in UTC, such as 2026-11-20T10:00:00.000Z."""
    seconds, ms = divmod(at_ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{ms:03d}Z"


def message_json(tenant: str, source: str, changes: list[dict[str, Any]], run: str | None = None) -> dict[str, Any]:
    """Return a push message around changes in the product's own shape."""
    envelope: dict[str, Any] = {"version": 1, "tenant": tenant, "source": source}
    if run is not None:
        envelope["run"] = run
    return {**envelope, "changes": changes}
