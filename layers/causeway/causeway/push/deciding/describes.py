"""The describes of one tenant's batch; they are read again once a field was refused, because one may be gone or new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from causeway.contract.outcome_codes import OUTCOMES
from causeway.contract.outcomes import Result
from causeway.errors import NotFound, OrgRefused
from causeway.push.deciding.missing_fields import lacks, newest_needed_ms
from causeway.push.ports import PushPorts
from causeway.push.tasks import Task
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.refused_fields import refused_columns, refused_relationships
from causeway.syncs.sync import Sync

type Described = Callable[[str], SObjectDescribe | None]


def optional(described: Callable[[str], SObjectDescribe]) -> Described:
    """Return a describe that gives None for an sObject that the connected user cannot see."""

    def found(sobject: str) -> SObjectDescribe | None:
        try:
            return described(sobject)
        except NotFound:
            return None

    return found


class Describing(Protocol):
    """Where describes come from (push/ports.py)."""

    @property
    def described(self) -> Callable[[str, str], SObjectDescribe]: ...
    @property
    def described_since(self) -> Callable[[str, str, int], SObjectDescribe] | None: ...


def described_since(tenant: str, sobject: str, since_ms: int, ports: Describing) -> SObjectDescribe:
    """Return an sObject no older than a moment (epoch ms; 0: however old the cache allows). Raises NotFound."""
    if since_ms and ports.described_since is not None:
        return ports.described_since(tenant, sobject, since_ms)
    return ports.described(tenant, sobject)


class Describes:
    """Describes by sObject; once `field_refused` is set, they are read again as often as the cache allows."""

    def __init__(self, tenant: str, ports: PushPorts) -> None:
        self._tenant, self._ports = tenant, ports
        self._asked: set[str] = set()
        self._known: dict[str, SObjectDescribe] = {}
        self._newest: dict[str, SObjectDescribe] = {}
        self._read_again: set[str] = set()
        self._needed_ms: dict[str, int] = {}
        self.visible = optional(self._described)
        self._visible_now = optional(self._described_again)
        self.field_refused = False

    def of(self, tasks: Sequence[Task]) -> dict[str, SObjectDescribe]:
        """Describe the sObjects of the tasks; a sync whose sObject the user cannot see rejects its changes."""
        found: dict[str, SObjectDescribe] = {}
        syncs = list({task.sync.id: task.sync for task in tasks}.values())
        for sobject in dict.fromkeys(task.sync.sobject for task in tasks):
            describe = self._sufficient(sobject, [sync for sync in syncs if sync.sobject == sobject])
            if describe is not None:
                found[sobject] = describe
            else:
                _reject([task for task in tasks if task.sync.sobject == sobject], sobject)
        return found

    def _sufficient(self, sobject: str, syncs: Sequence[Sync]) -> SObjectDescribe | None:
        """Return an sObject as it was when its syncs were saved, or later; asked for again when they name a field that it lacks."""
        self._needed_ms[sobject] = newest_needed_ms(syncs)
        describe = self.visible(sobject) or self._visible_now(sobject)
        return self._visible_now(sobject) if describe and lacks(describe, syncs) else describe

    def is_described(self, sobject: str) -> bool:
        """Return whether an sObject was described before, in this batch or by this process: describing it again rarely costs a call."""
        return sobject in self._asked or self._ports.is_described(self._tenant, sobject)

    def _described(self, sobject: str) -> SObjectDescribe:
        self._asked.add(sobject)
        self._known.pop(sobject, None)
        since_ms = self._needed_ms.get(sobject, 0)
        known = self._newest.get(sobject) or described_since(self._tenant, sobject, since_ms, self._ports)
        found = self._described_again(sobject) if self.field_refused else known
        if found is not known:
            self._read_again.add(sobject)
        self._known[sobject] = found
        return found

    def _described_again(self, sobject: str) -> SObjectDescribe:
        found = self._known[sobject] = self._newest[sobject] = self._ports.described_again(self._tenant, sobject)
        return found

    def is_outdated(self, error: OrgRefused) -> bool:
        """Return whether the org refused a field that a describe has and that could not be read again."""
        columns = (
            sobject
            for name, sobject in refused_columns(error)
            if (describe := self._known.get(sobject)) and describe.field(name)
        )
        return any(sobject not in self._read_again for sobject in (*columns, *self._ends(error)))

    def _ends(self, error: OrgRefused) -> Iterator[str]:
        """Yield the sObjects on both ends of the relationships that the org refused though both seemed to be visible."""
        for name in refused_relationships(error):
            for sobject, describe in self._known.items():
                lookup = describe.relationship(name)
                for parent in lookup.reference_to if lookup else ():
                    yield from (sobject, parent) if parent in self._known else ()


def _reject(tasks: Sequence[Task], sobject: str) -> None:
    why = f"The org has no sObject {sobject}, or the connected user may not see it."
    for task in tasks:
        task.settle(Result.REJECTED, "sobject_not_visible", detail=why, remedy=OUTCOMES["sobject_not_visible"].remedy)
