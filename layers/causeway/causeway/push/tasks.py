"""A change on its way to an outcome, for one sync: what every step of push works on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from causeway.connections.gates import Gate
from causeway.contract.changes import Change
from causeway.contract.messages import Delivery
from causeway.contract.outcomes import Outcome, Result
from causeway.syncs.signals import Look
from causeway.syncs.sync import Sync

HELD = "held-"  # begins the message ids of changes that were held: their messages are acknowledged


class Arrived(NamedTuple):
    """A change, the id of its message, the delivery of that message, and whether it may be gathered with later ones."""

    change: Change
    message_id: str
    delivery: Delivery
    may_wait: bool = True


class MatchValue(NamedTuple):
    """What a change gives for a match field or an external ID: the field, the text, and the form in which equal values are equal."""

    name: str
    text: str
    compared: Any


class External(NamedTuple):
    """
    An external ID by which a change says who somebody is, for one sObject of people.

    `compared` is the form in which equal values are equal, None for a value that the field cannot hold: it equals no other.
    """

    sobject: str
    name: str
    text: str
    compared: Any


@dataclass(slots=True, eq=False)
class Task:
    """
    One change for one sync, on its way to an outcome; `redelivered` says that its message comes again, at `redeliver_at_ms` or later.

    `entities` are the claims it needs; the first one remembers its key. `shared_entity` is the entity of what it shares with other
    keys: an address, or match fields. `recognized`: settled before. `resolves`: the same content was refused before, and is not
    any more. `has_parked_entry`: it was redriven for this sync, and its entry stays parked until it is settled.
    `awaits` are the match fields that a person or a parent fills, while these are not read yet, `resolved` what they then hold.
    `email` is the address by which a person is found, `values` what the match fields or the external ID hold, `externals` every
    external ID that the change gives a person for `source_syncs` (the enabled syncs of its source). `named`: records that a
    duplicate rule named when it was to be created. `reopened`: its record changed after it was read.
    `unseen_external`: an external ID field that tells people of the source apart, and that the user cannot see: then nobody is
    found by an address. `natural_key`: the fields by which Salesforce takes a record once only, when it was refused as one that is
    there already.
    `holds_other_email`: its record does not hold `email`. `receives` counts the deliveries of its message. `settlement` is the
    one that settled it, `earlier` are those that settled changes of its record before; `may_be_remembered`: it is
    redelivered, though the settlement may have stored what became of it.
    `looks` is what its signals saw.
    Until `wait_until_ms` it waits for the person it concerns; `follows`: it is settled without that person, and comes again when
    the person appears. `fault`: the exception of ours that ended it. `delivery`: that of its message. `held`: it is gathered with
    later changes, `held_ms` for how long it was.
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
    has_parked_entry: bool = False
    values: tuple[MatchValue, ...] = ()
    awaits: tuple[str, ...] = ()
    resolved: dict[str, str] = field(default_factory=dict)
    externals: tuple[External, ...] = ()
    source_syncs: tuple[Sync, ...] = ()
    email: str | None = None
    named: tuple[str, ...] = ()
    reopened: bool = False
    unseen_external: str = ""
    natural_key: tuple[str, ...] = ()
    holds_other_email: bool = False
    gate: Gate | None = None
    receives: int = 1
    looks: tuple[Look, ...] = ()
    settlement: str = ""
    earlier: tuple[str, ...] = ()
    may_be_remembered: bool = False
    follows: Gate | None = None
    wait_until_ms: int = 0
    fault: BaseException | None = None
    delivery: Delivery | None = None
    held: bool = False
    held_ms: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an outcome in this batch."""
        return self.outcome is None and not self.redelivered and not self.held

    def redeliver(self, at_ms: int = 0) -> None:
        """Try it again with the next delivery of its message."""
        self.redelivered = True
        self.redeliver_at_ms = max(self.redeliver_at_ms, at_ms)

    def needs(self, entity: str) -> None:
        """Need one more entity: the task is done only when that one's memory is stored, too."""
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
    """
    What became of one tenant's part of a batch; outcomes of changes that no sync takes are in `loose`, with their message ids.

    `crashed` are those among them that could not even be made tasks of, each with the exception of ours. `id` begins with when it
    began (epoch ms) and names it in what is remembered; `sent_ms` is by message when the queue got it.
    """

    tasks: list[Task] = field(default_factory=list)
    loose: list[tuple[Change, str, Outcome]] = field(default_factory=list)
    crashed: list[tuple[Arrived, Exception]] = field(default_factory=list)
    api_calls: int = 0
    id: str = ""
    sent_ms: dict[str, int] = field(default_factory=dict)


def settlement_id(began_ms: int, worker: str) -> str:
    """Return the id of what one worker settles of one tenant's changes of a batch."""
    return f"{began_ms}.{worker[:8]}"


def began_at_ms(settlement: str) -> int:
    """Return when a settlement began, 0 for none."""
    return int(settlement.partition(".")[0] or 0)


def open_tasks(tasks: Iterable[Task]) -> list[Task]:
    """Return the tasks that still wait for an outcome in this batch."""
    return [task for task in tasks if task.is_open]
