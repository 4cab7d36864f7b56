"""Connecting on the deployed stack, rights enforced: the pages, the broker, sessions, the end, and what is left of secrets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from local.demo.stack_client import Refused, StackClient
from local.demo.visitor import Page, Visitor
from local.org.setup.connected_apps import ROTATING_CLIENT_ID, ROTATING_CLIENT_SECRET
from tests.support.canaries import canaries_in
from tests.support.connections.walk import LOGIN

TIMEOUT_S = 150

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def backend(stack: dict[str, Any]) -> StackClient:
    return StackClient(stack)


def connected(backend: StackClient, tenant: str) -> Page:
    """Walk the pages of the deployed stack and its org to the end."""
    request = {"user": "ada", "role": "manager", "salesforce_url": backend.stack["org_origin"]}
    visitor = Visitor(backend.stack["ca_file"])
    page = visitor.press(
        visitor.open(backend.call("POST", f"/v1/tenants/{tenant}/connect-links", request)["url"]), "Continue"
    )
    page = visitor.press(page, "Log In", **LOGIN)
    return visitor.press(page, "Allow") if "Allow access?" in page.words else page


def grants(backend: StackClient) -> list[dict[str, Any]]:
    answer = requests.get(f"{backend.stack['org_url']}/_control/grants", timeout=TIMEOUT_S)
    found: list[dict[str, Any]] = answer.json()["grants"]
    return found


def test_an_admin_connects_tests_and_ends_a_connection(backend: StackClient, aws: Callable[[str], Any]) -> None:
    assert "Salesforce is connected" in connected(backend, "stack-connect").words
    path = "/v1/tenants/stack-connect/connection"
    assert backend.call("POST", f"{path}/test")["ok"] is True
    requests.delete(f"{backend.stack['org_url']}/_control/sessions", timeout=TIMEOUT_S)
    assert backend.call("POST", f"{path}/test")["ok"] is True  # through a refresh by the broker
    ended = backend.call("DELETE", path)
    assert (ended["status"], ended["revoked"]) == ("disconnected", True)
    assert [entry["status"] for entry in ended["history"]] == ["disconnected", "connected", "pending"]
    names = [
        secret["Name"]
        for page in aws("secretsmanager").get_paginator("list_secrets").paginate()
        for secret in page["SecretList"]
    ]
    assert not [name for name in names if "/stack-connect/" in name]
    assert backend.call("POST", f"{path}/test")["findings"][0]["code"] == "not_connected"


def test_client_credentials_connect_through_the_broker(backend: StackClient) -> None:
    request = {
        "salesforce_url": backend.stack["org_origin"],
        "client_id": ROTATING_CLIENT_ID,
        "client_secret": ROTATING_CLIENT_SECRET,
    }
    path = "/v1/tenants/stack-run-as/connection"
    assert backend.call("POST", f"{path}/client-credentials", request)["status"] == "connected"
    assert ROTATING_CLIENT_SECRET not in json.dumps(backend.call("GET", path))
    with pytest.raises(Refused, match="http"):
        backend.call("POST", f"{path}/client-credentials", request | {"salesforce_url": "http://evil.example"})


def test_a_session_opens_its_tenant_until_it_is_ended(backend: StackClient) -> None:
    token = backend.call("POST", "/v1/tenants/stack-connect/sessions", {"user": "ada", "role": "viewer"})["token"]

    def seen(sent: str) -> int:
        url = f"{backend.stack['api_url']}/console/api/connection"
        return requests.get(url, headers={"Authorization": f"Bearer {sent}"}, timeout=TIMEOUT_S).status_code

    assert seen(token) == 200
    assert seen(token[:-1] + ("A" if token[-1] != "A" else "B")) == 403
    assert seen(token.replace("stack-connect", "stack-run-as")) == 403
    backend.call("DELETE", "/v1/tenants/stack-connect/sessions")
    assert seen(token) == 403


def everywhere(stack: dict[str, Any], aws: Callable[[str], Any]) -> Iterator[str]:
    """Yield all that lies in the tables and waits in the queues, and what the functions logged."""
    for table in ("config_table", "state_table", "parked_table"):
        for page in aws("dynamodb").get_paginator("scan").paginate(TableName=stack[table]):
            yield from map(str, page["Items"])
    for queue in ("outbound_queue_url", "push_queue_url", "push_dlq_url", "pull_queue_url"):
        yield str(aws("sqs").receive_message(QueueUrl=stack[queue], MaxNumberOfMessages=10, VisibilityTimeout=0))
    logs = aws("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
            yield from (event["message"] for event in page["events"])


def test_no_secret_is_left_in_a_table_a_queue_or_a_log(
    backend: StackClient, stack: dict[str, Any], aws: Callable[[str], Any]
) -> None:
    connected(backend, "stack-canary")
    planted = [grant["refresh_token"] for grant in grants(backend)]
    texts = list(everywhere(stack, aws))
    assert any("stack-canary" in text for text in texts)
    assert any('"result":"connected"' in text.replace(" ", "") for text in texts)  # the broker's own log line is seen
    assert canaries_in(texts) == []
    assert canaries_in(planted)
    assert not [token for token in planted if any(token in text for text in texts)]
