"""Create the parents that rows want by name and allow to be created; each name is claimed, so that it is created once."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field

from causeway.contract.outcomes import Warning
from causeway.errors import CausewayError
from causeway.push.deciding.planning.planned_records import Contribution, PlannedRecord
from causeway.push.memory.claims.answers import Busy, Held
from causeway.push.memory.claims.owners import CLOCK_MARGIN_MS
from causeway.push.memory.entity import Entity
from causeway.push.memory.identifiers import name_identifier
from causeway.push.memory.links import RememberedKey, link_record, linked_records
from causeway.push.ports import Claims, Org
from causeway.push.saving.refusals import PASSING
from causeway.salesforce.calls import MAX_COLLECTIONS_PER_CALL, Collection, Save, Saved, collections_of
from causeway.syncs.mapping.desired import DesiredField, DesiredParent
from causeway.syncs.mapping.mappings import normalized_name

AGAIN_MS = 1_000
_MEMORY = "parent"  # under what a name's entity remembers the record that stands for it

type Place = tuple[str, str]  # sObject, normalized name


@dataclass(slots=True)
class CreatedParents:
    """What became of the wanted parents: their Ids, names that others are creating (until when), names that were refused (why)."""

    ids: dict[Place, str] = field(default_factory=dict)
    busy: dict[Place, int] = field(default_factory=dict)
    refused: dict[Place, str] = field(default_factory=dict)

    def knows(self, place: Place) -> bool:
        """Tell whether it is settled for now what becomes of a parent."""
        return place in self.ids or place in self.busy or place in self.refused


def create_parents(
    planned_records: Iterable[PlannedRecord], creating: Callable[[Mapping[Place, str]], CreatedParents]
) -> None:
    """Have the missing parents of the planned records created, and fill in their Ids; a busy one gives its task back."""
    contributions = [
        contribution for planned in planned_records for contribution in planned.contributions if contribution.parents
    ]
    names: dict[Place, str] = {}
    for parent in (parent for contribution in contributions for parent in contribution.parents):
        names.setdefault(_place(parent), " ".join(str(parent.name).split()))  # the first spelling is the one created
    if not names:
        return
    created = creating(names)
    for contribution in contributions:
        for parent in contribution.parents:
            _fill_in(contribution, parent, created)


def _fill_in(contribution: Contribution, parent: DesiredParent, created: CreatedParents) -> None:
    place, name = _place(parent), parent.field.name
    if place in created.ids:
        contribution.desired.fields.setdefault(name, DesiredField(parent.field, created.ids[place], parent.rule))
    elif place in created.refused:
        detail = f"The {parent.sobject} of this name could not be created: {created.refused[place]}"
        contribution.warnings = (*contribution.warnings, Warning(name, "parent_refused", detail))
    else:
        contribution.prepared.task.redeliver(created.busy.get(place, 0))


def _place(parent: DesiredParent) -> Place:
    return parent.sobject, normalized_name(str(parent.name))


class ParentsByName:
    """Claims names, creates what nobody has created since the read began, and remembers it."""

    def __init__(self, tenant: str, org_id: str, claims: Claims, org: Org, timeout_s: float) -> None:
        self._tenant, self._org_id, self._claims, self._org = tenant, org_id, claims, org
        self._timeout_s = timeout_s

    def create(
        self, names: Mapping[Place, str], read_started_ms: int, now_ms: int, held_here: Container[str]
    ) -> CreatedParents:
        """Return the Ids of the named parents; under `held_here` a sync of this batch may be making the same record."""
        done = CreatedParents()
        entities = self._entities(names)
        held: dict[str, Held] = {}
        for entity, claim in self._claims.acquire(self._tenant, {it for it in entities if it not in held_here}).items():
            if isinstance(claim, Held):
                held[entity] = claim
            elif isinstance(claim, Busy):
                done.busy |= dict.fromkeys(entities[entity], claim.until_ms)
        memories = {entity: Entity.parse(claim.state) for entity, claim in held.items()}
        for entity, claim in held.items():
            if claim.completed_at_ms >= read_started_ms - CLOCK_MARGIN_MS:
                known = linked_records(memories[entity], _MEMORY)
                done.ids |= {place: known[_link(place)] for place in entities[entity] if _link(place) in known}
                _read_again(entities[entity], done, now_ms)  # a sync may have made it since our read began
        _read_again((place for entity in entities.keys() - held.keys() for place in entities[entity]), done, now_ms)
        desired = [(entity, place) for entity in sorted(held) for place in entities[entity] if not done.knows(place)]
        try:
            self._save(desired, names, memories, done, now_ms)
        except CausewayError:  # proves that the present call had no effect
            unsent = {entity for entity in held if not any(place in done.ids for place in entities[entity])}
            self._claims.release(self._tenant, {entity: held[entity].fence for entity in unsent})
            raise
        self._finish(held, entities, memories, done)
        return done

    def _entities(self, names: Iterable[Place]) -> dict[str, list[Place]]:
        """Return under which entities the names are claimed: an account's name may lead to the entity of its key."""
        identifiers = {name_identifier(self._org_id, *place): place for place in names}
        seen = self._claims.look(self._tenant, identifiers)
        entities: dict[str, list[Place]] = {}
        for identifier, place in identifiers.items():
            entity = seen[identifier].entity if identifier in seen else None
            entities.setdefault(entity or identifier, []).append(place)
        return entities

    def _save(
        self,
        desired: list[tuple[str, Place]],
        names: Mapping[Place, str],
        memories: Mapping[str, Entity],
        done: CreatedParents,
        now_ms: int,
    ) -> None:
        saves = [Save(place[0], {"Name": names[place]}, assign=True) for _, place in desired]
        groups = collections_of(saves)
        for start in range(0, len(groups), MAX_COLLECTIONS_PER_CALL):
            now = groups[start : start + MAX_COLLECTIONS_PER_CALL]
            sent = [Collection(tuple(saves[index] for index in group)) for group in now]
            for group, results in zip(now, self._org.save(sent, self._timeout_s), strict=True):
                for index, saved in zip(group, results, strict=True):
                    entity, place = desired[index]
                    if saved.certainty == "saved" and saved.record_id:
                        done.ids[place] = saved.record_id
                        link_record(
                            memories[entity], RememberedKey(_MEMORY, "", names[place]), _link(place), saved.record_id
                        )
                    else:
                        _note_failure(saved, place, done, now_ms)

    def _finish(
        self,
        held: Mapping[str, Held],
        entities: Mapping[str, list[Place]],
        memories: Mapping[str, Entity],
        done: CreatedParents,
    ) -> None:
        """Remember what was created, free the rest; what may have been created keeps its claim."""
        kept = {entity for entity in held if all(done.knows(place) for place in entities[entity])}
        created = {entity for entity in kept if any(place in done.ids for place in entities[entity])}
        if created:
            self._claims.complete(
                self._tenant, {entity: (held[entity].fence, memories[entity].text()) for entity in created}
            )
        if kept - created:
            self._claims.release(self._tenant, {entity: held[entity].fence for entity in kept - created})


def _link(place: Place) -> str:
    return "".join(place)


def _read_again(places: Iterable[Place], done: CreatedParents, now_ms: int) -> None:
    """Have what is neither known nor busy looked for again."""
    for place in places:
        if not done.knows(place):
            done.busy[place] = now_ms + AGAIN_MS


def _note_failure(saved: Saved, place: Place, done: CreatedParents, now_ms: int) -> None:
    """Note a parent that was not made: tried again when the cause passes; of an unknown outcome nothing is noted."""
    if saved.certainty == "not_applied" or (saved.error is not None and saved.error.code in PASSING):
        done.busy[place] = now_ms + AGAIN_MS
    elif saved.error is not None:
        done.refused[place] = saved.error.message
