"""The behaviours are really put into the emulator: each is asked through the emulator's own functions."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.limits import emulator
from local.limits.invocations import HELD_BY_OTHERS, NEW_ACCOUNT
from local.limits.met import times
from local.limits.names import NAMES

lambda_svc = pytest.importorskip("ministack.services.lambda_svc")
eventbridge = pytest.importorskip("ministack.services.eventbridge")
sqs = pytest.importorskip("ministack.services.sqs")
sns = pytest.importorskip("ministack.services.sns")
app = pytest.importorskip("ministack.app")

FUNCTION = {"config": {"FunctionName": "f", "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f"}}


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Take the behaviours out again: other tests of this process know the emulator as it is."""
    kept = {module: dict(vars(module)) for module in (lambda_svc, eventbridge, sqs)}
    handlers = dict(app.SERVICE_HANDLERS)
    yield
    for module, names in kept.items():
        vars(module).update(names)
    app.SERVICE_HANDLERS.update(handlers)


def test_the_eleventh_execution_of_the_account_is_throttled_and_noted(tmp_path: Path) -> None:
    emulator.put_in(["concurrency"], emulator.World(met_file=str(tmp_path / "met")))
    slots = [lambda_svc._acquire_execution_slot(FUNCTION, FUNCTION["config"])[0] for _ in range(NEW_ACCOUNT)]
    refused = lambda_svc._execute_function(FUNCTION, {})
    for slot in slots:
        lambda_svc._release_execution_slot(slot)
    assert refused["throttle"]
    assert times(tmp_path / "met") == {"concurrency": 1}
    assert refused["body"]["__type"] == "TooManyRequestsException"


def test_while_others_are_busy_the_third_execution_is_throttled() -> None:
    emulator.put_in(["concurrency", "crowd"], emulator.World(now_s=lambda: 0.0, chance=Short()))
    room = NEW_ACCOUNT - HELD_BY_OTHERS
    slots = [lambda_svc._acquire_execution_slot(FUNCTION, FUNCTION["config"])[0] for _ in range(room + 1)]
    for slot in slots:
        lambda_svc._release_execution_slot(slot)
    assert [slot is None for slot in slots] == [False] * room + [True]


def test_a_full_account_makes_a_batch_of_a_queue_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([{"throttle": True, "error": True, "body": {}}])
    monkeypatch.setattr(lambda_svc, "_execute_function", lambda *_: next(answers, {"body": {"batchItemFailures": []}}))
    queues: dict[str, Any] = {"q": {"attributes": {"VisibilityTimeout": "30"}, "messages": []}}
    monkeypatch.setattr(sqs, "_queues", queues)
    emulator.put_in(["concurrency"], emulator.World(sleep=lambda _: None))
    mapping = {"UUID": "u", "FunctionName": "f"}
    lambda_svc._run_sqs_batch(mapping, FUNCTION, {"Records": []}, [], "q", "q")
    assert mapping["LastProcessingResult"] == "OK - 0 records"


def test_a_throttled_function_is_a_500_at_the_gateway() -> None:
    emulator.put_in(["concurrency"])
    answered, _ = lambda_svc.lambda_execute_result_to_api_proxy_response({"throttle": True, "error": True, "body": {}})
    assert answered["statusCode"] == 500


def test_a_rule_invokes_asynchronously(monkeypatch: pytest.MonkeyPatch) -> None:
    later: list[tuple[Any, Any]] = []
    monkeypatch.setattr(lambda_svc, "invoke_async_with_retry", lambda *given: later.append(given))
    monkeypatch.setattr(lambda_svc, "_get_func_record_for_ref", lambda _: (FUNCTION, FUNCTION["config"], "f"))
    emulator.put_in(["concurrency"])
    eventbridge._dispatch_to_lambda("arn", json.dumps({"tick": 1}))
    assert [event for _, event in later] == [{"tick": 1}]


class Short(random.Random):
    """A chance by which every table is short of capacity at once, and every read comes from before."""

    def random(self) -> float:
        return 0.4

    def expovariate(self, lambd: float = 1.0) -> float:
        return 0.0


def called(service: str, action: str, **body: Any) -> dict[str, Any]:
    """Return what the emulator's handler of a service answers, as its server asks it."""
    headers = {"x-amz-target": f"{service}.{action}"}
    _, _, content = asyncio.run(app.SERVICE_HANDLERS[service]("POST", "/", headers, json.dumps(body).encode(), {}))
    answer: dict[str, Any] = json.loads(content)
    return answer


def test_a_table_without_capacity_refuses_a_read(tmp_path: Path) -> None:
    key = {"TableName": "limits", "Key": {"pk": {"S": "x"}}}
    assert "ResourceNotFound" in called("dynamodb", "GetItem", **key)["__type"]
    world = emulator.World(now_s=lambda: 0.0, chance=Short(), met_file=str(tmp_path / "met"))
    emulator.put_in(["tables"], world)
    assert "ResourceNotFound" not in called("dynamodb", "GetItem", **key)["__type"]
    assert times(tmp_path / "met") == {"tables": 1}


def test_a_secret_just_made_is_not_found(tmp_path: Path) -> None:
    world = emulator.World(now_s=lambda: 0.0, chance=Short(), met_file=str(tmp_path / "met"))
    emulator.put_in(["secrets"], world)
    assert called("secretsmanager", "CreateSecret", Name="limits/new", SecretString="x")["VersionId"]
    assert called("secretsmanager", "GetSecretValue", SecretId="limits/new")["__type"] == "ResourceNotFoundException"
    assert times(tmp_path / "met") == {"secrets": 1}


def test_pollers_get_a_quiet_tenants_message_first() -> None:
    emulator.put_in(["queues"])
    later, messages = time.time() + 60, list[dict[str, Any]]()
    for number in range(40):
        flying = number < 30
        state = {"visible_at": later if flying else 0.0, "receive_count": int(flying), "receipt_handle": "r"}
        messages.append({"id": str(number), "group_id": "loud", "body": "", **state})
    messages.append({"id": "q", "group_id": "quiet", "body": "", "visible_at": 0.0, "receive_count": 0})
    queue = {"is_fifo": False, "messages": messages}
    assert [each["group_id"] for each in sqs._collect_msgs(queue, 2, 30)] == ["quiet", "loud"]
    assert queue["messages"] is messages


@pytest.mark.parametrize(("condition", "delivered"), [({}, 1), ({"Condition": {"Bool": {"x": "y"}}}, 0)])
def test_a_conditional_topic_policy_keeps_events_out(
    condition: dict[str, Any], delivered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish", **condition}
    monkeypatch.setattr(sns, "topic_policy_for_arn", lambda _: (json.dumps({"Statement": [allow]}), "0"))
    published: list[str] = []
    monkeypatch.setattr(sns, "publish_internal", lambda arn, *_: published.append(arn))
    emulator.put_in(["topics"])
    eventbridge._dispatch_to_sns("arn", "{}")
    assert len(published) == delivered


def test_every_behaviour_there_is_can_be_put_in() -> None:
    emulator.put_in(NAMES)
