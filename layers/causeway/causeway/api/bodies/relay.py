"""The shapes of an event relay: how it stands, and what is left to do."""

from __future__ import annotations

from typing import Literal

from causeway.api.bodies.shared import Answer
from causeway.relay.report import Doing, State


class RelayStep(Answer):
    """A step of setting up: done, waiting for Salesforce, or a person's, who reads in `message` what to do."""

    name: Literal["channel", "members", "credential", "relay", "source", "bus", "running"]
    state: Doing
    message: str


class RelayLeftOut(Answer):
    """An sObject whose changes wait for the schedule, and why."""

    sobject: str
    message: str


class RelayStatus(Answer):
    """
    How the relay of the tenant's org stands.

    `sobjects` come through it, `left_out` do not; `source` is the partner event source. `last_relayed_at` is Salesforce's last
    event, `last_heard_at` the last one that reached Causeway. `steps` are those of this set-up, none when only looked at.
    """

    state: State
    source: str | None
    sobjects: list[str]
    left_out: list[RelayLeftOut]
    steps: list[RelayStep]
    last_relayed_at: str | None
    last_heard_at: str | None
    error: str | None
