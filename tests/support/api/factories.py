"""Plain factories for tests of syncs, discovery and the API."""

from __future__ import annotations

from typing import Any, Literal

import boto3
from causeway.syncs.sync import Mapping, Sync

from tests.support.api.statements import WithStatements

CONFIG_TABLE, PARKED_TABLE, PARKED_BUCKET = "config", "parked", "parked-bodies"
STATE_TABLE = "state"
REGION: Literal["eu-central-1"] = "eu-central-1"


def a_sync(**changes: Any) -> Sync:
    """Return a Contact sync of source `lead` that is saved, enabled and maps LastName."""
    rules: dict[str, Any] = {
        "id": "lead-contact",
        "source": "lead",
        "sobject": "Contact",
        "enabled": True,
        "mappings": (Mapping(product="last_name", salesforce="LastName"),),
    }
    return Sync.model_validate(rules | changes)


def a_config_table() -> Any:
    """Create ConfigTable in moto's DynamoDB and return the client."""
    client = boto3.client("dynamodb", region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
    client.create_table(
        TableName=CONFIG_TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
    )
    return client


def a_field(name: str, type_: str = "string", **attributes: Any) -> dict[str, Any]:
    """Return one field as describe returns it: optional, writable, 255 long."""
    return {
        "name": name,
        "label": name,
        "type": type_,
        "length": 255,
        "nillable": True,
        "createable": True,
        "updateable": True,
        "filterable": True,
    } | attributes


def a_describe(name: str = "Contact", *fields: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    """Return an sObject as describe returns it; a person's without other fields given."""
    person = (
        a_field("Id", "id", createable=False, updateable=False, nillable=False),
        a_field("LastName", nillable=False, length=80),
        a_field("FirstName", length=40),
        a_field("Email", "email", length=80),
        a_field("Phone", "phone", length=40),
    )
    return {
        "name": name,
        "label": name,
        "keyPrefix": "003",
        "createable": True,
        "updateable": True,
        "queryable": True,
        "fields": list(fields or person),
    } | attributes


def a_parked_table() -> tuple[Any, Any]:
    """Create ParkedTable and its bucket in moto; return the clients of both."""
    client = boto3.client("dynamodb", region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
    names = ("pk", "sk", "code_pk", "record_pk", "group_pk", "group_sk")
    by_group = [
        {"AttributeName": "group_pk", "KeyType": "HASH"},
        {"AttributeName": "group_sk", "KeyType": "RANGE"},
    ]
    client.create_table(
        TableName=PARKED_TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        GlobalSecondaryIndexes=[
            {
                "IndexName": f"by_{kind}",
                "KeySchema": [
                    {"AttributeName": f"{kind}_pk", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
            for kind in ("code", "record")
        ]
        + [{"IndexName": "by_group", "KeySchema": by_group, "Projection": {"ProjectionType": "KEYS_ONLY"}}],
    )
    objects = boto3.client("s3", region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
    objects.create_bucket(Bucket=PARKED_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return client, objects


def a_state_table() -> Any:
    """Create StateTable in moto's DynamoDB and return a client that takes statements, too."""
    client = boto3.client("dynamodb", region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
    client.create_table(
        TableName=STATE_TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )
    return WithStatements(client)
