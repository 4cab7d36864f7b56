"""A deployment in this process for the command line: the real API, push function and queues over moto, the simulated org."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field, replace
from io import StringIO
from typing import Any

import pytest
from botocore.credentials import Credentials
from causeway.api.routing import respond
from causeway.api.table import ROUTES
from causeway.wiring.api import UseCases
from causeway.wiring.clients import settings
from causeway_client import CausewayApi
from causeway_client.cli.app import app
from causeway_client.cli.deployment import Deployment
from causeway_client.cli.session import Tools
from typer.testing import CliRunner

from tests.support.clients.http import Answer, Asked, session_to
from tests.support.clients.queues import VirtualClock
from tests.support.clients.served_api import proxied
from tests.support.connections.factories import REGION, an_aws_client
from tests.support.push.stack import PushStack, push_stack

URL = "http://api.test"


class WorkingClock(VirtualClock):
    """A clock that lets the deployment work whenever somebody waits."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__()
        self.work = work

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        with redirect_stdout(StringIO()):  # what the functions print is none of the command's
            self.work()


@dataclass
class Typed:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


@dataclass
class CliStack:
    """A deployment with tenant `acme` connected, and the command line that works with it."""

    push: PushStack
    deployment: Deployment
    clock: WorkingClock
    asked: list[Asked] = field(default_factory=list)

    def type(self, *arguments: str) -> Typed:
        """Run `causeway --local …`."""
        tools = Tools(find=lambda options: self.deployment, clock=self.clock)
        result = CliRunner().invoke(app, ["--local", *arguments], obj=tools, catch_exceptions=False)
        return Typed(result.exit_code, result.stdout, result.stderr)

    def stopped(self) -> None:
        """Let nothing be pushed any more."""
        self.clock.work = lambda: None


@contextmanager
def a_deployment(environment: pytest.MonkeyPatch) -> Iterator[CliStack]:
    """Yield a deployment whose push function runs while a command waits."""
    with push_stack(environment) as push:
        asked: list[Asked] = []
        use = UseCases()
        api = CausewayApi(
            URL,
            credentials=Credentials("test", "test"),
            region=REGION,
            session=session_to(lambda call: _answer(call, use, asked)),
        )
        deployment = _deployment(push, api)
        environment.setenv("PULL_QUEUE_URL", deployment.pull_queue_url)
        settings.cache_clear()
        yield CliStack(push, deployment, WorkingClock(push.run_push), asked)


def _deployment(push: PushStack, api: CausewayApi) -> Deployment:
    sqs = an_aws_client("sqs")
    return Deployment(
        stack="causeway",
        region=REGION,
        url=URL,
        push_queue_url=push.queues["PUSH_QUEUE_URL"],
        push_dlq_url=sqs.create_queue(QueueName="push-dead-letters")["QueueUrl"],
        outbound_queue_url=push.queues["OUTBOUND_QUEUE_URL"],
        pull_queue_url=sqs.create_queue(QueueName="pull")["QueueUrl"],
        event_bus="default",
        api=api,
        aws=an_aws_client,
        is_local=True,
    )


def with_api(deployment: Deployment, api: CausewayApi) -> Deployment:
    """Return the same deployment with another API."""
    return replace(deployment, api=api)


def _answer(call: Asked, use: UseCases, asked: list[Asked]) -> Answer:
    asked.append(call)
    event = proxied(call.method, call.path, call.query, call.headers, call.body)
    answer: dict[str, Any] = respond(event, ROUTES, use, _raise)
    body = answer.get("body")
    return Answer(answer["statusCode"], body.encode() if body else None, answer["headers"])


def _raise(request_id: str, error: Exception) -> None:
    raise error


def keys_of(entries: Sequence[dict[str, Any]]) -> list[str]:
    """Return the keys of outcomes or parked entries, sorted."""
    return sorted(str(each["key"]) for each in entries)
