"""The short hashes that stored items are named and compared by. Pure."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from typing import Any

from causeway.contract.changes import Change
from causeway.contract.message_writing import change_json

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode


def hashed(*parts: str) -> str:
    """Return 128 bits of the parts' SHA-256 as 22 URL-safe characters."""
    digest = hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).digest()
    return urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def content_hash(change: Change) -> str:
    """Return the hash of a change's content: the same when a product sends the same content at another time or in another run."""
    body = change_json(change)
    del body["occurred_at"]
    return hashed(_canonical(body))[:16]


def value_hash(value: Any) -> str:
    """Return a short hash of a Salesforce value."""
    return hashed(_canonical(value))[:8]
