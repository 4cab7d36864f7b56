"""Encodes, digests and compares secrets and what is signed with a key. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac


def encoded(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Return the bytes of canonical base64url; raise ValueError for any other text."""
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if encoded(data) != text:
        raise ValueError("not canonical base64url")
    return data


def digest(secret: str) -> str:
    """Return the SHA-256 under which states, cookies, used links and sessions are stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_same(left: str, right: str) -> bool:
    """Return whether two texts are equal, in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def mac(key: bytes, purpose: bytes, payload: bytes) -> bytes:
    """
    Return the HMAC-SHA256 of a payload.

    One key signs several kinds of things: the purpose keeps one from passing for another.
    """
    return hmac.new(key, purpose + payload, hashlib.sha256).digest()
