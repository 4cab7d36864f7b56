"""What is remembered of an outcome suffices to go on with its change, however little of it is kept."""

from __future__ import annotations

import json

import pytest
from causeway.contract.messages import parse_message
from causeway.contract.outcomes import Outcome, Result, Warning
from causeway.push.memory.claims.recognition import recognize
from causeway.push.memory.entity import Entity
from causeway.push.memory.identifiers import memory_key
from causeway.push.memory.outcome_json import MOST_KEPT, kept_outcome, published_outcome, remembered_outcome
from causeway.push.memory.packing import trimmed
from causeway.push.memory.settled_changes import Settled, settle_change
from causeway.push.tasks import Task

from tests.support.push.world import TENANT, change, sync

CHATS = sync("chat", "Task", ("subject", "Subject"))
MESSAGE = {"version": 1, "tenant": TENANT, "source": "lead", "changes": [change("t1", subject="Chat")]}
CHANGE = parse_message(json.dumps(MESSAGE), 1_800_000_000_000).changes[0]
CUT = [Warning(f"Field_{number}__c", "cut", "The text was cut.") for number in range(MOST_KEPT)]
WITHOUT_PERSON = Outcome(
    "t1", Result.CREATED, "chat", "Task", warnings=(*CUT, Warning("WhoId", "about_unknown", "Nobody knows them."))
)


def settled_as(outcome: Outcome) -> Entity:
    entity = Entity()
    kept = Settled(CHANGE.occurred_at_ms, "content", CHATS.revision, kept_outcome(outcome), "1.w")
    settle_change(entity, memory_key(CHANGE.source, CHANGE.key), CHATS.id, kept)
    return entity


def short(entity: Entity) -> Entity:
    body = {"keys": entity.keys, "times": {}, "left_out": {}}
    return Entity(keys=trimmed(body, shorter=True, few_edges=True)["keys"])


def comes_again(entity: Entity) -> Task:
    task = Task(CHANGE, CHATS, "m1", content="content")
    recognize(task, entity)
    return task


@pytest.mark.parametrize("shortened", [False, True], ids=["whole", "cut short"])
def test_a_change_that_went_on_without_its_person_is_tried_again_however_many_warnings_it_had(
    *, shortened: bool
) -> None:
    entity = settled_as(WITHOUT_PERSON)
    assert comes_again(short(entity) if shortened else entity).is_open


def test_a_change_that_had_its_person_is_not_tried_again() -> None:
    assert comes_again(short(settled_as(Outcome("t1", Result.CREATED, "chat", "Task")))).recognized


def test_what_older_versions_remember_is_read_from_its_warnings() -> None:
    entity = settled_as(Outcome("t1", Result.CREATED, "chat", "Task"))
    kept = entity.keys[memory_key(CHANGE.source, CHANGE.key)]["settled"][CHATS.id][0][3]
    kept["warnings"] = [{"field": "WhoId", "code": "about_unknown", "detail": "Nobody knows them."}]
    assert comes_again(entity).is_open


def test_what_only_memory_needs_is_not_shown() -> None:
    edge = {"id": "1", "signal": "hot", "edge": "matched", "values": {}}
    kept = kept_outcome(Outcome("t1", Result.CREATED, warnings=WITHOUT_PERSON.warnings, edges=(edge,)))
    assert (kept["lacks_person"], kept["edges"]) == (True, [edge])
    assert published_outcome(kept).keys() == {"result", "warnings"}
    assert remembered_outcome("t1", "chat", "Task", kept, {}).edges == (edge,)
