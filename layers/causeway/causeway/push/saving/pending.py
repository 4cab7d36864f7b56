"""A record on its way to the org, and how far a pass has come with saving."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from causeway.push.deciding.planning.planned_records import PlannedRecord
from causeway.push.memory.claims.held import HeldClaims
from causeway.push.saving.limits import SaveLimits
from causeway.push.tasks import Task
from causeway.salesforce.calls import Save, SaveError


@dataclass(slots=True, eq=False)
class PendingSave:
    """
    One record on its way; `group` keeps records of a halved collection, or one that is tried alone, apart from others.

    `suspects` are the fields of which one may be refused: the record is sent without each, then without any. `whole` is what it
    was sent with before, `without` what the last try went without, and `refusal` why. `noted` is with what its create was noted.
    `shortened` are the fields whose text was cut again by the org's stricter count.
    """

    planned: PlannedRecord
    save: Save
    group: int = 0
    tries: int = 0
    noted: Mapping[str, Any] | None = None
    suspects: list[tuple[str, ...]] | None = None
    whole: Mapping[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    refusal: SaveError | None = None
    shortened: set[str] = field(default_factory=set)

    @property
    def tasks(self) -> list[Task]:
        """Return the tasks that share the record."""
        return [contribution.prepared.task for contribution in self.planned.contributions]

    @property
    def is_noted_first(self) -> bool:
        """Return whether it is a create that is noted before it is sent; an upsert by external ID needs no such care."""
        return self.save.record_id is None and self.save.external_id is None

    @property
    def place(self) -> tuple[str, str]:
        """Return where its create is noted: the entity, and the sObject."""
        return self.planned.entity, self.planned.sobject


@dataclass(slots=True)
class SaveProgress:
    """
    How far one pass has come with saving.

    `limits` is what the org's automation bears, `created` the entity of each record created, `groups` the number of groups made so
    far. `describes_outdated` says that a refusal showed that a field is gone or closed. `strict_counts` are the fields (with
    their sObjects) whose length the org counts more strictly than we did.
    """

    claims: HeldClaims
    limits: SaveLimits
    created: dict[str, str] = field(default_factory=dict)
    groups: int = 0
    describes_outdated: bool = False
    strict_counts: set[tuple[str, str]] = field(default_factory=set)

    def set_apart(self, items: Iterable[PendingSave]) -> None:
        """Send these records together from now on, and with no others."""
        self.groups += 1
        for item in items:
            item.group = self.groups


def redeliver_open(items: Iterable[PendingSave], at_ms: int = 0) -> None:
    """Redeliver the tasks of these records that have no outcome yet."""
    for task in (task for item in items for task in item.tasks if task.is_open):
        task.redeliver(at_ms)
