"""The push, replay and dead-letter handlers as deployed: their own wiring over moto, the simulated org over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest
from causeway.connections.connection import Status
from causeway.syncs.sync import Sync
from causeway.wiring import clients, orgs, tables
from moto import mock_aws

from functions.dead_letter import app as dead_letter_app
from functions.push import app as push_app
from functions.replay import app as replay_app
from local.org.serving import OrgServer
from tests.support.api.statements import WithStatements
from tests.support.push.world import TENANT, served
from tests.support.wiring import forget_what_was_built

_KEYED = {"CONFIG_TABLE": True, "STATE_TABLE": False, "PARKED_TABLE": True}


class Context:
    """The context that Lambda gives a handler."""

    function_name = "push"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:push"
    aws_request_id = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        return 100_000


@dataclass
class PushStack:
    """One deployment with a connected tenant."""

    server: OrgServer
    sqs: Any
    dynamodb: Any
    queues: Mapping[str, str]
    environment: pytest.MonkeyPatch

    def send(self, body: str) -> None:
        self.sqs.send_message(QueueUrl=self.queues["PUSH_QUEUE_URL"], MessageBody=body)

    def message(self, *changes: Mapping[str, Any], tenant: str = TENANT, source: str = "lead") -> None:
        self.send(json.dumps({"version": 1, "tenant": tenant, "source": source, "changes": list(changes)}))

    def run_push(self) -> list[str]:
        """Receive what is visible, give it to the handler, delete what it settled; return the ids to redeliver."""
        records = self._received("PUSH_QUEUE_URL")
        if not records:
            return []
        answer = push_app.lambda_handler({"Records": records}, Context())
        failed = [item["itemIdentifier"] for item in answer["batchItemFailures"]]
        self._delete("PUSH_QUEUE_URL", [record for record in records if record["messageId"] not in failed])
        return failed

    def run_replay(self) -> Mapping[str, int]:
        counts: Mapping[str, int] = replay_app.lambda_handler({}, Context())
        return counts

    def bury(self, body: str) -> None:
        """Give a message to the dead-letter handler."""
        record = {"messageId": "dead-1", "body": body, "receiptHandle": "r", "attributes": {"SentTimestamp": "1"}}
        answer = dead_letter_app.lambda_handler({"Records": [record]}, Context())
        assert answer == {"batchItemFailures": []}

    def outcomes(self) -> list[dict[str, Any]]:
        """Take the outcomes from the outbound queue."""
        records = self._received("OUTBOUND_QUEUE_URL")
        self._delete("OUTBOUND_QUEUE_URL", records)
        return [item for record in records for item in json.loads(record["body"])["outcomes"]]

    def connected(self, tenant: str = TENANT, status: Status = Status.CONNECTED, cause: str = "") -> None:
        """Put the tenant's connection into a status, with a session of the org."""
        http = clients.http_session()
        answer = http.post(f"{self.server.origin}/_control/sessions", json={"timeout_s": 86_400}, timeout=10).json()
        table = tables.connection_table()
        before = table.record(tenant)
        connection = replace(
            before.connection,
            status=status,
            cause=cause,
            epoch=before.connection.epoch + 1,
            org_id=answer["org_id"],
            instance_url=self.server.origin,
        )
        after = replace(
            before, connection=connection, sealed_token=orgs.token_encryption().sealed(tenant, answer["access_token"])
        )
        assert table.save(before, after)

    def save(self, *syncs: Sync, tenant: str = TENANT) -> None:
        for sync in syncs:
            tables.sync_table().put(tenant, sync, expected_revision=None)

    def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = clients.http_session().request(
            method, f"{self.server.origin}/_control/{path}", json=body or {}, timeout=10
        )
        return answer.json() if answer.content else None

    def _received(self, queue: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            answer = self.sqs.receive_message(
                QueueUrl=self.queues[queue],
                MaxNumberOfMessages=10,
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
            if not answer.get("Messages"):
                return found
            found += [
                {
                    "messageId": message["MessageId"],
                    "receiptHandle": message["ReceiptHandle"],
                    "body": message["Body"],
                    "attributes": message["Attributes"],
                    "messageAttributes": {
                        name: {"stringValue": attribute["StringValue"], "dataType": attribute["DataType"]}
                        for name, attribute in message.get("MessageAttributes", {}).items()
                    },
                }
                for message in answer["Messages"]
            ]

    def _delete(self, queue: str, records: list[dict[str, Any]]) -> None:
        for record in records:
            self.sqs.delete_message(QueueUrl=self.queues[queue], ReceiptHandle=record["receiptHandle"])


@contextmanager
def push_stack(environment: pytest.MonkeyPatch, *, connected: bool = True) -> Iterator[PushStack]:
    """Build tables, queues, key and bucket in moto, point the handlers' settings at them, and serve an org."""
    with served() as server, mock_aws():
        for name, value in {
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "POWERTOOLS_METRICS_NAMESPACE": "Causeway",
            "POWERTOOLS_SERVICE_NAME": "push",
            "POWERTOOLS_LOG_LEVEL": "CRITICAL",
            "LOOPBACK_ORIGINS": server.origin,
        }.items():
            environment.setenv(name, value)
        environment.setattr(boto3, "client", _client_of(boto3.client))
        forget_what_was_built()
        queues = _resources(environment)
        stack = PushStack(server, clients.aws("sqs"), clients.aws("dynamodb"), queues, environment)
        if connected:
            stack.connected()
        try:
            yield stack
        finally:
            clients.http_session().close()
            forget_what_was_built()


def _client_of(make: Callable[..., Any]) -> Callable[..., Any]:
    """Return what makes clients: DynamoDB's takes statements, which moto knows none of."""

    def client(service: str, *given: Any, **named: Any) -> Any:
        made = make(service, *given, **named)
        return WithStatements(made) if service == "dynamodb" else made

    return client


def _resources(environment: pytest.MonkeyPatch) -> dict[str, str]:
    dynamodb, sqs, s3 = clients.aws("dynamodb"), clients.aws("sqs"), clients.aws("s3")
    for name, sorted_too in _KEYED.items():
        environment.setenv(name, name.lower())
        _table(dynamodb, name, sorted_too=sorted_too)
    environment.setenv("TOKEN_KEY_ID", clients.aws("kms").create_key()["KeyMetadata"]["KeyId"])
    environment.setenv("PARKED_BUCKET", "parked")
    s3.create_bucket(Bucket="parked", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    environment.setenv("EVENT_BUS", "default")
    queues = {}
    for name in ("PUSH_QUEUE_URL", "OUTBOUND_QUEUE_URL"):
        queues[name] = sqs.create_queue(QueueName=name.lower(), Attributes={"VisibilityTimeout": "720"})["QueueUrl"]
        environment.setenv(name, queues[name])
    return queues


def _table(dynamodb: Any, name: str, *, sorted_too: bool) -> None:
    keys = [("pk", "HASH", "S")] + ([("sk", "RANGE", "S")] if sorted_too else [])
    extra = {
        "CONFIG_TABLE": [("due_shard", "S"), ("due_at", "N")],
        "PARKED_TABLE": [("code_pk", "S"), ("record_pk", "S"), ("group_pk", "S"), ("group_sk", "S")],
    }
    indexes = {
        "CONFIG_TABLE": [("due", "due_shard", "due_at")],
        "PARKED_TABLE": [
            ("by_code", "code_pk", "sk"),
            ("by_record", "record_pk", "sk"),
            ("by_group", "group_pk", "group_sk"),
        ],
    }
    request: dict[str, Any] = {
        "TableName": name.lower(),
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": key, "KeyType": kind} for key, kind, _ in keys],
        "AttributeDefinitions": [
            {"AttributeName": key, "AttributeType": kind}
            for key, kind in [(key, kind) for key, _, kind in keys] + extra.get(name, [])
        ],
    }
    if name in indexes:
        request["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": first, "KeyType": "HASH"},
                    {"AttributeName": second, "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
            for index, first, second in indexes[name]
        ]
    dynamodb.create_table(**request)
