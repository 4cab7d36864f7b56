"""A product's backend, as the demo plays it: everything it knows of the stack stands in `.local/stack.json`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.demo.report import say
from local.stack.places import STACK_FILE, TEST_KEY
from local.stack.waiting import Seen, Waiter, patient

TIMEOUT_S = 150  # more than the proxy's, which says what happened
LOOK_EVERY_S = 1.0
# What a gateway answers for a function that did not answer in time, or whose worker has just been ended: ask again.
TRY_AGAIN = frozenset({502, 503, 504})
THROTTLED = 500


def is_not_now(status: int, text: str) -> bool:
    """
    Say whether an answer means "not now": a gateway's, or the 500 that API Gateway gives for a function that is throttled.

    The API's own 500 is a defect, and says so in its own shape.
    """
    return status in TRY_AGAIN or (status == THROTTLED and '"error"' not in text)


class Refused(Exception):
    """The API refused a request; the message is the API's own sentence."""

    def __init__(self, request: str, status: int, sentence: str) -> None:
        super().__init__(f"{request} → {status}: {sentence[:500]}")
        self.status = status


class StackClient:
    """Signed API calls, the queues, and the simulated org's control API of one running stack."""

    def __init__(self, stack: dict[str, Any], waiter: Waiter | None = None) -> None:
        self.stack = stack
        self.waiter = waiter or patient(say, look_every_s=LOOK_EVERY_S)
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
        """
        Make one IAM-signed call of the API and return its JSON; raise Refused with its sentence.

        While the API is not available it is asked again; raises NothingMoved when that has not changed for minutes.
        """
        request = f"{method} {path}"
        answer = answered(self.waiter, request, lambda: self._signed(method, path, body))
        if answer.status_code >= 400:
            raise Refused(request, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def _signed(self, method: str, path: str, body: Any) -> requests.Response:
        data = None if body is None else json.dumps(body)
        request = AWSRequest(method, self.stack["api_url"].rstrip("/") + path, data=data)
        request.headers["Content-Type"] = "application/json"
        SigV4Auth(Credentials(TEST_KEY, TEST_KEY), "execute-api", self.stack["region"]).add_auth(request)
        return self._session.request(
            method, str(request.url), data=data, headers=dict(request.headers), timeout=TIMEOUT_S
        )

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

    def push_queue(self) -> str:
        """Return in words how many messages the push queue holds."""
        counts = self._sqs.get_queue_attributes(QueueUrl=self.stack["push_queue_url"], AttributeNames=["All"])[
            "Attributes"
        ]
        waiting, in_work = counts["ApproximateNumberOfMessages"], counts["ApproximateNumberOfMessagesNotVisible"]
        return f"push queue: {waiting} waiting, {in_work} in work"

    def org(self, path: str) -> Any:
        """Read the simulated org's control API."""
        url = f"{self.stack['org_url']}/_control/{path}"
        answer = answered(self.waiter, f"GET {path} of the org", lambda: self._session.get(url, timeout=TIMEOUT_S))
        answer.raise_for_status()
        return answer.json()

    def org_calls(self) -> dict[str, int]:
        """Return the org's API calls so far by kind, token calls left out."""
        stats = self.org("stats")
        kinds = {kind: count for kind, count in stats["by_kind"].items() if kind != "token"}
        return {**kinds, "all": stats["api_calls"]}


def answered(waiter: Waiter, request: str, ask: Callable[[], requests.Response]) -> requests.Response:
    """Return the first answer that says more than "not now"; raise NothingMoved when there is none for minutes."""

    def look() -> Seen[requests.Response]:
        try:
            answer = ask()
        except (requests.ConnectionError, requests.Timeout) as error:
            return Seen(None, f"no answer ({type(error).__name__})")
        if is_not_now(answer.status_code, answer.text):
            return Seen(None, f"{answer.status_code} {answer.text[:200]}")
        return Seen(answer, "")

    return waiter.wait(f"an answer to {request}", look)


def running_stack() -> StackClient:
    """Return a client of the stack that runs from this checkout; raise LookupError with what to do when there is none."""
    if not STACK_FILE.exists():
        raise LookupError("No stack runs from this folder. Start it with: make up")
    return StackClient(json.loads(STACK_FILE.read_text(encoding="utf-8")))
