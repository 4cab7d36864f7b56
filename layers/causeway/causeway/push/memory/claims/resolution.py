"""Resolve the identifiers of tasks to entities: a new identifier joins the entity of one that is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from causeway.push.memory.claims.answers import Seen
from causeway.push.memory.claims.scope import ClaimScope
from causeway.push.memory.entity import MAX_KEYS_PER_ENTITY, Entity, stored_size
from causeway.push.memory.identifiers import email_identifier, key_identifier, name_identifier, value_identifier
from causeway.push.memory.packing import FIELD_BYTES, FULL_FROM, KEY_BYTES
from causeway.push.tasks import MatchValue, Task
from causeway.salesforce.values.emails import normalized_email
from causeway.syncs.mapping.rows import PEOPLE, normalized_name

LARGE_STATE = 1_000  # characters as stored; only a state this long can hold so many keys that an entity is full


@dataclass(slots=True)
class Resolution:
    """
    The entities of a batch's identifiers.

    `seen` is what was read of them, `resolved` the entity of each identifier, `new` the identifiers that must be stored with
    their entity before anything is written under them. `joined` are the keys that join an entity now: what each adds to it, bytes.
    `loads` are the size and the number of keys of entities as they are stored, worked out once.
    """

    seen: Mapping[str, Seen]
    resolved: dict[str, str] = field(default_factory=dict)
    new: dict[str, str] = field(default_factory=dict)
    joined: dict[str, list[int]] = field(default_factory=dict)
    loads: dict[str, tuple[int, int]] = field(default_factory=dict)

    def load_of(self, entity: str) -> tuple[int, int]:
        """Return the size of an entity as it is stored, and its number of keys: 0 where it is too small to matter."""
        if entity not in self.loads:
            state = (self.seen[entity].state if entity in self.seen else None) or ""
            keys = len(Entity.parse(state).keys) if len(state) > LARGE_STATE else 0
            self.loads[entity] = stored_size(state), keys
        return self.loads[entity]

    def entity_of(self, identifier: str) -> str | None:
        """Return the entity of an identifier, None for one that is not known yet."""
        if identifier in self.resolved:
            return self.resolved[identifier]
        found = self.seen.get(identifier)
        return None if found is None else found.entity or identifier

    def join(self, identifier: str, entity: str) -> None:
        """Resolve an identifier that is not known yet."""
        self.resolved[identifier] = self.new[identifier] = entity


def resolve_tasks(scope: ClaimScope, tasks: Iterable[Task]) -> Resolution:
    """Read the identifiers of all tasks at once, and give each task its entities."""
    identifiers = [(task, identifiers_of(scope.org_id, task)) for task in tasks]
    resolution = Resolution(scope.look(item for _, found in identifiers for item in found))
    for task, found in identifiers:
        _resolve(task, found, resolution)
    return resolution


def identifiers_of(org_id: str, task: Task) -> tuple[str, ...]:
    """Return the identifiers of a task's record: its key, then what other keys may share (an address, match values)."""
    change, sobject = task.change, task.sync.sobject
    found = [key_identifier(org_id, change.source, change.key, "" if sobject in PEOPLE else sobject)]
    email = (task.email or normalized_email(change.fields.get("email"))) if sobject in PEOPLE else None
    if email:
        found.append(email_identifier(org_id, email))
    if task.values:
        found.append(_match_identifier(org_id, sobject, task.values))
    return tuple(found)


def _match_identifier(org_id: str, sobject: str, values: tuple[MatchValue, ...]) -> str:
    """Return the identifier of match fields; for a name alone it is the one under which parents are created."""
    if len(values) == 1 and values[0].name == "Name":
        return name_identifier(org_id, sobject, normalized_name(values[0].text))
    return value_identifier(org_id, sobject, (str(each.compared) for each in values))


def _resolve(task: Task, identifiers: tuple[str, ...], resolution: Resolution) -> None:
    """Give a task its entities: that of its key first, then those of what it shares with other keys."""
    key, *shared = identifiers
    key_entity = resolution.entity_of(key)
    if key_entity is None:
        key_entity = _entity_to_join(key, shared, resolution)
        resolution.join(key, key_entity)
        resolution.joined.setdefault(key_entity, []).append(_bytes_of(task))
    resolution.resolved[key] = key_entity
    for identifier in shared:
        entity = resolution.entity_of(identifier)
        if entity is None:
            resolution.join(identifier, key_entity)
        else:
            resolution.resolved[identifier] = entity
    task.shared_entity = resolution.resolved[shared[0]] if shared else ""
    task.entities = tuple(dict.fromkeys(resolution.resolved[identifier] for identifier in identifiers))


def _entity_to_join(key: str, shared: list[str], resolution: Resolution) -> str:
    """Return the entity of a new key: the first one that its shared identifiers know, unless that one is full."""
    known = next((entity for item in shared if (entity := resolution.entity_of(item))), None)
    if not shared or (known is not None and _is_full(known, resolution)):
        return key
    return known or shared[0]


def _is_full(entity: str, resolution: Resolution) -> bool:
    """Return whether an entity holds, or will hold with the keys that join it now, as much as it may."""
    size, keys = resolution.load_of(entity)
    joined = resolution.joined.get(entity, ())
    return size + sum(joined) > FULL_FROM or keys + len(joined) >= MAX_KEYS_PER_ENTITY


def _bytes_of(task: Task) -> int:
    """Return what a new key adds to its entity at most, with the fields of all syncs of its source."""
    rows = sum(len(sync.mappings) for sync in (task.source_syncs or (task.sync,)))
    return KEY_BYTES + FIELD_BYTES * rows
