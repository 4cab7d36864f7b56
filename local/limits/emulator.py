"""Puts the behaviours into the emulator's own process: the one module that knows ministack's insides."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from local.limits.invocations import EVENT_AGE_S, NEW_ACCOUNT, behind_the_gateway, until_admitted
from local.limits.names import CONCURRENCY

# how long a throttled invocation is tried again
_tried_for_s: ContextVar[float] = ContextVar("tried_for_s", default=0.0)


@dataclass(frozen=True)
class World:
    """What behaviours need of the machine."""

    sleep: Callable[[float], None] = time.sleep


def put_in(names: Iterable[str], world: World | None = None) -> None:
    """Put the named behaviours into the ministack of this process; call it before it serves."""
    for name in names:
        _BEHAVIOURS[name](world or World())


@contextmanager
def _tried_again(for_s: float) -> Iterator[None]:
    token = _tried_for_s.set(for_s)
    try:
        yield
    finally:
        _tried_for_s.reset(token)


def _concurrency(world: World) -> None:
    """Cap the account; every asynchronous event and batch of a queue goes through the emulator's retries, in its caller's context."""
    from ministack.services import eventbridge, lambda_svc, sqs

    execute, respond = lambda_svc._execute_function, lambda_svc.lambda_execute_result_to_api_proxy_response
    invoke_later, run_batch = lambda_svc.invoke_async_with_retry, lambda_svc._run_sqs_batch

    def admitted(function: Any, event: Any) -> Any:
        return until_admitted(lambda: execute(function, event), _tried_for_s.get(), world.sleep)

    def later(function: Any, event: Any) -> None:
        with _tried_again(EVENT_AGE_S):
            invoke_later(function, event)  # its thread gets a copy of this context

    def from_rule(arn: str, payload: str) -> None:
        function, config, _ = lambda_svc._get_func_record_for_ref(arn)
        if function and config:
            later(lambda_svc._execution_record_for_config(function, config), json.loads(payload))

    def batch(mapping: Any, function: Any, event: Any, messages: Any, queue_url: str, queue_name: str) -> None:
        with _tried_again(float(sqs._queues[queue_url]["attributes"]["VisibilityTimeout"])):
            run_batch(mapping, function, event, messages, queue_url, queue_name)

    def answered(result: Any) -> Any:
        refused = behind_the_gateway(result)
        return (refused, None) if refused else respond(result)

    lambda_svc._ACCOUNT_CONCURRENCY_CAP = NEW_ACCOUNT
    lambda_svc._execute_function = admitted
    lambda_svc.invoke_async_with_retry = later
    lambda_svc._run_sqs_batch = batch
    lambda_svc.lambda_execute_result_to_api_proxy_response = answered
    eventbridge._dispatch_to_lambda = from_rule


_BEHAVIOURS: dict[str, Callable[[World], None]] = {CONCURRENCY: _concurrency}
