"""Create the missing parents that changes name and that may be created, and fill in their Ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from causeway.contract.outcomes import Warning
from causeway.push.deciding.planning.planned_records import Contribution, PlannedRecord
from causeway.push.deciding.resolving import ParentsFirst
from causeway.syncs.mapping.desired import DesiredField, DesiredParent
from causeway.syncs.mapping.rows import normalized_name

type Place = tuple[str, str]
"""A parent: its sObject, and its normalized name."""


@dataclass(slots=True)
class CreatedParents:
    """What became of missing parents: their Ids, names that others are creating (until when), names that were refused (why)."""

    ids: dict[Place, str] = field(default_factory=dict)
    busy: dict[Place, int] = field(default_factory=dict)
    refused: dict[Place, str] = field(default_factory=dict)

    def knows(self, place: Place) -> bool:
        """Return whether it is settled for now what becomes of a parent."""
        return place in self.ids or place in self.busy or place in self.refused

    def wait_for(self, places: Iterable[Place], until_ms: int) -> None:
        """Look again later for what is not settled yet."""
        for place in places:
            if not self.knows(place):
                self.busy[place] = until_ms


def create_parents(
    planned_records: Iterable[PlannedRecord],
    create: Callable[[Mapping[Place, str]], CreatedParents],
    first: Iterable[ParentsFirst] = (),
) -> None:
    """Have the missing parents of the planned records created, and fill in their Ids; tasks of a busy one are redelivered."""
    found = (contribution for planned in planned_records for contribution in planned.contributions)
    contributions = [each for each in (*found, *(each.contribution for each in first)) if each.parents]
    names: dict[Place, str] = {}
    for parent in (parent for contribution in contributions for parent in contribution.parents):
        names.setdefault(_place(parent), " ".join(str(parent.name).split()))  # the first spelling is the one created
    if not names:
        return
    created = create(names)
    for contribution in contributions:
        for parent in contribution.parents:
            _fill_in(contribution, parent, created)


def _fill_in(contribution: Contribution, parent: DesiredParent, created: CreatedParents) -> None:
    place, name = _place(parent), parent.field.name
    if place in created.ids:
        place_of = contribution.desired.defaults if parent.is_default else contribution.desired.fields
        place_of.setdefault(name, DesiredField(parent.field, created.ids[place], parent.rule))
    elif place in created.refused:
        detail = f"The {parent.sobject} of this name could not be created: {created.refused[place]}"
        contribution.warnings = (*contribution.warnings, Warning(name, "parent_refused", detail))
    else:
        contribution.prepared.task.redeliver(created.busy.get(place, 0))


def _place(parent: DesiredParent) -> Place:
    return parent.sobject, normalized_name(str(parent.name))
