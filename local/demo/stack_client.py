"""A product's backend, as the demo plays it: everything it knows of the stack stands in `.local/stack.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

STACK_FILE = Path(".local/stack.json")
TIMEOUT_S = 30
TEST_KEY = "test"


class Refused(Exception):
    """The API refused a request; the message is the API's own sentence."""


class StackClient:
    """Signed API calls, the queues, and the simulated org's control API of one running stack."""

    def __init__(self, stack: dict[str, Any]) -> None:
        self.stack = stack
        self._session = requests.Session()
        self._session.trust_env = False
        self._sqs = boto3.client(
            "sqs",
            endpoint_url=stack["aws_endpoint"],
            region_name=stack["region"],
            aws_access_key_id=TEST_KEY,
            aws_secret_access_key=TEST_KEY,
        )

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Make one IAM-signed call of the API and return its JSON; raise Refused with its sentence."""
        data = None if body is None else json.dumps(body)
        request = AWSRequest(method, self.stack["api_url"].rstrip("/") + path, data=data)
        request.headers["Content-Type"] = "application/json"
        SigV4Auth(Credentials(TEST_KEY, TEST_KEY), "execute-api", self.stack["region"]).add_auth(request)
        answer = self._session.request(
            method, str(request.url), data=data, headers=dict(request.headers), timeout=TIMEOUT_S
        )
        if answer.status_code >= 400:
            raise Refused(f"{method} {path} → {answer.status_code}: {answer.text[:500]}")
        return answer.json() if answer.content else None

    def push(self, message: dict[str, Any]) -> None:
        """Send one push message, as any product would."""
        self._sqs.send_message(
            QueueUrl=self.stack["push_queue_url"],
            MessageBody=json.dumps(message, ensure_ascii=False),
            MessageGroupId=message["tenant"],
        )

    def outbound(self, wait_s: int = 2) -> Iterator[dict[str, Any]]:
        """Yield the messages now on the outbound queue, deleting each."""
        answer = self._sqs.receive_message(
            QueueUrl=self.stack["outbound_queue_url"], MaxNumberOfMessages=10, WaitTimeSeconds=wait_s
        )
        for message in answer.get("Messages", []):
            self._sqs.delete_message(QueueUrl=self.stack["outbound_queue_url"], ReceiptHandle=message["ReceiptHandle"])
            yield json.loads(message["Body"])

    def org(self, path: str) -> Any:
        """Read the simulated org's control API."""
        answer = self._session.get(f"{self.stack['org_url']}/_control/{path}", timeout=TIMEOUT_S)
        answer.raise_for_status()
        return answer.json()

    def org_calls(self) -> dict[str, int]:
        """Return the org's API calls so far by kind, token calls left out."""
        stats = self.org("stats")
        kinds = {kind: count for kind, count in stats["by_kind"].items() if kind != "token"}
        return {**kinds, "all": stats["api_calls"]}


def running_stack() -> StackClient:
    """Return a client of the stack that runs from this checkout; raise LookupError with what to do when there is none."""
    if not STACK_FILE.exists():
        raise LookupError("No stack runs from this folder. Start it with: make up")
    return StackClient(json.loads(STACK_FILE.read_text(encoding="utf-8")))
