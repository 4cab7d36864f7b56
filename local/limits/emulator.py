"""Puts the behaviours into the emulator's own process: the one module that knows ministack's insides."""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from local.limits.invocations import (
    BUSY_EVERY_S,
    BUSY_FOR_S,
    EVENT_AGE_S,
    HELD_BY_OTHERS,
    NEW_ACCOUNT,
    behind_the_gateway,
    until_admitted,
)
from local.limits.met import Met, noting
from local.limits.names import CONCURRENCY, CROWD, QUEUES, SECRETS, TABLES, TOPICS
from local.limits.queues import fair_order
from local.limits.secrets import EventuallyConsistentSecrets
from local.limits.service_calls import Behaviour, in_front
from local.limits.spells import Spells
from local.limits.tables import Shortages, YoungTables
from local.limits.topics import lets_events_in

log = logging.getLogger("limits")

# how long a throttled invocation is tried again
_tried_for_s: ContextVar[float] = ContextVar("tried_for_s", default=0.0)


@dataclass(frozen=True)
class World:
    """What behaviours need of the machine."""

    sleep: Callable[[float], None] = time.sleep
    now_s: Callable[[], float] = time.monotonic
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    met_file: str = ""

    def met(self, name: str) -> Met:
        """Return what notes that a behaviour was met."""
        return noting(name, self.met_file)


def put_in(names: Iterable[str], world: World | None = None) -> None:
    """Put the named behaviours into the ministack of this process; call it before it serves."""
    for name in set(names) & _BEHAVIOURS.keys():  # TLS stands before the org, not in the emulator
        _BEHAVIOURS[name](world or World())


@contextmanager
def _tried_again(for_s: float) -> Iterator[None]:
    token = _tried_for_s.set(for_s)
    try:
        yield
    finally:
        _tried_for_s.reset(token)


def _concurrency(world: World) -> None:
    """Cap the account; each caller of a throttled function does what it does on AWS."""
    from ministack.services import lambda_svc

    execute, respond = lambda_svc._execute_function, lambda_svc.lambda_execute_result_to_api_proxy_response
    met = world.met(CONCURRENCY)

    def tried(function: Any, event: Any) -> Any:
        result = execute(function, event)
        if result.get("throttle"):
            met()
        return result

    def admitted(function: Any, event: Any) -> Any:
        return until_admitted(lambda: tried(function, event), _tried_for_s.get(), world.sleep)

    def answered(result: Any) -> Any:
        refused = behind_the_gateway(result)
        return (refused, None) if refused else respond(result)

    lambda_svc._ACCOUNT_CONCURRENCY_CAP = NEW_ACCOUNT
    lambda_svc._execute_function = admitted
    lambda_svc.lambda_execute_result_to_api_proxy_response = answered
    _let_callers_try_again()


def _let_callers_try_again() -> None:
    """Let asynchronous events and batches of queues say, in the context of their call, for how long it is tried again."""
    from ministack.services import eventbridge, lambda_svc, sqs

    invoke_later, run_batch = lambda_svc.invoke_async_with_retry, lambda_svc._run_sqs_batch

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

    lambda_svc.invoke_async_with_retry = later
    lambda_svc._run_sqs_batch = batch
    eventbridge._dispatch_to_lambda = from_rule


def _crowd(world: World) -> None:
    """Let other functions of the account hold most of its executions for moments: alone, the stack's own hardly fill it."""
    from ministack.services import lambda_svc

    acquire = lambda_svc._acquire_execution_slot
    busy = Spells(world.chance, world.now_s, BUSY_EVERY_S, BUSY_FOR_S)

    def among_others(function: Any, config: Any) -> Any:
        lambda_svc._ACCOUNT_CONCURRENCY_CAP = NEW_ACCOUNT - (HELD_BY_OTHERS if busy.is_in("others") else 0)
        return acquire(function, config)

    lambda_svc._acquire_execution_slot = among_others


def _secrets(world: World) -> None:
    _put_before("secretsmanager", EventuallyConsistentSecrets(world.chance, world.now_s, world.met(SECRETS)))


def _tables(world: World) -> None:
    _put_before("dynamodb", YoungTables(Shortages(world.chance, world.now_s, world.met(TABLES)), world.chance))


def _put_before(service: str, behaviour: Behaviour) -> None:
    """Let every authorized call from outside meet the behaviour first; what the emulator asks of itself does not."""
    from ministack import app

    app.SERVICE_HANDLERS[service] = in_front(behaviour, app.SERVICE_HANDLERS[service])


def _queues(world: World) -> None:
    from ministack.services import sqs

    collect, met = sqs._collect_msgs, world.met(QUEUES)

    def fairly(queue: dict[str, Any], most: int, visibility_s: int) -> Any:
        if queue["is_fifo"]:
            return collect(queue, most, visibility_s)
        for message in queue["messages"]:
            sqs._ensure_msg_fields(message)
        ordered = fair_order(queue["messages"], time.time())  # the emulator's own clock
        if ordered != queue["messages"]:
            met()
        return collect({**queue, "messages": ordered}, most, visibility_s)

    sqs._collect_msgs = fairly


def _topics(world: World) -> None:
    from ministack.services import eventbridge, sns

    deliver, met = eventbridge._dispatch_to_sns, world.met(TOPICS)

    def permitted(arn: str, payload: str) -> None:
        found = sns.topic_policy_for_arn(arn)
        if found and not lets_events_in(found[0]):
            met()
            log.warning("EventBridge: %s refused the event; no statement without a Condition lets it in", arn)
            return
        deliver(arn, payload)

    eventbridge._dispatch_to_sns = permitted


_BEHAVIOURS: dict[str, Callable[[World], None]] = {
    CONCURRENCY: _concurrency,
    CROWD: _crowd,
    SECRETS: _secrets,
    TABLES: _tables,
    QUEUES: _queues,
    TOPICS: _topics,
}
