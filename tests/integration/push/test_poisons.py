"""Every kind of poison in one batch with a neighbour's change: that one is written at once, and of the poison nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import batched

import pytest
from causeway.connections.connection import Connection, Status
from causeway.contract.messages import Delivery
from causeway.syncs.sync import Sync

from tests.chaos.load import syncs
from tests.chaos.poisons import TENANT as MISCHIEF
from tests.chaos.poisons import Poison, costly_sync, poisons
from tests.support.push.world import TENANT, World, change, world

ROUNDS = 60  # deliveries in a row: people who share an address are created a few at a time
PER_BATCH = 6  # messages of nearly 1 MB: what one event of Lambda holds


@pytest.fixture(scope="module")
def w() -> Iterator[World]:
    with world() as made:
        access = made.access
        for tenant in (TENANT, MISCHIEF):
            connection = Connection(tenant, Status.CONNECTED, epoch=1, org_id=access.org_id, instance_url=made.origin)
            made.connections.by_tenant[tenant] = connection
            made.syncs.by_tenant[tenant] = [Sync.model_validate(sync) for sync in syncs()]
        made.syncs.by_tenant[MISCHIEF].append(Sync.model_validate(costly_sync()))
        yield made


def delivered(w: World, deliveries: list[Delivery]) -> None:
    """Deliver messages again and again, as the queue does, until none comes back."""
    left = deliveries
    for receives in range(1, ROUNDS + 1):
        again: list[Delivery] = []
        for some in batched(left, PER_BATCH, strict=False):
            batch = w.deliver(*some)
            assert batch.faults == []
            again += [replace_receives(each, receives + 1) for each in some if each.message_id in batch.redelivered]
        left = again
        w.now += 60_000
        if not left:
            return
    raise AssertionError(f"{len(left)} messages still come back")


def replace_receives(delivery: Delivery, receives: int) -> Delivery:
    return delivery._replace(receives=receives)


def lost(w: World, poison: Poison) -> set[str]:
    """Return the keys that have neither an outcome nor a parked entry; the whole messages, where there are no keys."""
    entries = [entry for (tenant, _), entry in w.parked.entries.items() if tenant in (MISCHIEF, "_unreadable")]
    if not poison.keys:
        return {poison.name} - {poison.name for entry in entries if poison.run in entry.body}
    bodies = [json.loads(body) for _, body in w.outbound.sent]
    published = {item["key"] for body in bodies if body["run"] == poison.run for item in body["outcomes"]}
    return set(poison.keys) - published - {str(entry.key) for entry in entries}


SMALL = [
    poison for poison in poisons() if poison.name != "shared-address"
]  # which takes minutes here; its first 60 keys are below


@pytest.mark.parametrize("poison", SMALL, ids=lambda poison: poison.name)
def test_a_neighbour_in_the_same_batch_is_written_at_once_and_nothing_is_lost(w: World, poison: Poison) -> None:
    deliveries = [Delivery(f"{poison.name}-{place}", body, w.now) for place, body in enumerate(poison.bodies)]
    name = f"Neighbour of {poison.name}"
    neighbour = w.message(change(poison.name, last_name=name, company="c", email=f"{poison.name}@acme.example.com"))
    first = w.deliver(neighbour, *deliveries[:PER_BATCH])
    assert neighbour.message_id not in first.redelivered
    assert len(w.records("Contact", LastName=name)) == 1
    delivered(w, deliveries)
    assert lost(w, poison) == set()


def test_people_who_share_an_address_are_all_settled(w: World) -> None:
    (shared,) = [poison for poison in poisons() if poison.name == "shared-address"]
    body = json.loads(shared.bodies[0])
    body["changes"] = body["changes"][:60]
    few = Poison(shared.name, (json.dumps(body),), shared.keys[:60])
    delivered(w, [Delivery("shared", few.bodies[0], w.now)])
    assert lost(w, few) == set()
