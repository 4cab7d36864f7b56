"""A deployed stack of its own: the real template on the embedded AWS, reached as a product reaches it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlencode

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from causeway.gateways.dynamodb.config.connections import ConnectionTable

from local.stack.emulator import aws_client
from tests.cases.places.visiting import connect_in_browser
from tests.chaos.own_stack import own_stack

TIMEOUT_S = 120
CONNECT_TRIES = 3
KEY = Credentials("test", "test")


class DeployedPlace:
    """One running stack, by its stack.json."""

    patience_s = 180.0

    def __init__(self, stack: Mapping[str, Any]) -> None:
        self._stack = stack
        self._http = requests.Session()
        self._http.trust_env = False
        self._sqs, self._lambda, dynamodb = (
            aws_client(name, stack["aws_endpoint"]) for name in ("sqs", "lambda", "dynamodb")
        )
        self._connections = ConnectionTable(dynamodb, stack["config_table"])

    @property
    def org_url(self) -> str:
        return str(self._stack["org_url"])

    def fresh(self, tenant: str, deployment: Mapping[str, str]) -> None:
        if deployment:
            raise AssertionError("a case with settings of the deployment needs `place: process`")
        self.control("POST", "reset", {})
        while self.outbound():
            pass

    def leave(self, tenant: str) -> None:
        for queue in ("push_queue_url", "pull_queue_url"):
            self._sqs.purge_queue(QueueUrl=self._stack[queue])
        self.control("DELETE", "faults")  # the org takes the revocation
        self.api("DELETE", f"tenants/{tenant}/connection")

    def connect(self, tenant: str) -> None:
        """Connect the tenant, once more where a function that starts cold on a busy machine outlived its time."""
        for tries_left in reversed(range(CONNECT_TRIES)):
            try:
                connect_in_browser(self, tenant)
                return
            except (AssertionError, requests.Timeout) as error:
                if not tries_left or "timed out" not in str(error):
                    raise

    def warm_up(self) -> None:
        """Let every function of connecting start once before the first case measures it."""
        with suppress(AssertionError, requests.Timeout):
            self.connect("warm-up")
            self.leave("warm-up")

    def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = self._http.request(method, f"{self.org_url}/_control/{path}", json=body or {}, timeout=TIMEOUT_S)
        if answer.status_code >= 300:
            raise AssertionError(f"the org's control API refused {method} {path}: {answer.text[:500]}")
        return answer.json() if answer.content else None

    def api(self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body)
        address = f"{self._stack['api_url'].rstrip('/')}/v1/{path}" + (f"?{urlencode(query)}" if query else "")
        request = AWSRequest(method, address, data=data)
        request.headers["Content-Type"] = "application/json"
        SigV4Auth(KEY, "execute-api", self._stack["region"]).add_auth(request)
        answer = self._http.request(
            method, str(request.url), data=data, headers=dict(request.headers), timeout=TIMEOUT_S
        )
        return answer.status_code, answer.json() if answer.content else None

    def send(self, tenant: str, body: str) -> None:
        self._sqs.send_message(QueueUrl=self._stack["push_queue_url"], MessageBody=body, MessageGroupId=tenant)

    def work(self) -> None:
        time.sleep(0.1)

    def replay(self) -> None:
        self._lambda.invoke(FunctionName=self._stack["functions"]["replay"], Payload=b"{}")

    def outbound(self) -> list[dict[str, Any]]:
        answer = self._sqs.receive_message(
            QueueUrl=self._stack["outbound_queue_url"], MaxNumberOfMessages=10, WaitTimeSeconds=0
        )
        found = []
        for message in answer.get("Messages", []):
            self._sqs.delete_message(QueueUrl=self._stack["outbound_queue_url"], ReceiptHandle=message["ReceiptHandle"])
            found.append(json.loads(message["Body"]))
        return found

    def refresh(self, tenant: str) -> Mapping[str, Any]:
        connection = self._connections.record(tenant).connection
        seen = {"epoch_seen": connection.epoch, "token_version_seen": connection.token_version}
        request = json.dumps({"action": "refresh", "tenant": tenant, **seen})
        answer = self._lambda.invoke(FunctionName=self._stack["functions"]["token_broker"], Payload=request.encode())
        found: Mapping[str, Any] = json.loads(answer["Payload"].read())
        return found


@contextmanager
def deployed_place() -> Iterator[DeployedPlace]:
    """Start a stack for the cases alone, and stop it."""
    with own_stack("patient") as stack:
        place = DeployedPlace(stack)
        place.warm_up()
        yield place
