"""Items of StateTable as what the claims answer."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from causeway.push.memory.claims.answers import Held, Seen
from causeway.push.memory.packing import VERSION

type Item = Mapping[str, Any]


def state_attribute(state: str) -> dict[str, Any]:
    """Return what an entity holds in DynamoDB's notation: packed ones as bytes, which take a quarter less than their text."""
    return {"B": b64decode(state.removeprefix(VERSION))} if state.startswith(VERSION) else {"S": state}


def state_of(item: Item) -> str | None:
    """Return what an entity's item holds, None for nothing; items of older versions hold it as plain text."""
    stored = item.get("state", {})
    return VERSION + b64encode(stored["B"]).decode() if "B" in stored else stored.get("S")


def seen_of(item: Item) -> Seen:
    """Return an identifier as read."""
    entity = item["home"]["S"] if "home" in item else None
    until_ms = int(item["lease_until"]["N"]) if "lease_until" in item else 0
    return Seen(entity, state_of(item), until_ms)


def held_of(entity: str, item: Item) -> Held:
    """Return the claim of an entity whose item names us as its owner."""
    state = state_of(item)
    completed_ms = int(item["completed_at"]["N"]) if "completed_at" in item else 0
    return Held(entity, int(item["fence"]["N"]), state, completed_ms)


def old_item(error: ClientError) -> Item | None:
    """Return the item that a condition failed on, None when the write failed for another reason."""
    if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
        return None
    item: Item = error.response.get("Item") or {}  # type: ignore[assignment]  # absent from the stubs
    return item
