"""Derives the PKCE verifier and challenge of an authorization (RFC 7636). Pure."""

from __future__ import annotations

import hashlib
from typing import Final

from causeway.connections.access.encoding import encoded, mac

_PKCE_PURPOSE: Final = b"causeway pkce verifier v1:"


def pkce_verifier(state: str, key: bytes) -> str:
    """Return the code verifier of a state: 256 bits that only this deployment can derive, so it stores none."""
    return encoded(mac(key, _PKCE_PURPOSE, state.encode()))


def pkce_challenge(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636 §4.2)."""
    return encoded(hashlib.sha256(verifier.encode()).digest())
