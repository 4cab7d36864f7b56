"""What the history keeps of one change and of what was decided about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Decision(NamedTuple):
    """
    What became of a change for one sync: the outcome as an entity remembers it.

    `earlier` are the settlements that decided earlier changes of the same record for the same sync, as far as they were
    remembered then: from one to the next a reader finds them all.
    """

    sync: str
    sobject: str
    outcome: Mapping[str, Any]
    earlier: tuple[str, ...] = ()


class Noted(NamedTuple):
    """
    A change with its decisions; `memory` is the name under which its entity remembers the record key.

    `change` is in the product's own shape; without `is_whole` long values are cut and the conversation is left out.
    """

    memory: str
    source: str
    key: str
    sent_at_ms: int
    run: str | None
    change: Mapping[str, Any]
    is_whole: bool
    decisions: tuple[Decision, ...]
