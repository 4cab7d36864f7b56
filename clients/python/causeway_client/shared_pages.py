"""Pages of records in version 2, which carry accounts and owners once, read as those of version 1. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_OWN_ID = {"Lead": "salesforce_lead_id", "Contact": "salesforce_contact_id"}
_EMPTY: Mapping[str, Any] = {"key": None, "merged_into": None, "converted": None}


def is_shared_page(raw: Mapping[str, Any]) -> bool:
    """Return whether a message is a page of records in version 2."""
    return raw.get("type") == "records" and raw.get("version") == 2


def plain_page(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of version 2 in the shape of version 1; raise LookupError or TypeError for what is none."""
    own, shared = _OWN_ID.get(raw["sobject"]), raw["data"]
    head = {name: value for name, value in raw.items() if name != "data"}
    return {**head, "version": 1, "records": [_plain(record, own, shared) for record in raw["records"]]}


def _plain(record: Mapping[str, Any], own: str | None, shared: Any) -> dict[str, Any]:
    rest = {name: value for name, value in record.items() if name not in _OWN_ID.values() and name != "data"}
    data: dict[str, Any] = {}
    if "data" in record:
        ids = {name: record["salesforce_id"] if name == own else None for name in _OWN_ID.values()}
        data = {**shared[record["data"]], **ids, **{name: record[name] for name in ids if name in record}}
    return {**_EMPTY, "signals": [], **rest, "data": data}
