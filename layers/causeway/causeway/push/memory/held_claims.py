"""Claim every person and record of a batch before anything is written, and remember what was decided when it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from causeway.errors import StoreUnavailable
from causeway.push.memory.claims.answers import Busy, Held, Pointed, Seen
from causeway.push.memory.entity import Entity
from causeway.push.memory.identifiers import (
    email_identifier,
    key_identifier,
    memory_key,
    name_identifier,
    value_identifier,
)
from causeway.push.memory.links import linked_records
from causeway.push.memory.outcome_json import remembered_outcome
from causeway.push.memory.owned_records import disown_record, own_record, owned_records
from causeway.push.memory.pending_creates import PendingCreate, note_create
from causeway.push.memory.settled_changes import data_of, recognized_change
from causeway.push.ports import Claims
from causeway.push.tasks import Task
from causeway.salesforce.emails import normalized_email
from causeway.syncs.mapping.mappings import PEOPLE, normalized_name

RESOLVED_ELSEWHERE_MS = 1_000  # another worker gave an identifier its entity a moment ago
CLOCK_MARGIN_MS = 2_000  # how far the clocks of two workers may differ
LARGE_STATE = 50_000  # only then is it worth looking whether an entity is full


class HeldClaims:
    """
    The claims that one tenant's batch holds.

    A task may be decided once all its entities are held; a record may be written once its owning entity is held, too.
    """

    def __init__(self, tenant: str, org_id: str, store: Claims) -> None:
        self._tenant, self._org_id, self._store = tenant, org_id, store
        self._held: dict[str, Held] = {}
        self._before: dict[str, str] = {}
        self._owners: dict[str, str] = {}
        self.entities: dict[str, Entity] = {}
        self.unknown: set[str] = set()

    # --- taking

    def take(self, tasks: list[Task], now_ms: int) -> None:
        """Resolve identifiers to entities, recognize what is settled, claim the rest; tasks that can not be claimed are given back."""
        identifiers = {id(task): self._identifiers(task) for task in tasks}
        seen = self._store.look(self._tenant, {item for found in identifiers.values() for item in found})
        placed: dict[str, str] = {}
        new: dict[str, str] = {}
        for task in tasks:
            _place(task, identifiers[id(task)], seen, placed, new)
        self._recognize(tasks, seen)
        desired = [task for task in tasks if task.is_open]
        self._acquire({entity for task in desired for entity in task.entities}, desired, now_ms)
        self._point({item for task in desired if task.is_open for item in identifiers[id(task)]}, new, desired, now_ms)
        for task in tasks:
            if task.is_open:
                self._recognize_held(task)

    def peek(self, tasks: list[Task]) -> None:
        """Resolve and read as `take` does, without claiming anything: for what is only asked, never written."""
        identifiers = {id(task): self._identifiers(task) for task in tasks}
        seen = self._store.look(self._tenant, {item for found in identifiers.values() for item in found})
        placed: dict[str, str] = {}
        for task in tasks:
            _place(task, identifiers[id(task)], seen, placed, {})
        self.peek_entities({entity for task in tasks for entity in task.entities}, seen)

    def peek_entities(self, entities: Iterable[str], seen: Mapping[str, Seen]) -> None:
        """Read what further entities remember, as far as they were not seen, without claiming them."""
        desired = set(entities) - self.entities.keys()
        unread = desired - seen.keys()
        stored = {**seen, **(self._store.look(self._tenant, unread) if unread else {})}
        self.entities |= {
            entity: Entity.parse(stored[entity].state if entity in stored else None) for entity in desired
        }

    def _identifiers(self, task: Task) -> tuple[str, ...]:
        """Return under what a task's record is claimed: its key, then what other keys may share (an address, match values)."""
        change, sobject = task.change, task.sync.sobject
        found = [key_identifier(self._org_id, change.source, change.key, "" if sobject in PEOPLE else sobject)]
        email = (task.email or normalized_email(change.fields.get("email"))) if sobject in PEOPLE else None
        if email:
            found.append(email_identifier(self._org_id, email))
        if task.values:
            found.append(self._identifier_of(sobject, task.values))
        return tuple(found)

    def _identifier_of(self, sobject: str, values: tuple[tuple[str, str], ...]) -> str:
        """Return the identifier of match fields; a name alone is the one under which parents are made by name."""
        if len(values) == 1 and values[0][0] == "Name":
            return name_identifier(self._org_id, sobject, normalized_name(values[0][1]))
        return value_identifier(self._org_id, sobject, (value.casefold() for _, value in values))

    def links_of(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Mapping[str, str]]:
        """Return the people that other record keys (source, key) stand for: sObject → Id. Read, not claimed."""
        identifiers = {key_identifier(self._org_id, *key): key for key in keys}
        if not identifiers:
            return {}
        seen = self._store.look(self._tenant, identifiers)
        pointers = {found.entity for found in seen.values() if found.entity}
        entities = self._store.look(self._tenant, pointers) if pointers else {}
        links = {}
        for identifier, key in identifiers.items():
            found = seen.get(identifier)
            place = entities.get(found.entity) if found and found.entity else found
            if place and place.state:
                links[key] = linked_records(Entity.parse(place.state), memory_key(*key))
        return links

    def _recognize(self, tasks: Iterable[Task], seen: Mapping[str, Seen]) -> None:
        """Answer from memory what is settled already: it needs no claim."""
        parsed: dict[str, Entity] = {}
        for task in tasks:
            entity = task.entities[0]
            found = seen.get(entity)
            if found is None or not found.state:
                continue
            if entity not in parsed:
                parsed[entity] = Entity.parse(found.state)
            _recall(task, parsed[entity])

    def _recognize_held(self, task: Task) -> None:
        _recall(task, self.entities[task.entities[0]])

    def _acquire(self, entities: set[str], tasks: Iterable[Task], now_ms: int) -> None:
        answers = self._store.acquire(self._tenant, entities - self._held.keys())
        for entity, answer in answers.items():
            if isinstance(answer, Held):
                self._keep(entity, answer)
        for task in tasks:
            for entity in task.entities:
                met = answers.get(entity)
                if isinstance(met, Busy):
                    task.redeliver(met.until_ms)
                elif isinstance(met, Pointed):
                    task.redeliver(now_ms + RESOLVED_ELSEWHERE_MS)

    def _keep(self, entity: str, held: Held) -> None:
        self._held[entity] = held
        self.entities[entity] = Entity.parse(held.state)
        self._before[entity] = held.state or self.entities[entity].text()
        self._owners |= dict.fromkeys(owned_records(self.entities[entity]), entity)

    def _point(self, needed: set[str], new: Mapping[str, str], tasks: Iterable[Task], now_ms: int) -> None:
        """Give new identifiers their entities before anything is written under them."""
        pointers = {
            identifier: entity for identifier, entity in new.items() if identifier in needed and identifier != entity
        }
        if not pointers:
            return
        told = self._store.point(self._tenant, pointers)
        lost = {identifier for identifier, entity in pointers.items() if told.get(identifier) != entity}
        if lost:
            for task in tasks:
                if task.is_open and lost.intersection(self._identifiers(task)):
                    task.redeliver(now_ms + RESOLVED_ELSEWHERE_MS)

    # --- records

    def own(self, desired: Mapping[str, str], read_started_ms: int) -> dict[str, str]:
        """
        Return the held entity that owns each record (record Id → the entity that asks).

        A record whose owner another worker holds, or whose owner was completed after our read began, is missing.
        """
        owned = {record_id: self._owners[record_id] for record_id in desired if record_id in self._owners}
        asked = {record_id: entity for record_id, entity in desired.items() if record_id not in owned}
        if not asked:
            return owned
        told = self._store.own(self._tenant, self._org_id, asked)
        others = {entity for entity in told.values() if entity not in self._held}
        for entity, answer in (self._store.acquire(self._tenant, others) if others else {}).items():
            if isinstance(answer, Held):
                self._keep(entity, answer)
        for record_id, entity in told.items():
            if entity in self._held and (
                entity not in others or self._held[entity].completed_at_ms < read_started_ms - CLOCK_MARGIN_MS
            ):
                self._note_owner(record_id, entity)
                owned[record_id] = entity
        return owned

    def _note_owner(self, record_id: str, entity: str) -> None:
        own_record(self.entities[entity], record_id)
        self._owners[record_id] = entity

    def own_created(self, created: Mapping[str, str]) -> None:
        """Note that records just created belong to their entities (also on the owner index, for whoever finds them another way)."""
        told = self._store.own(self._tenant, self._org_id, created) if created else {}
        for record_id, entity in created.items():
            if told.get(record_id) == entity:
                self._note_owner(record_id, entity)
            else:
                disown_record(self.entities[entity], record_id)

    def takes(self, record_id: str, entity: str) -> bool:
        """Make a held entity the owner of a record that has none, and tell whether it owns it now; raises StoreUnavailable."""
        owner = self._store.own(self._tenant, self._org_id, {record_id: entity}).get(record_id)
        if owner is None:
            raise StoreUnavailable(
                "The claims do not answer at the moment.", "Nothing needs to be done; it is tried again."
            )
        if owner == entity:
            self._note_owner(record_id, entity)
        return owner == entity

    def note_create(self, creates: Mapping[tuple[str, str], PendingCreate]) -> set[str]:
        """
        Store creates by (entity, sObject) before they are sent; return the entities that have them.

        The leases stay. Should this worker die, the next one looks for these records before it creates any.
        """
        for (entity, sobject), pending in creates.items():
            note_create(self.entities[entity], sobject, pending)
        return self.keep({entity for entity, _ in creates})

    def keep(self, entities: Iterable[str]) -> set[str]:
        """Store what entities remember by now without giving their claims back; return those that were stored."""
        texts = {entity: self.entities[entity].text() for entity in entities}
        changed = {entity: (self._held[entity].fence, text) for entity, text in texts.items()}
        stored = self._store.complete(self._tenant, changed, keep=True) if changed else set()
        self._before |= {entity: texts[entity] for entity in stored}
        return stored

    # --- ending

    def finish(self) -> set[str]:
        """
        Store what changed and free the claims; return the entities whose memory is stored.

        An entity under which something of unknown outcome was sent keeps its lease until nothing sent can land any more.
        """
        stored: set[str] = set()
        for keep in (False, True):
            mine = {entity for entity in self._held if (entity in self.unknown) is keep}
            texts = {entity: self.entities[entity].text() for entity in mine}
            changed = {
                entity: (self._held[entity].fence, texts[entity])
                for entity in mine
                if texts[entity] != self._before[entity]
            }
            stored |= self._store.complete(self._tenant, changed, keep=keep) if changed else set()
            untouched = mine - changed.keys()
            stored |= untouched
            if not keep and untouched:
                self._store.release(self._tenant, {entity: self._held[entity].fence for entity in untouched})
        self._held.clear()
        return stored


def _place(
    task: Task, identifiers: tuple[str, ...], seen: Mapping[str, Seen], placed: dict[str, str], new: dict[str, str]
) -> None:
    """Decide the entities of a task's identifiers: a new identifier joins the entity of one that is known, a shared one's first."""
    key, *shared = identifiers
    known = next((entity for item in shared if (entity := _known_entity(item, seen, placed))), None)
    key_entity = _known_entity(key, seen, placed)
    if key_entity is None:
        alone = known is not None and _is_full(known, seen)
        key_entity = new[key] = key if alone or not shared else known or shared[0]
    placed[key] = key_entity
    for identifier in shared:
        entity = _known_entity(identifier, seen, placed)
        if entity is None:
            entity = new[identifier] = key_entity
        placed[identifier] = entity
    task.shared_entity = placed[shared[0]] if shared else ""
    task.entities = tuple(dict.fromkeys(placed[identifier] for identifier in identifiers))


def _known_entity(identifier: str, seen: Mapping[str, Seen], placed: Mapping[str, str]) -> str | None:
    if identifier in placed:
        return placed[identifier]
    found = seen.get(identifier)
    return None if found is None else found.entity or identifier


def _is_full(entity: str, seen: Mapping[str, Seen]) -> bool:
    state = seen[entity].state if entity in seen else None
    return state is not None and len(state) > LARGE_STATE and Entity.parse(state).is_full


def _recall(task: Task, entity: Entity) -> None:
    """Answer a task that is settled already with the outcome told then; what was refused is tried again when redriven."""
    task.memory_key = task.memory_key or memory_key(task.change.source, task.change.key)
    known = recognized_change(entity, task.memory_key, task.sync, task.change, task.content)
    if known is None or (task.redriven and known.outcome["result"] == "rejected"):
        return
    data = data_of(entity, task.memory_key)
    task.outcome = remembered_outcome(task.change.key, task.sync.id, task.sync.sobject, known.outcome, data)
    task.recognized, task.resolves = True, known.resolves
