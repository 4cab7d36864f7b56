"""How a relay stands, as its setup and its status say it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from causeway.relay.parts import Feedback, Found

State = Literal["off", "setting_up", "running", "stopped", "failing"]
Doing = Literal["done", "waits", "person"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `channel`, `members`, `credential`, `relay`, `source`, `bus` or `running`; done, waiting, or a person's."""

    name: str
    state: Doing
    message: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An sObject whose changes do not come through the relay, and why."""

    sobject: str
    message: str


@dataclass(frozen=True, slots=True)
class RelayReport:
    """
    How the relay stands; `state` sums it up.

    `last_relayed_at` is Salesforce's (as it writes times), `last_heard_ms` Causeway's (epoch ms, 0: never).
    """

    state: State
    source: str = ""
    sobjects: Sequence[str] = ()
    left_out: Sequence[LeftOut] = ()
    steps: Sequence[Step] = ()
    last_relayed_at: str = ""
    last_heard_ms: int = 0
    error: str = ""


def report(
    found: Found,
    feedback: Feedback,
    followed: Mapping[str, Any] | None,
    left_out: Sequence[LeftOut],
    steps: Sequence[Step] = (),
) -> RelayReport:
    """Return how the relay stands, given what is in the org, what Salesforce says, and what Causeway keeps of it."""
    return RelayReport(
        state=_state(found, feedback, is_followed=followed is not None),
        source=feedback.source,
        sobjects=tuple(sorted(found.members)),
        left_out=tuple(left_out),
        steps=tuple(steps),
        last_relayed_at=feedback.last_relayed_at,
        last_heard_ms=int((followed or {}).get("heard_ms", 0)),
        error=feedback.error if feedback.status == "ERROR" else "",
    )


def _state(found: Found, feedback: Feedback, *, is_followed: bool) -> State:
    if not found.is_anything:
        return "off"
    if not is_followed or not feedback.status:
        return "setting_up"
    by_status: dict[str, State] = {"ERROR": "failing", "RUNNING": "running"}
    return by_status.get(feedback.status, "stopped")
