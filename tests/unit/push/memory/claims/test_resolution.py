"""Which entity the identifiers of a task resolve to."""

from __future__ import annotations

import json

import pytest
from causeway.contract.messages import parse_message
from causeway.push.memory.claims.resolution import LARGE_STATE, identifiers_of, resolve_tasks
from causeway.push.memory.claims.scope import ClaimScope
from causeway.push.memory.entity import MAX_KEYS_PER_ENTITY, Entity
from causeway.push.memory.packing import FULL_FROM
from causeway.push.tasks import Task

from tests.support.push.memory import ClaimItem, MemoryClaims, StateItems
from tests.support.push.world import TENANT, change, contact_sync

ORG = "org"
ADA = "ada@example.com"


def task(key: str, email: str | None = None) -> Task:
    fields = {"email": email} if email else {}
    body = {"version": 1, "tenant": TENANT, "source": "lead", "changes": [change(key, **fields)]}
    return Task(parse_message(json.dumps(body), 0).changes[0], contact_sync(), "m1")


def scope(stored: dict[str, ClaimItem] | None = None) -> ClaimScope:
    state = StateItems({(TENANT, identifier): item for identifier, item in (stored or {}).items()})
    return ClaimScope(TENANT, ORG, MemoryClaims(state, "w1", lambda: 0, 720_000))


def test_a_key_alone_is_its_own_entity() -> None:
    one = task("k1")
    resolution = resolve_tasks(scope(), [one])
    assert one.entities == identifiers_of(ORG, one)
    assert (one.shared_entity, list(resolution.new)) == ("", list(one.entities))


def test_a_new_key_with_a_new_address_joins_the_entity_of_the_address() -> None:
    one = task("k1", ADA)
    key, address = identifiers_of(ORG, one)
    resolution = resolve_tasks(scope(), [one])
    assert (one.entities, one.shared_entity, resolution.new) == ((address,), address, {key: address, address: address})


def test_two_keys_of_one_address_meet_at_one_entity_in_one_batch() -> None:
    one, two = task("k1", ADA), task("k2", ADA)
    resolve_tasks(scope(), [one, two])
    assert one.entities == two.entities


def test_a_new_key_joins_the_entity_that_its_address_points_to() -> None:
    one = task("k1", ADA)
    key, address = identifiers_of(ORG, one)
    resolution = resolve_tasks(scope({address: ClaimItem(entity="known")}), [one])
    assert (one.entities, resolution.new) == (("known",), {key: "known"})


def test_a_key_that_is_known_keeps_its_entity_and_needs_that_of_the_address_too() -> None:
    one = task("k1", ADA)
    key, address = identifiers_of(ORG, one)
    resolution = resolve_tasks(scope({key: ClaimItem(entity="a"), address: ClaimItem(entity="b")}), [one])
    assert (one.entities, one.shared_entity, resolution.new) == (("a", "b"), "b", {})


def test_a_new_key_gets_an_entity_of_its_own_when_that_of_its_address_is_full() -> None:
    one = task("k1", ADA)
    key, address = identifiers_of(ORG, one)
    keys = {f"key{number}": {"of": ["lead", "x" * 500]} for number in range(MAX_KEYS_PER_ENTITY)}
    full = Entity(keys=keys).text()
    assert len(full) > LARGE_STATE
    resolution = resolve_tasks(scope({address: ClaimItem(state=full, is_entity=True)}), [one])
    assert (one.entities, resolution.new) == ((key, address), {key: key})


def stored_with(keys: int, *, packed: bool) -> str:
    """Return an entity with some keys as it is stored, or as an older version stored it."""
    made = Entity(keys={f"key{number}": {"of": ["lead", f"{number}" * 400]} for number in range(keys)})
    return made.text() if packed else json.dumps({"keys": made.keys, "times": {}, "left_out": {}})


def test_what_an_older_version_stored_is_as_large_as_it_will_be_when_it_is_stored_again() -> None:
    old, one = stored_with(100, packed=False), task("k1", ADA)
    assert len(old) > FULL_FROM
    _, address = identifiers_of(ORG, one)
    resolve_tasks(scope({address: ClaimItem(state=old, is_entity=True)}), [one])
    assert one.entities == (address,), "there is room once it is packed"


def test_an_entity_that_many_keys_of_a_batch_join_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[str | None] = []
    read = Entity.parse

    def noted(text: str | None) -> Entity:
        reads.append(text)
        return read(text)

    monkeypatch.setattr(Entity, "parse", noted)
    tasks = [task(f"k{number}", ADA) for number in range(50)]
    stored = stored_with(100, packed=True)
    resolve_tasks(scope({identifiers_of(ORG, tasks[0])[1]: ClaimItem(state=stored, is_entity=True)}), tasks)
    assert len(stored) > LARGE_STATE
    assert reads == [stored]
