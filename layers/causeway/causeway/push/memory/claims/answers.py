"""What the claims answer: an identifier as read, and what became of an attempt to claim an entity. Pure."""

from __future__ import annotations

from typing import NamedTuple


class Seen(NamedTuple):
    """An identifier as read: the entity it points to (None: it is one itself, or is unknown), what that holds, its lease's end."""

    entity: str | None
    state: str | None
    until_ms: int = 0


class Held(NamedTuple):
    """A claim that is ours: its fence, what the entity holds, and when it was last completed (epoch ms)."""

    entity: str
    fence: int
    state: str | None
    completed_at_ms: int = 0


class Busy(NamedTuple):
    """A claim that another worker holds, at most until then (epoch ms)."""

    until_ms: int


class Pointed(NamedTuple):
    """An identifier that another worker resolved to this entity in the meantime."""

    entity: str


type Claim = Held | Busy | Pointed
