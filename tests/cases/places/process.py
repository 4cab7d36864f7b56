"""The product in one process: every handler as deployed over moto, its pages on loopback, the org over real HTTP."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from io import BytesIO, StringIO
from typing import Any

import pytest
from causeway.wiring import clients, orgs, tables

from functions.pull import app as pull_app
from functions.token_broker import app as broker_app
from local.org.setup.connected_apps import ROTATING_CLIENT_ID, ROTATING_CLIENT_SECRET
from tests.cases.places.visiting import connect_in_browser
from tests.support.api.events import backend_event
from tests.support.connections.stack import a_lambda_context
from tests.support.gateway import served_gateway
from tests.support.push.stack import Context, PushStack, push_stack
from tests.support.wiring import forget_what_was_built

_PAGES = {"/oauth/authorize": "oauth_authorize", "/oauth/callback": "oauth_callback"}
_MOST_ROUNDS = 40


class ProcessPlace:
    """The product in this process; work is done when `work` is called, so nothing waits in vain for long."""

    patience_s = 0.5

    def __init__(self, stack: PushStack, environment: pytest.MonkeyPatch) -> None:
        self._stack, self._environment = stack, environment
        self._deployment: Mapping[str, str] = {}

    @property
    def org_url(self) -> str:
        return self._stack.server.origin

    def fresh(self, tenant: str, deployment: Mapping[str, str]) -> None:
        self.control("POST", "reset", {})
        changed = {**self._deployment, **deployment}
        for name in self._deployment:
            self._environment.delenv(name.upper())
        self._deployment = deployment
        for name, value in deployment.items():
            self._environment.setenv(name.upper(), value)
        for queue in ("PUSH_QUEUE_URL", "PULL_QUEUE_URL", "OUTBOUND_QUEUE_URL"):
            self._stack._delete(queue, self._stack._received(queue))
        forget_what_was_built(keep_clients=not changed)

    def leave(self, tenant: str) -> None:
        return  # nothing works here by itself

    def connect(self, tenant: str) -> None:
        connect_in_browser(self, tenant)

    def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = clients.http_session().request(method, f"{self.org_url}/_control/{path}", json=body or {}, timeout=60)
        if answer.status_code >= 300:
            raise AssertionError(f"the org's control API refused {method} {path}: {answer.text[:500]}")
        return answer.json() if answer.content else None

    def api(self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None) -> tuple[int, Any]:
        event = backend_event(method, None, path, body, query=dict(query or {}))
        answer = importlib.import_module("functions.api.app").lambda_handler(event, a_lambda_context())
        return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None

    def send(self, tenant: str, body: str) -> None:
        self._stack.send(body)

    def work(self) -> None:
        for _ in range(_MOST_ROUNDS):
            self._stack.run_push()
            jobs = self._stack._received("PULL_QUEUE_URL")
            if jobs:
                answer = pull_app.lambda_handler({"Records": jobs}, Context())
                failed = [item["itemIdentifier"] for item in answer["batchItemFailures"]]
                self._stack._delete("PULL_QUEUE_URL", [job for job in jobs if job["messageId"] not in failed])
            if not jobs and not self._visible("PUSH_QUEUE_URL"):
                return

    def replay(self) -> None:
        self._stack.run_replay()

    def outbound(self) -> list[dict[str, Any]]:
        records = self._stack._received("OUTBOUND_QUEUE_URL")
        self._stack._delete("OUTBOUND_QUEUE_URL", records)
        return [json.loads(record["body"]) for record in records]

    def refresh(self, tenant: str) -> Mapping[str, Any]:
        connection = tables.connection_table().record(tenant).connection
        request = {
            "action": "refresh",
            "tenant": tenant,
            "epoch_seen": connection.epoch,
            "token_version_seen": connection.token_version,
        }
        return broker_app.lambda_handler(request, a_lambda_context())

    def _visible(self, queue: str) -> int:
        answer = self._stack.sqs.get_queue_attributes(
            QueueUrl=self._stack.queues[queue], AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])


class _Broker:
    """Lambda's client as far as the broker's callers use it: moto runs no function, so the handler is called here."""

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:
        answer = broker_app.lambda_handler(json.loads(Payload), a_lambda_context())
        return {"Payload": BytesIO(json.dumps(answer).encode())}


@contextmanager
def process_place() -> Iterator[ProcessPlace]:
    """Give a product in this process."""
    with (
        pytest.MonkeyPatch.context() as environment,
        served_gateway(_page) as public_url,
        push_stack(environment, connected=False) as stack,
        redirect_stdout(StringIO()),  # where functions log
    ):
        environment.setenv("PUBLIC_URL", public_url)
        environment.setattr(Context, "get_remaining_time_in_millis", lambda self: 300_000)
        environment.setattr(orgs, "broker_client", _Broker)
        stack.queues = {**stack.queues, **_more_resources(stack, environment)}
        forget_what_was_built()
        for name in ("api", *_PAGES.values()):  # other tests put their own ports into these handlers
            importlib.reload(importlib.import_module(f"functions.{name}.app"))
        yield ProcessPlace(stack, environment)
        forget_what_was_built()


def _more_resources(stack: PushStack, environment: pytest.MonkeyPatch) -> dict[str, str]:
    """Make what pulling and connecting need beside pushing, and point the settings at it."""
    url = stack.sqs.create_queue(QueueName="pull", Attributes={"VisibilityTimeout": "1800"})["QueueUrl"]
    secrets = clients.aws("secretsmanager")
    app = json.dumps({"client_id": ROTATING_CLIENT_ID, "client_secret": ROTATING_CLIENT_SECRET})
    for name, value in {
        "PULL_QUEUE_URL": url,
        "TOKEN_BROKER_FUNCTION": "token_broker",
        "LINK_SECRET_ARN": secrets.create_secret(Name="causeway/link", SecretString="k" * 43)["ARN"],
        "APP_SECRET_ARN": secrets.create_secret(Name="causeway/app", SecretString=app)["ARN"],
        "TENANT_SECRET_PREFIX": "causeway/tenants/",
        "RETURN_URLS": "https://app.example.com/settings",
    }.items():
        environment.setenv(name, value)
    return {"PULL_QUEUE_URL": url}


def _page(event: dict[str, Any]) -> Mapping[str, Any]:
    """Answer as the connect pages do; every other path is the product's own page."""
    if event["path"] not in _PAGES:
        return {"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": "The product"}
    answer: Mapping[str, Any] = importlib.import_module(f"functions.{_PAGES[event['path']]}.app").lambda_handler(
        event, a_lambda_context()
    )
    return answer
