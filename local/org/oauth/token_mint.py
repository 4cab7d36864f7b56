"""Tokens that look like Salesforce's, drawn from a seeded generator so that runs can be repeated."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
import string
import threading

_ALPHABET = string.ascii_letters + string.digits + "._"


class TokenMint:
    """Draw access tokens, refresh tokens and authorization codes. Nothing here is secret: it is a simulation."""

    def __init__(self, org_id: str, seed: int) -> None:
        self._org_id15 = org_id[:15]
        self._random = random.Random(f"tokens-{seed}")
        self._lock = threading.Lock()

    def access_token(self) -> str:
        """Return a session id: the 15-character org id, `!`, and 96 random characters."""
        return f"{self._org_id15}!AQ{self._draw(94)}"

    def refresh_token(self) -> str:
        """Return a refresh token."""
        return f"5Aep861{self._draw(80)}"

    def code(self) -> str:
        """Return an authorization code; it ends with `==` as real ones do, so clients must decode exactly once."""
        return f"aPrx{self._draw(54)}=="

    def name(self) -> str:
        """Return an opaque name for a grant, a pending authorization or a browser session."""
        return self._draw(32).replace(".", "x").replace("_", "y")

    def _draw(self, length: int) -> str:
        with self._lock:
            return "".join(self._random.choices(_ALPHABET, k=length))


def signature(client_secret: str, identity_url: str, issued_at: str) -> str:
    """Sign identity URL and issue time with the app's secret: base64 of HMAC-SHA256 (help, OAuth token response)."""
    digest = hmac.new(client_secret.encode(), (identity_url + issued_at).encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def s256(verifier: str) -> str:
    """Return the S256 challenge of a PKCE verifier (RFC 7636)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
