"""The tables of pulls in moto, and a clock that tests move."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto import mock_aws


class Time:
    now_ms = 1_000_000

    def __call__(self) -> int:
        return self.now_ms


@contextmanager
def pull_tables() -> Iterator[Any]:
    """Give a client of the tables `config` and `state`."""
    with mock_aws():
        made = boto3.client("dynamodb", region_name="eu-central-1")
        names = {"pk": "S", "sk": "S", "due_shard": "S", "due_at": "N"}
        key = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
        due = [{"AttributeName": "due_shard", "KeyType": "HASH"}, {"AttributeName": "due_at", "KeyType": "RANGE"}]
        made.create_table(
            TableName="config",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=key,
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in names.items()],
            GlobalSecondaryIndexes=[{"IndexName": "due", "KeySchema": due, "Projection": {"ProjectionType": "ALL"}}],
        )
        made.create_table(
            TableName="state",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=key[:1],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        )
        yield made
