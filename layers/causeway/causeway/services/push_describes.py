"""The describes of one tenant's batch: read anew once a field was refused, because one may be gone or new."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from causeway.domain.describe import SObjectDescribe
from causeway.domain.outcome_codes import OUTCOMES
from causeway.domain.outcomes import Result
from causeway.errors import NotFound, OrgRefused
from causeway.services.push_ports import PushPorts, Task

_UNKNOWN_COLUMN = re.compile(r"No such column '(\w+)'")

type Described = Callable[[str], SObjectDescribe | None]


def optional(described: Callable[[str], SObjectDescribe]) -> Described:
    """Return a describe that gives None for an sObject which the connected user can not see."""

    def found(sobject: str) -> SObjectDescribe | None:
        try:
            return described(sobject)
        except NotFound:
            return None

    return found


class Describes:
    """Describes by sObject; from when `field_refused` is set, anew as often as the cache allows it."""

    def __init__(self, tenant: str, ports: PushPorts) -> None:
        self._tenant, self._ports = tenant, ports
        self._read_anew: set[str] = set()
        self.visible = optional(self._described)
        self.field_refused = False

    def of(self, tasks: Sequence[Task]) -> dict[str, SObjectDescribe]:
        """Describe the sObjects of the tasks; a sync whose sObject the user can not see rejects its changes."""
        found: dict[str, SObjectDescribe] = {}
        for sobject in dict.fromkeys(task.sync.sobject for task in tasks):
            describe = self.visible(sobject)
            if describe is not None:
                found[sobject] = describe
                continue
            why = f"The org has no sObject {sobject}, or the connected user may not see it."
            remedy = OUTCOMES["sobject_not_visible"].remedy
            for task in tasks:
                if task.sync.sobject == sobject:
                    task.settle(Result.REJECTED, "sobject_not_visible", detail=why, remedy=remedy)
        return found

    def _described(self, sobject: str) -> SObjectDescribe:
        known = self._ports.described(self._tenant, sobject)
        if not self.field_refused:
            return known
        found = self._ports.described_again(self._tenant, sobject)
        if found is not known:
            self._read_anew.add(sobject)
        return found

    def is_outdated(self, error: OrgRefused, describes: Mapping[str, SObjectDescribe]) -> bool:
        """Tell whether the org refused a field that a describe has which could not be read anew."""
        return any(
            describe.field(name) is not None and sobject not in self._read_anew
            for name in _UNKNOWN_COLUMN.findall(error.message)
            for sobject, describe in describes.items()
        )
