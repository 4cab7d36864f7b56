"""Plain factories for tests of connections."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import boto3
import moto.core  # noqa: F401  # clients made before it is imported would call AWS
from causeway.connections.connection import Connection, Status
from causeway.connections.tokens.grants import ConnectionRecord

REGION = "eu-central-1"
CONFIG_TABLE = "config"
NOW_MS = 1_800_000_000_000
ORG_ID = "00DSB0000001AbCMAU"
OTHER_ORG_ID = "00DSB0000002XyZMAU"
USER_ID = "005SB0000001AbCYAU"


def a_connection(**changes: Any) -> Connection:
    """Return tenant acme's connection: connected by the web flow to one production org."""
    connection = Connection(
        tenant="acme",
        status=Status.CONNECTED,
        since_ms=NOW_MS,
        epoch=1,
        token_version=1,
        org_id=ORG_ID,
        user_id=USER_ID,
        username="integration@acme.example",
        instance_url="https://acme.my.salesforce.com",
        login_url="https://login.salesforce.com",
    )
    return replace(connection, **changes)


def a_record(connection: Connection | None = None, **changes: Any) -> ConnectionRecord:
    """Return the record of a connection whose grant was stored at its first epoch."""
    record = ConnectionRecord(
        connection or a_connection(),
        grant="1",
        secret_version="version-0",
        sealed_token=b"sealed",
        refreshed_at_ms=NOW_MS,
        due_at_ms=NOW_MS + 1,
        announced_epoch=1,
    )
    return replace(record, **changes)


@cache
def an_aws_client(service: str) -> Any:
    """Return the client of a service for moto, with credentials that mean nothing; making one costs more than using it."""
    return boto3.client(  # type: ignore[call-overload]  # the name is a variable
        service, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test"
    )


def a_config_table() -> Any:
    """Create ConfigTable with its `due` index in moto's DynamoDB and return the client."""
    client = an_aws_client("dynamodb")
    client.create_table(
        TableName=CONFIG_TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
            {"AttributeName": "due_shard", "AttributeType": "S"},
            {"AttributeName": "due_at", "AttributeType": "N"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "due",
                "KeySchema": [
                    {"AttributeName": "due_shard", "KeyType": "HASH"},
                    {"AttributeName": "due_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    return client
