"""Create parents by name: each name is claimed, so that it is created once, whoever asks for it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from causeway.errors import CausewayError
from causeway.push.memory.claims.answers import Busy, Held
from causeway.push.memory.claims.owners import CLOCK_MARGIN_MS
from causeway.push.memory.claims.scope import ClaimScope
from causeway.push.memory.entity import Entity
from causeway.push.memory.identifiers import name_identifier
from causeway.push.memory.links import RememberedKey, link_record, linked_records
from causeway.push.ports import Org
from causeway.push.saving.limits import SaveLimits
from causeway.push.saving.parents import CreatedParents, Place
from causeway.push.saving.refusals.refusal_codes import is_passing, is_too_many
from causeway.salesforce.calls import (
    MAX_COLLECTIONS_PER_CALL,
    Collection,
    Save,
    Saved,
    collections_of,
    share_of_next_call,
)

AGAIN_MS = 1_000
_MEMORY = "parent"  # under what a name's entity remembers the record that stands for it


class ParentPorts(NamedTuple):
    """What creating parents works with; `held_here` are the entities that the pass holds, under which a sync may create the same."""

    scope: ClaimScope
    org: Org
    limits: SaveLimits
    timeout_s: float
    read_started_ms: int
    now_ms: int
    held_here: Container[str]

    @property
    def again_ms(self) -> int:
        """Return when to look again for what is neither known nor created (epoch ms)."""
        return self.now_ms + AGAIN_MS


@dataclass(slots=True)
class NameClaim:
    """The claim of one entity, what it remembers, and the parents whose names resolve to it."""

    held: Held
    memory: Entity
    places: list[Place]


def create_named_parents(names: Mapping[Place, str], ports: ParentPorts) -> CreatedParents:
    """Return the Ids of the named parents: created here, or by another worker since our read began."""
    done = CreatedParents()
    places = _places_by_entity(names, ports.scope)
    claims = _claim(places, ports, done)
    _take_known(claims.values(), ports, done)
    done.wait_for((place for entity in places.keys() - claims.keys() for place in places[entity]), ports.again_ms)
    try:
        _create(claims, names, ports, done)
    except CausewayError:  # proves that the present call had no effect
        _release(claims, (entity for entity, claim in claims.items() if not _has_created(claim, done)), ports.scope)
        raise
    _finish(claims, done, ports.scope)
    return done


def _places_by_entity(names: Iterable[Place], scope: ClaimScope) -> dict[str, list[Place]]:
    """Return the parents by the entity that claims their name: an account's name may resolve to the entity of its key."""
    identifiers = {name_identifier(scope.org_id, *place): place for place in names}
    seen = scope.look(identifiers)
    found: dict[str, list[Place]] = {}
    for identifier, place in identifiers.items():
        entity = seen[identifier].entity if identifier in seen else None
        found.setdefault(entity or identifier, []).append(place)
    return found


def _claim(places: Mapping[str, list[Place]], ports: ParentPorts, done: CreatedParents) -> dict[str, NameClaim]:
    """Claim the entities that the pass does not hold itself; names under busy ones wait."""
    claims: dict[str, NameClaim] = {}
    wanted = {entity for entity in places if entity not in ports.held_here}
    for entity, answer in ports.scope.store.acquire(ports.scope.tenant, wanted).items():
        if isinstance(answer, Held):
            claims[entity] = NameClaim(answer, Entity.parse(answer.state), places[entity])
        elif isinstance(answer, Busy):
            done.busy |= dict.fromkeys(places[entity], answer.until_ms)
    return claims


def _take_known(claims: Iterable[NameClaim], ports: ParentPorts, done: CreatedParents) -> None:
    """Take the Ids of parents that another worker created since our read began; what else it wrote is read again."""
    for claim in claims:
        if claim.held.completed_at_ms >= ports.read_started_ms - CLOCK_MARGIN_MS:
            known = linked_records(claim.memory, _MEMORY)
            done.ids |= {place: known[_link(place)] for place in claim.places if _link(place) in known}
            done.wait_for(claim.places, ports.again_ms)


def _create(
    claims: Mapping[str, NameClaim], names: Mapping[Place, str], ports: ParentPorts, done: CreatedParents
) -> None:
    """Create the parents that nobody has created, and note what became of each."""
    missing = [(claim, place) for _, claim in sorted(claims.items()) for place in claim.places if not done.knows(place)]
    saves = [Save(place[0], {"Name": names[place]}, assign=True) for _, place in missing]
    for index, saved in _saved(saves, ports):
        claim, place = missing[index]
        if saved.certainty == "saved" and saved.record_id:
            done.ids[place] = saved.record_id
            link_record(claim.memory, RememberedKey(_MEMORY, "", names[place]), _link(place), saved.record_id)
        else:
            _note_failure(saved, place, ports.again_ms, done)


def _saved(saves: list[Save], ports: ParentPorts) -> Iterator[tuple[int, Saved]]:
    """Send creates, a full call at a time, in smaller groups where the org asks for it; yield each one's index and answer."""
    waiting: list[Sequence[int]] = list(collections_of(saves, ports.limits.records))
    while waiting:
        collections = [Collection(tuple(saves[index] for index in group)) for group in waiting]
        share = share_of_next_call(collections, MAX_COLLECTIONS_PER_CALL)
        answers = ports.org.save(collections[:share], ports.timeout_s)
        answered, waiting = list(zip(waiting[:share], answers, strict=True)), waiting[share:]
        for group, results in answered:
            halves = _halves(group, results, saves, ports.limits)
            waiting = [*halves, *waiting]
            again = {index for half in halves for index in half}
            yield from ((index, saved) for index, saved in zip(group, results, strict=True) if index not in again)


def _halves(
    group: Sequence[int], results: Sequence[Saved], saves: Sequence[Save], limits: SaveLimits
) -> list[Sequence[int]]:
    """Return the creates of a collection that were too many at once, in halves."""
    exceeding = [index for index, saved in zip(group, results, strict=True) if saved.error and is_too_many(saved.error)]
    sobjects = [saves[index].sobject for index in group]
    if not exceeding:
        limits.note_passed(sobjects)
    elif len(exceeding) == 1:
        limits.note_alone(sobjects[0], exceeding[0])
    elif not limits.is_hopeless(sobjects[0]):
        limits.note_exceeded(sobjects[0], exceeding)
        middle = len(exceeding) // 2
        return [exceeding[:middle], exceeding[middle:]]
    return []


def _note_failure(saved: Saved, place: Place, again_ms: int, done: CreatedParents) -> None:
    """Note a parent that was not created: tried again when the cause passes; of an unknown outcome nothing is noted."""
    if saved.certainty == "not_applied" or (saved.error is not None and is_passing(saved.error)):
        done.busy[place] = again_ms
    elif saved.error is not None:
        done.refused[place] = saved.error.message


def _finish(claims: Mapping[str, NameClaim], done: CreatedParents, scope: ClaimScope) -> None:
    """Remember what was created and free the rest; what may have been created keeps its claim."""
    settled = {entity for entity, claim in claims.items() if all(done.knows(place) for place in claim.places)}
    created = {entity for entity in settled if _has_created(claims[entity], done)}
    if created:
        memories = {entity: (claims[entity].held.fence, claims[entity].memory.text()) for entity in created}
        scope.store.complete(scope.tenant, memories)
    if settled - created:
        _release(claims, settled - created, scope)


def _release(claims: Mapping[str, NameClaim], entities: Iterable[str], scope: ClaimScope) -> None:
    scope.store.release(scope.tenant, {entity: claims[entity].held.fence for entity in entities})


def _has_created(claim: NameClaim, done: CreatedParents) -> bool:
    return any(place in done.ids for place in claim.places)


def _link(place: Place) -> str:
    """Return the name under which an entity remembers the parent."""
    return "".join(place)
