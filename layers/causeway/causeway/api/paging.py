"""Opaque tokens that name the next page of one list of one tenant."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable

from pydantic import Field

from causeway.connections.access.encoding import decoded, encoded
from causeway.contract.names import Strict
from causeway.errors import InvalidRequest

MAX_LIMIT = 200
_PURPOSE = b"causeway next token v1:"  # the key signs connect links too: neither may pass for the other
_MAC_BYTES = 16


class Page(Strict):
    """Which page, and how many at most on it."""

    next: str | None = Field(default=None, max_length=4096, description="What the page before answered as `next`.")
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)


class Pages:
    """
    Makes and reads the tokens of one list of one tenant.

    They are signed, so that a position cannot be invented or taken from another list or tenant.
    """

    def __init__(self, key: Callable[[], bytes], *, of: str, tenant: str) -> None:
        self._key, self._list = key, json.dumps([tenant, of]).encode()

    def token(self, position: str | None) -> str | None:
        """Return the token of a position, None at the end of the list."""
        return None if position is None else encoded(self._mac(position) + position.encode())

    def position(self, token: str | None) -> str | None:
        """Return the position that a token names, None for the first page; raise InvalidRequest for any other text."""
        if token is None:
            return None
        try:
            raw = decoded(token)
            position = raw[_MAC_BYTES:].decode()
        except ValueError as error:
            raise _foreign() from error
        if not hmac.compare_digest(raw[:_MAC_BYTES], self._mac(position)):
            raise _foreign()
        return position

    def _mac(self, position: str) -> bytes:
        return hmac.new(self._key(), _PURPOSE + self._list + position.encode(), hashlib.sha256).digest()[:_MAC_BYTES]


def _foreign() -> InvalidRequest:
    return InvalidRequest(
        "The `next` token belongs to no page of this list.",
        "Pass `next` as the page before answered it, or leave it out to begin again.",
        fields=("next",),
    )
