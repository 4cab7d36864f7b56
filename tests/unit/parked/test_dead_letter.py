"""A message that crashed its handler is parked once, and the replay looks at what its tenant had gathered."""

from __future__ import annotations

import json
from collections.abc import Sequence

from causeway.contract.messages import UNREADABLE, Delivery
from causeway.parked.dead_letter import park_crashed
from causeway.parked.entries import Parked


class Store:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.entries: list[Parked] = []
        self.waiting: list[str] = []

    def put(self, entries: Sequence[Parked]) -> None:
        self.entries += entries

    def mark_waiting(self, tenant: str) -> None:
        self.waiting.append(tenant)


def test_a_dead_letter_may_have_been_the_one_that_was_to_flush_so_the_replay_looks() -> None:
    store, body = Store(), json.dumps({"version": 1, "tenant": "acme", "source": "lead", "changes": []})
    park_crashed([Delivery("m1", body, 1), Delivery("m2", body, 1), Delivery("m3", "{", 1)], store, 5)
    assert [(entry.tenant, entry.parked_id, entry.code) for entry in store.entries] == [
        ("acme", "cm1", "crashed"),
        ("acme", "cm2", "crashed"),
        (UNREADABLE, "cm3", "crashed"),
    ]
    assert store.waiting == ["acme"]
