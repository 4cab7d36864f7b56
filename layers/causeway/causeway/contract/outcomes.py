"""The outcome of one change for one sync, as published to the product (docs/messages.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class Result(StrEnum):
    """The six ends of a change for one sync."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    REJECTED = "rejected"
    WAITING = "waiting"


class Warning(NamedTuple):
    """One thing about one field that was not done as asked: a stable code and a sentence."""

    field: str
    code: str
    detail: str


class Candidate(NamedTuple):
    """One record that matched: how, and whether it was chosen."""

    id: str
    matched_by: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    The outcome of one change for one sync; `code` and `detail` say why wherever the result alone does not.

    `held_ms`: for how long the change was gathered with others, so that the org's calls last for the day.
    `signals` are those that hold, `edges` those that fired (push/outcomes/fired_signals.py); the latter are events and not in the message.
    """

    key: str
    result: Result
    sync: str | None = None
    sobject: str | None = None
    code: str | None = None
    detail: str | None = None
    remedy: str | None = None
    salesforce_id: str | None = None
    fields_written: tuple[str, ...] = ()
    warnings: tuple[Warning, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    signals: tuple[str, ...] = ()
    held_ms: int = 0
    edges: tuple[Mapping[str, Any], ...] = ()
