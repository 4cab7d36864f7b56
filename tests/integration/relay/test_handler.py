"""The relay function over its own wiring: a change in the org, told by its relay, queues the pull of the sObject."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from causeway.relay.gathering import take_hints
from causeway.wiring import clients, tables

from functions.dead_letter import app as dead_letter_app
from functions.relay import app
from tests.support.pull.factories import a_pull
from tests.support.push.stack import Context, PushStack, push_stack
from tests.support.push.world import TENANT
from tests.support.relay import an_event

FOREIGN = "aws.partner/salesforce.com/00DXX0000000001EAA/0YL000000000001AAA"
EVENTS = Path(__file__).parents[3] / "events"


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[PushStack]:
    with push_stack(monkeypatch) as made:
        url = made.sqs.create_queue(QueueName="pull")["QueueUrl"]
        monkeypatch.setenv("PULL_QUEUE_URL", url)
        made.queues = {**made.queues, "PULL_QUEUE_URL": url}
        clients.settings.cache_clear()
        tables.sync_table().put(TENANT, a_pull(sync_id="contacts"), expected_revision=None, due_at_ms=None)
        made.connected()
        yield made


def followed(stack: PushStack) -> str:
    """Let the tenant follow its org; return the name of the org's source."""
    org_id = tables.connection_table().get(TENANT).org_id
    source = f"aws.partner/salesforce.com/{org_id}/0YL000000000001AAA"
    tables.relay_table().follow(org_id[:15], TENANT, source, clients.now_ms())
    return source


def delivered(*events: Any) -> dict[str, Any]:
    """Return the SQS event that brings these events."""
    (record,) = json.loads((EVENTS / "relay" / "a_contact_changed.json").read_text())["Records"]
    bodies = [each if isinstance(each, str) else json.dumps(each) for each in events]
    return {"Records": [{**record, "messageId": f"m-{place}", "body": body} for place, body in enumerate(bodies)]}


def queued(stack: PushStack) -> int:
    """Return how many pulls are to run in a few seconds."""
    name = "ApproximateNumberOfMessagesDelayed"
    url = stack.queues["PULL_QUEUE_URL"]
    return int(stack.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])


def test_changes_of_the_org_queue_one_pull_for_all_of_them(stack: PushStack) -> None:
    event = an_event(source=followed(stack))
    answer = app.lambda_handler(delivered(event, event, event), Context())
    assert (answer, queued(stack)) == ({"batchItemFailures": []}, 1)
    app.lambda_handler(delivered(event), Context())
    assert queued(stack) == 1


def test_what_is_no_change_of_the_tenants_org_queues_nothing(stack: PushStack) -> None:
    source = followed(stack)
    own = an_event(source=source, header={"changeOrigin": "com/salesforce/api/rest/66.0;client=Causeway"})
    answer = app.lambda_handler(delivered("{", an_event(source=FOREIGN), own, an_event(source="causeway")), Context())
    assert (answer, queued(stack)) == ({"batchItemFailures": []}, 0)


def test_only_the_hints_of_an_org_that_fails_come_again(stack: PushStack, monkeypatch: pytest.MonkeyPatch) -> None:
    source = followed(stack)

    def failing(org_id: str, *arguments: Any) -> int:
        if org_id not in source:
            raise RuntimeError("broken")
        return take_hints(org_id, *arguments)

    monkeypatch.setattr(app, "take_hints", failing)
    answer = app.lambda_handler(delivered(an_event(source=FOREIGN), an_event(source=source)), Context())
    assert (answer, queued(stack)) == ({"batchItemFailures": [{"itemIdentifier": "m-0"}]}, 1)


def test_a_hint_that_crashed_is_not_parked_with_what_the_record_holds(stack: PushStack) -> None:
    broken = "no hint"
    assert dead_letter_app.lambda_handler(delivered(an_event(), broken), Context()) == {"batchItemFailures": []}
    assert [each.body for each in tables.parked_table().by_ids("_unreadable", ["cm-0", "cm-1"])] == [broken]
