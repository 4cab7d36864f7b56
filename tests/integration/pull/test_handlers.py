"""The handlers of pull and its schedule over their own wiring: schedule in, jobs, org, tables, pages out; with the example events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from causeway.connections.connection import Status
from causeway.wiring import clients, tables
from causeway.wiring.pull import pull_history

from functions.pull import app as pull_app
from functions.pull_schedule import app as schedule_app
from tests.support.pull.factories import a_pull
from tests.support.push.stack import Context, PushStack, push_stack
from tests.support.push.world import TENANT

EVENTS = Path(__file__).parents[3] / "events"


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[PushStack]:
    with push_stack(monkeypatch) as made:
        url = made.sqs.create_queue(QueueName="pull", Attributes={"VisibilityTimeout": "1800"})["QueueUrl"]
        monkeypatch.setenv("PULL_QUEUE_URL", url)
        made.queues = {**made.queues, "PULL_QUEUE_URL": url}
        clients.settings.cache_clear()
        monkeypatch.setattr(Context, "get_remaining_time_in_millis", lambda self: 300_000)
        due_at = clients.now_ms() - 1
        tables.sync_table().put(TENANT, a_pull(sync_id="contacts"), expected_revision=None, due_at_ms=due_at)
        made.control("POST", "records", {"sobject": "Contact", "records": [{"LastName": "Lovelace"}]})
        made.control("POST", "clock", {"advance_s": 60})
        made.connected()
        yield made


def example(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return found


def pages(stack: PushStack) -> list[dict[str, Any]]:
    records = stack._received("OUTBOUND_QUEUE_URL")
    stack._delete("OUTBOUND_QUEUE_URL", records)
    return [json.loads(record["body"]) for record in records]


def run(stack: PushStack, event: dict[str, Any] | None = None) -> list[str]:
    event = event or {"Records": stack._received("PULL_QUEUE_URL")}
    answer = pull_app.lambda_handler(event, Context())
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def test_a_tick_queues_what_is_due_and_the_worker_publishes_it(stack: PushStack) -> None:
    assert schedule_app.lambda_handler(example("pull_schedule/a_minute_has_passed"), Context()) == {"queued": 1}
    assert schedule_app.lambda_handler(example("pull_schedule/a_minute_has_passed"), Context()) == {"queued": 0}
    assert run(stack) == []
    (page,) = pages(stack)
    assert (page["type"], page["last"], page["records"][0]["values"]["last_name"]) == ("records", True, "Lovelace")
    ((found,), _) = pull_history()._runs.page(TENANT)
    assert (found.status, found.kind, found.trigger, found.counts) == (
        "completed",
        "pull",
        "schedule",
        {"created": 1, "read": 1},
    )
    assert found.api_calls >= 2


def test_the_example_of_a_scheduled_pull_runs(stack: PushStack) -> None:
    assert run(stack, example("pull/schedule_queued_a_pull")) == []
    assert len(pages(stack)) == 1


def test_the_example_of_a_continuation_goes_on_under_its_run(stack: PushStack) -> None:
    assert run(stack, example("pull/a_pull_goes_on")) == []
    assert [page["run"] for page in pages(stack)] == ["1795170600000-64c85d68c2ac"]


def test_a_broken_job_is_acknowledged_and_harms_nobody(stack: PushStack) -> None:
    assert run(stack, {"Records": [{"messageId": "m1", "body": "{broken"}]}) == []
    assert pages(stack) == []


def test_a_pull_of_a_deauthorized_tenant_asks_the_org_nothing(stack: PushStack) -> None:
    stack.connected(status=Status.DISCONNECTED)
    stack.control("DELETE", "stats")
    assert run(stack, example("pull/schedule_queued_a_pull")) == []
    assert stack.control("GET", "stats")["api_calls"] == 0


def test_pulling_imports_nothing_that_pushing_pays_for() -> None:
    import subprocess
    import sys

    code = "import sys; import causeway.push.batch, causeway.wiring.push; print('orjson' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
