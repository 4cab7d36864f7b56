"""Connecting in one process: the real handlers and gateways over moto, the simulated org over real HTTP, pages on loopback."""

from __future__ import annotations

import importlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import requests
from causeway.connections.management import ConnectionSettings
from causeway.connections.oauth.ports import ConnectPorts
from causeway.connections.tokens.ports import TokenPorts
from causeway.gateways.aws.access_tokens import StoredAccess
from causeway.gateways.aws.secrets import SecretStore
from causeway.gateways.aws.token_encryption import KmsTokenEncryption
from causeway.gateways.dynamodb.config.connections import ConnectionTable
from causeway.gateways.dynamodb.config.markers import MarkerTable
from causeway.gateways.salesforce.oauth import TokenEndpoint
from causeway.wiring.clients import new_id, new_secret, now_ms
from moto import mock_aws

from local.org.app import Org
from local.org.serving import OrgServer
from local.org.setup.connected_apps import ROTATING_CLIENT_ID, ROTATING_CLIENT_SECRET
from tests.support.canaries import canaries_in
from tests.support.connections.factories import CONFIG_TABLE, a_config_table, an_aws_client
from tests.support.connections.fakes import DirectBroker, SentEvents
from tests.support.gateway import served_gateway

PREFIX = "causeway/tenants/"
LINK_KEY = b"link-signing-key-for-tests-0123456789abcdef"


@dataclass
class ConnectStack:
    """Everything a test of connecting looks at."""

    org: Org
    org_url: str
    ports: ConnectPorts
    broker: DirectBroker
    connections: ConnectionTable
    markers: MarkerTable
    secrets: Any
    events: SentEvents
    access: StoredAccess
    settings: ConnectionSettings
    pages_url: str
    pages: list[str]

    @property
    def public_url(self) -> str:
        return self.ports.public_url


@contextmanager
def a_running_org(seed: int = 1) -> Iterator[OrgServer]:
    """Serve a simulated org on a free port."""
    server = OrgServer(Org(seed), 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def a_connect_stack(*others: str, now: Any = now_ms) -> Iterator[ConnectStack]:
    """Return a stack whose pages are served at its public URL; `others` are further origins that count as Salesforce's."""
    running: list[ConnectStack] = []
    pages = served_gateway(lambda event: proxy_answer(running[0], event))
    with a_running_org() as server, mock_aws(), requests.Session() as session, pages as public_url:
        session.trust_env = False
        stack = _stack(server, session, public_url, others, now)
        running.append(stack)
        yield stack
        assert canaries_in(everywhere(stack)) == []


def everywhere(stack: ConnectStack) -> Iterator[str]:
    """Yield everything that was stored, published or shown, except what Secrets Manager keeps encrypted."""
    for item in an_aws_client("dynamodb").scan(TableName=CONFIG_TABLE)["Items"]:
        yield str(item)
    for kind, detail in stack.events.sent:
        yield f"{kind} {detail}"
    yield from stack.pages


def _stack(
    server: OrgServer, session: requests.Session, public_url: str, others: tuple[str, ...], now: Any
) -> ConnectStack:
    secrets = an_aws_client("secretsmanager")
    app = {"client_id": ROTATING_CLIENT_ID, "client_secret": ROTATING_CLIENT_SECRET}
    app_arn = secrets.create_secret(Name="causeway/app", SecretString=json.dumps(app))["ARN"]
    kms = an_aws_client("kms")
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    dynamodb = a_config_table()
    connections, markers = ConnectionTable(dynamodb, CONFIG_TABLE), MarkerTable(dynamodb, CONFIG_TABLE)
    encryption, events, loopback = KmsTokenEncryption(kms, key_id), SentEvents(), (server.origin, *others)
    token_ports = TokenPorts(
        connections=connections,
        endpoint=TokenEndpoint(session),
        secrets=SecretStore(secrets, app_arn, PREFIX, key_id),
        encryption=encryption,
        events=events,
        now_ms=now,
        sleep=lambda seconds: None,
        new_id=new_id,
        jitter=lambda: 0.5,
        on_org_change=lambda tenant: None,
        loopback=loopback,
    )
    broker = DirectBroker(token_ports)
    ports = ConnectPorts(
        markers=markers,
        broker=broker,
        link_key=LINK_KEY,
        public_url=public_url,
        now_ms=now,
        new_secret=new_secret,
        loopback=loopback,
        return_urls=(f"{public_url}/product/settings",),
    )
    return ConnectStack(
        org=server.org,
        org_url=server.origin,
        ports=ports,
        broker=broker,
        connections=connections,
        markers=markers,
        secrets=secrets,
        events=events,
        access=StoredAccess(connections, encryption, broker, now, lambda seconds: None),
        settings=ConnectionSettings(connections, broker, loopback),
        pages_url=public_url,
        pages=[],
    )


def proxy_answer(stack: ConnectStack, event: dict[str, Any]) -> dict[str, Any]:
    """Answer an event through the real handler; every other path is the product's own page."""
    names = {"/oauth/authorize": "oauth_authorize", "/oauth/callback": "oauth_callback"}
    if event["path"] not in names:
        return {"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": "<h1>The product</h1>"}
    module = importlib.import_module(f"functions.{names[event['path']]}.app")
    for name in ("connect_ports", "callback_ports"):
        if hasattr(module, name):
            setattr(module, name, lambda: stack.ports)
    module.public_url = lambda: stack.public_url  # type: ignore[attr-defined]
    answer: dict[str, Any] = module.lambda_handler(event, a_lambda_context())
    stack.pages.append(f"{answer['headers']} {answer['body']}")
    return answer


def a_lambda_context() -> Any:
    """Return what the handlers read of Lambda's context."""
    return SimpleNamespace(
        function_name="test",
        memory_limit_in_mb=256,
        invoked_function_arn="arn:aws:lambda:eu-central-1:123456789012:function:test",
        aws_request_id="test-request",
        get_remaining_time_in_millis=lambda: 60_000,
    )
