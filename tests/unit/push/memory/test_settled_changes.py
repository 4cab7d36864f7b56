"""Which changes are recognized when they come again, and which resolve a parked entry."""

from __future__ import annotations

import json

from causeway.contract.changes import Change
from causeway.contract.messages import parse_message
from causeway.push.memory.entity import Entity
from causeway.push.memory.settled_changes import (
    MAX_SETTLED_PER_SYNC,
    Settled,
    note_refused,
    recognized_change,
    settle_change,
)

from tests.support.push.world import TENANT, change, contact_sync

SYNC = contact_sync()
AT_MS = 1_767_225_600_000
CREATED = {"result": "created"}


def sent(second: int = 0) -> Change:
    body = {
        "version": 1,
        "tenant": TENANT,
        "source": "lead",
        "changes": [change("k1", f"2026-01-01T00:00:{second:02d}Z")],
    }
    return parse_message(json.dumps(body), AT_MS).changes[0]


def settled(content: str = "c", revision: int = SYNC.revision, second: int = 0) -> Settled:
    return Settled(AT_MS + second * 1_000, content, revision, CREATED)


def test_the_same_change_is_recognized_with_its_outcome() -> None:
    entity = Entity()
    assert not settle_change(entity, "m", SYNC.id, settled())
    found = recognized_change(Entity.parse(entity.text()), "m", SYNC, sent(), "c")
    assert found is not None
    assert (found.outcome, found.resolves) == (CREATED, False)


def test_another_moment_content_or_revision_is_another_change() -> None:
    entity = Entity()
    settle_change(entity, "m", SYNC.id, settled())
    assert recognized_change(entity, "m", SYNC, sent(1), "c") is None
    assert recognized_change(entity, "m", SYNC, sent(), "other") is None
    assert recognized_change(entity, "m", SYNC.model_copy(update={"revision": 9}), sent(), "c") is None


def test_only_the_newest_few_are_kept() -> None:
    entity = Entity()
    for second in range(MAX_SETTLED_PER_SYNC + 1):
        settle_change(entity, "m", SYNC.id, settled(second=second))
    assert recognized_change(entity, "m", SYNC, sent(0), "c") is None
    assert recognized_change(entity, "m", SYNC, sent(1), "c") is not None


def test_what_was_refused_is_resolved_once_when_the_same_content_is_settled() -> None:
    entity = Entity()
    note_refused(entity, "m", SYNC.id, "c")
    assert settle_change(entity, "m", SYNC.id, settled(second=1))
    found = recognized_change(entity, "m", SYNC, sent(1), "c")
    assert found is not None
    assert found.resolves
    assert not settle_change(entity, "m", SYNC.id, settled(second=2))
