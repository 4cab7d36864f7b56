"""Plain factories for tests of syncs, discovery and the API."""

from __future__ import annotations

from typing import Any

import boto3
from causeway.domain.syncs import Mapping, Sync

CONFIG_TABLE = "config"


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
    client = boto3.client(
        "dynamodb", region_name="eu-central-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
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
