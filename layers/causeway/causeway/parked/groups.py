"""Parked changes by what they have in common: how many are refused, or wait, for the same reason. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from causeway.parked.entries import Parked
from causeway.parked.grouping import shared_reason


class GroupCount(NamedTuple):
    """How many changes a group has, and when (epoch ms) the first and the last of them were parked."""

    group: str
    changes: int
    first_at_ms: int
    last_at_ms: int


class ParkedGroup(NamedTuple):
    """One group: its count, and its newest entry, which gives the reason and the remedy."""

    counted: GroupCount
    newest: Parked

    @property
    def reason(self) -> str:
        """Return the reason that all entries share; that of a single one in full."""
        return self.newest.reason if self.counted.changes == 1 else shared_reason(self.newest.reason)


class Tally(NamedTuple):
    """How many changes of a tenant are refused and how many wait; `is_complete` is False when there are more than were counted."""

    refused: int
    waiting: int
    is_complete: bool


class ParkedGroups(NamedTuple):
    """A tenant's groups, largest first; `is_complete` is False when there are more entries than were counted."""

    groups: Sequence[ParkedGroup]
    is_complete: bool
