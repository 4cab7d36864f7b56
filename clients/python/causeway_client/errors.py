"""
What a caller may have to handle.

CausewayClientError
├─ InvalidChanges      nothing was sent: some changes break the contract       → correct them
├─ NotSent             SQS did not take some messages after every attempt      → send `changes` again later
└─ ApiError            the API refused a call; code, message and remedy        → do what `remedy` says
   └─ ApiUnavailable   the API or the org did not answer now                   → try again after `retry_after_s`
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class CausewayClientError(Exception):
    """The root of every error of this package."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one change: its position in what was given, its key as far as there is one, and the reason."""

    position: int
    key: str | None
    reason: str


class InvalidChanges(CausewayClientError):
    """Some changes break the contract; nothing was sent."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        first = faults[0]
        more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(f"Change {first.position} (key {first.key!r}) breaks the contract: {first.reason}.{more}")
        self.faults = tuple(faults)


class NotSent(CausewayClientError):
    """SQS did not take some changes; `changes` are those, as they were to be sent, in order."""

    def __init__(self, reason: str, changes: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(f"SQS did not take {len(changes)} changes: {reason}")
        self.reason, self.changes = reason, tuple(changes)


class ApiError(CausewayClientError):
    """The API refused a call; `fields` names the places of the request that it is about."""

    def __init__(
        self, status: int, code: str, message: str, remedy: str = "", fields: Sequence[str] = (), request_id: str = ""
    ) -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.status, self.code, self.message, self.remedy = status, code, message, remedy
        self.fields, self.request_id = tuple(fields), request_id


class ApiUnavailable(ApiError):
    """The API, or the org behind it, did not answer now; `retry_after_s` says when to try again, if it is known."""

    retry_after_s: float | None = None
