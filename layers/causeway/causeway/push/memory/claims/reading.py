"""Read what entities remember without claiming them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from causeway.push.memory.claims.answers import Seen
from causeway.push.memory.claims.resolution import resolve_tasks
from causeway.push.memory.claims.scope import ClaimScope
from causeway.push.memory.entity import Entity
from causeway.push.memory.identifiers import key_identifier, memory_key
from causeway.push.memory.links import linked_records
from causeway.push.tasks import Task

type RecordKey = tuple[str, str]
"""A source and a record key of it."""


def entities_of_tasks(scope: ClaimScope, tasks: Sequence[Task]) -> dict[str, Entity]:
    """Give tasks their entities as `take_claims` does, and return what these remember."""
    seen = resolve_tasks(scope, tasks).seen
    wanted = {entity for task in tasks for entity in task.entities}
    return _parsed(wanted, {**seen, **scope.look(wanted - seen.keys())})


def read_entities(scope: ClaimScope, entities: Iterable[str]) -> dict[str, Entity]:
    """Return what entities remember; one that was never stored is empty."""
    wanted = set(entities)
    return _parsed(wanted, scope.look(wanted))


def linked_people(scope: ClaimScope, keys: Iterable[RecordKey]) -> dict[RecordKey, Mapping[str, str]]:
    """Return the people that record keys stand for: sObject → Id."""
    identifiers = {key_identifier(scope.org_id, *key): key for key in keys}
    seen = scope.look(identifiers)
    entities = scope.look(found.entity for found in seen.values() if found.entity)
    links = {}
    for identifier, key in identifiers.items():
        found = seen.get(identifier)
        item = entities.get(found.entity) if found and found.entity else found
        if item and item.state:
            links[key] = linked_records(Entity.parse(item.state), memory_key(*key))
    return links


def _parsed(entities: Iterable[str], stored: Mapping[str, Seen]) -> dict[str, Entity]:
    return {entity: Entity.parse(stored[entity].state if entity in stored else None) for entity in entities}
