"""A change on its way to an outcome, for one sync: what every step of push works on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from causeway.connections.gates import Gate
from causeway.contract.changes import Change
from causeway.contract.outcomes import Outcome, Result
from causeway.syncs.sync import Sync


@dataclass(slots=True, eq=False)
class Task:
    """
    One change for one sync, on its way to an outcome; `redelivered` gives its message back, at the earliest after `redeliver_at_ms`.

    `entities` are the claims it needs, the first one being where its key is remembered. `recognized`: settled before.
    `shared_entity` is the entity of what it shares with other keys: an address, or match fields.
    `email` is by which address a person is found, `values` what the match fields or the external ID hold. `named`: records that
    a duplicate rule named when it was to be created. `holds_other_email`: its record does not hold `email`.
    `resolves`: the same content was refused before, and is not any more.
    `lies_parked`: it was redriven for this sync, and its entry lies parked until it is settled.
    """

    change: Change
    sync: Sync
    message_id: str
    redriven: bool = False
    content: str = ""
    memory_key: str = ""
    entities: tuple[str, ...] = ()
    shared_entity: str = ""
    outcome: Outcome | None = None
    redelivered: bool = False
    redeliver_at_ms: int = 0
    recognized: bool = False
    resolves: bool = False
    lies_parked: bool = False
    values: tuple[tuple[str, str], ...] = ()
    email: str | None = None
    named: tuple[str, ...] = ()
    reopened: bool = False
    holds_other_email: bool = False
    gate: Gate | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an outcome in this batch."""
        return self.outcome is None and not self.redelivered

    def redeliver(self, at_ms: int = 0) -> None:
        """Try it again with the next delivery of its message."""
        self.redelivered = True
        self.redeliver_at_ms = max(self.redeliver_at_ms, at_ms)

    def needs(self, entity: str) -> None:
        """Count on one more entity: the task is done only when that one's memory is stored, too."""
        if entity not in self.entities:
            self.entities = (*self.entities, entity)

    def wait(self, gate: Gate) -> None:
        """End for now, because the tenant's gate is closed."""
        if gate.retry_when is None:
            self.settle(Result.SKIPPED, gate.code, detail=gate.detail, remedy=gate.remedy)
        else:
            self.settle(Result.WAITING, gate.code, detail=gate.detail, remedy=gate.remedy)
        self.gate = gate

    def settle(self, result: Result, code: str | None = None, **more: Any) -> None:
        """End with an outcome."""
        self.outcome = Outcome(self.change.key, result, self.sync.id, self.sync.sobject, code, **more)


@dataclass(slots=True)
class Settlement:
    """What one tenant's part of a batch came to, per message; plain outcomes of changes without a sync are in `loose`."""

    tasks: list[Task] = field(default_factory=list)
    loose: list[tuple[Change, str, Outcome]] = field(default_factory=list)
    api_calls: int = 0
