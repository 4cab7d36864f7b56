"""
What this project relies on the embedded AWS for, asked of it directly: when it is upgraded or replaced, these fail first.

A function of the test's own reports what it receives: `fail` is given back, `die` kills its process the first time.
"""

from __future__ import annotations

import io
import json
import os
import signal
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.stack.emulator import aws_client

VISIBILITY_S = 8  # longer than a worker takes to start on a busy machine
MAX_RECEIVES = 2
WAIT_S = 150
KILL = int(signal.SIGKILL)
HANDLER = f"""
import os, boto3
def lambda_handler(event, context):
    if "Records" not in event:
        return dict(os.environ)
    seen, failed = boto3.client("sqs"), []
    for record in event["Records"]:
        seen.send_message(QueueUrl=os.environ["SEEN"], MessageBody=record["body"])
        if record["body"] == "die" and record["attributes"]["ApproximateReceiveCount"] == "1":
            os.kill(os.getpid(), {KILL})
        if record["body"] == "fail":
            failed.append({{"itemIdentifier": record["messageId"]}})
    return {{"batchItemFailures": failed}}
"""
ANYTHING = {"Effect": "Allow", "Action": ["sqs:*"], "Resource": "*"}
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}

pytestmark = pytest.mark.stack


@dataclass(frozen=True)
class Consumer:
    """A function that reads a queue: the queue, what it saw, and what was given up on."""

    function: str
    queue: str
    seen: str
    dead: str


def document(statement: dict[str, Any]) -> str:
    """Return a policy document of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def zipped(source: str) -> bytes:
    """Return a deployment package of one file."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("app.py", source)
    return package.getvalue()


@pytest.fixture(scope="module")
def consumer(aws: Callable[[str], Any]) -> Iterator[Consumer]:
    """Deploy the reporting function with a queue, and remove it afterwards."""
    sqs, iam, functions = aws("sqs"), aws("iam"), aws("lambda")
    seen, dead = (sqs.create_queue(QueueName=f"probe-{name}")["QueueUrl"] for name in ("seen", "dead"))
    redrive = {"deadLetterTargetArn": arn_of(sqs, dead), "maxReceiveCount": MAX_RECEIVES}
    attributes = {"VisibilityTimeout": str(VISIBILITY_S), "RedrivePolicy": json.dumps(redrive)}
    queue = sqs.create_queue(QueueName="probe-in", Attributes=attributes)["QueueUrl"]
    role = iam.create_role(RoleName="probe-consumer", AssumeRolePolicyDocument=document(TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName="probe-consumer", PolicyName="queues", PolicyDocument=document(ANYTHING))
    functions.create_function(
        FunctionName="probe-consumer",
        Runtime="python3.13",
        Role=role,
        Handler="app.lambda_handler",
        Code={"ZipFile": zipped(HANDLER)},
        Timeout=VISIBILITY_S,
        Environment={"Variables": {"SEEN": seen}},
    )
    mapping = functions.create_event_source_mapping(
        EventSourceArn=arn_of(sqs, queue),
        FunctionName="probe-consumer",
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )["UUID"]
    yield Consumer("probe-consumer", queue, seen, dead)
    functions.delete_event_source_mapping(UUID=mapping)
    functions.delete_function(FunctionName="probe-consumer")


def arn_of(sqs: Any, queue: str) -> str:
    """Return a queue's ARN."""
    return str(sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])


def received(sqs: Any, queue: str, count: int) -> Counter[str]:
    """Return the bodies of the next messages of a queue, by how often each came."""
    bodies: Counter[str] = Counter()
    limit = time.monotonic() + WAIT_S
    while bodies.total() < count and time.monotonic() < limit:
        answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in answer.get("Messages", []):
            bodies[message["Body"]] += 1
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return bodies


def test_a_conditional_write_has_one_winner(stack: dict[str, Any]) -> None:
    table, threads, keys = stack["state_table"], 16, 25
    clients = [aws_client("dynamodb", stack["aws_endpoint"]) for _ in range(threads)]

    def wins(client: Any, key: str) -> bool:
        try:
            client.put_item(TableName=table, Item={"pk": {"S": key}}, ConditionExpression="attribute_not_exists(pk)")
        except client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    with ThreadPoolExecutor(threads) as pool:
        for number in range(keys):
            key = f"probe of one winner {number}"
            assert sum(pool.map(lambda client, key=key: wins(client, key), clients)) == 1


@pytest.mark.parametrize("way", ["put", "update", "batch", "transaction", "statement"])
def test_an_item_over_400_kb_is_refused_whichever_way_it_comes(stack: dict[str, Any], way: str) -> None:
    table, client = stack["state_table"], aws_client("dynamodb", stack["aws_endpoint"])
    key, value = {"pk": {"S": f"probe of a large item {way}"}}, {"S": "x" * 410_000}
    put = {"Item": {**key, "large": value}}
    ways: dict[str, Callable[[], Any]] = {
        "put": lambda: client.put_item(TableName=table, **put),
        "update": lambda: client.update_item(
            TableName=table, Key=key, UpdateExpression="SET large = :x", ExpressionAttributeValues={":x": value}
        ),
        "batch": lambda: client.batch_write_item(RequestItems={table: [{"PutRequest": put}]}),
        "transaction": lambda: client.transact_write_items(TransactItems=[{"Put": {"TableName": table, **put}}]),
        "statement": lambda: client.execute_statement(
            Statement=f"INSERT INTO \"{table}\" VALUE {{'pk': ?, 'large': ?}}", Parameters=[key["pk"], value]
        ),
    }
    with pytest.raises(ClientError, match="size"):
        ways[way]()
    assert "Item" not in client.get_item(TableName=table, Key=key)


def test_only_what_a_handler_names_or_what_killed_it_is_delivered_again(
    consumer: Consumer, aws: Callable[[str], Any]
) -> None:
    sqs = aws("sqs")
    for body in ("fine", "fail", "die"):
        sqs.send_message(QueueUrl=consumer.queue, MessageBody=body)
        expected = {"fine": 1, "fail": MAX_RECEIVES, "die": 2}[body]
        assert received(sqs, consumer.seen, expected) == {body: expected}
    assert received(sqs, consumer.dead, 1) == {"fail": 1}


def test_a_function_sees_nothing_of_the_environment_that_the_stack_was_started_from(
    consumer: Consumer, aws: Callable[[str], Any]
) -> None:
    answer = aws("lambda").invoke(FunctionName=consumer.function, Payload=b"{}")
    environment = json.loads(answer["Payload"].read())
    assert environment["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert {"PYTEST_CURRENT_TEST", "CAUSEWAY_LOCAL", "VIRTUAL_ENV"}.isdisjoint(environment)
    assert environment["HOME"] != os.environ.get("HOME")


def test_a_key_that_nobody_was_given_is_refused(stack: dict[str, Any]) -> None:
    stranger = aws_client("dynamodb", stack["aws_endpoint"], key="AKIASTRANGER")
    with pytest.raises(ClientError) as refused:
        stranger.describe_table(TableName=stack["config_table"])
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403)
