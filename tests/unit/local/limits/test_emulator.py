"""The behaviours are really put into the emulator: each is asked through the emulator's own functions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.limits import emulator
from local.limits.invocations import NEW_ACCOUNT

lambda_svc = pytest.importorskip("ministack.services.lambda_svc")
eventbridge = pytest.importorskip("ministack.services.eventbridge")
sqs = pytest.importorskip("ministack.services.sqs")

FUNCTION = {"config": {"FunctionName": "f", "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f"}}


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Take the behaviours out again: other tests of this process know the emulator as it is."""
    kept = {module: dict(vars(module)) for module in (lambda_svc, eventbridge, sqs)}
    yield
    for module, names in kept.items():
        vars(module).update(names)


def test_the_eleventh_execution_of_the_account_is_throttled() -> None:
    emulator.put_in(["concurrency"])
    slots = [lambda_svc._acquire_execution_slot(FUNCTION, FUNCTION["config"])[0] for _ in range(NEW_ACCOUNT)]
    refused = lambda_svc._execute_function(FUNCTION, {})
    for slot in slots:
        lambda_svc._release_execution_slot(slot)
    assert refused["throttle"]
    assert refused["body"]["__type"] == "TooManyRequestsException"


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
