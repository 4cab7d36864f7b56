"""What a product says about one record at one moment; it may be partial (docs/messages.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Utterance(NamedTuple):
    """One message of a conversation: when (epoch ms), who, what."""

    at_ms: int
    speaker: str
    text: str


class About(NamedTuple):
    """Whom an activity concerns: another record of the product, or a person by email."""

    source: str | None = None
    key: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """
    One change, valid on its own.

    `occurred_at_ms` is never later than five minutes past sending (clamped, with `clamped` set); `sent_at_ms` and
    `position` (in the message) break ties: the later sent, then the later position, wins.
    """

    tenant: str
    source: str
    key: str
    occurred_at_ms: int
    sent_at_ms: int
    position: int = 0
    fields: Mapping[str, Any] = field(default_factory=dict)
    conversation: tuple[Utterance, ...] | None = None
    about: About | None = None
    run: str | None = None
    clamped: bool = False

    @property
    def order(self) -> tuple[int, int, int]:
        """Return what changes of one record are ordered by, oldest first."""
        return (self.occurred_at_ms, self.sent_at_ms, self.position)
