"""
Refresh tokens in the connection's own item, sealed by KMS: `GrantStore=dynamodb`, for deployments of many tenants.

An attribute `refresh_token#<grant>` holds the sealed token and its rotation. Reads are strong, so what was written is what is read.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from causeway.connections.tokens.grants import KeptToken
from causeway.connections.tokens.ports import TokenEncryption
from causeway.errors import NotFound, StoreUnavailable
from causeway.gateways.dynamodb.config.connections import connection_key
from causeway.gateways.dynamodb.items import from_item, to_attribute

_AGAIN = "It is tried again by itself."


class GrantTable:
    """
    The refresh tokens of every tenant's grants. All methods raise StoreUnavailable when DynamoDB does not answer.

    The newest token of a grant is the only one kept, so it is returned whatever version is asked for.
    """

    def __init__(self, client: Any, table: str, encryption: TokenEncryption) -> None:
        self._client, self._table, self._encryption = client, table, encryption

    def refresh_token(self, tenant: str, grant: str, version: str | None) -> KeptToken:
        """Return a grant's refresh token; raise NotFound when there is none, EncryptionUnavailable when KMS does not answer."""
        try:
            answer = self._client.get_item(
                TableName=self._table,
                Key=connection_key(tenant),
                ConsistentRead=True,
                ProjectionExpression="#grant",
                ExpressionAttributeNames={"#grant": _attribute(grant)},
            )
        except (ClientError, BotoCoreError) as error:
            raise StoreUnavailable("The connection's refresh token can not be read at the moment.", _AGAIN) from error
        kept = from_item(answer.get("Item", {})).get(_attribute(grant))
        if kept is None:
            raise NotFound("There is no such refresh token.")
        token = self._encryption.opened(tenant, kept["sealed"], "refresh-token")
        return KeptToken(token, kept["rotation"], _version(kept["rotation"]))

    def keep_refresh_token(self, tenant: str, grant: str, token: str, rotation: int) -> str:
        """Keep a grant's refresh token in place of an older one, and return its version; one of a later rotation stays."""
        kept = {"sealed": self._encryption.sealed(tenant, token, "refresh-token"), "rotation": rotation}
        self._update(
            tenant,
            grant,
            UpdateExpression="SET #grant = :kept",
            ConditionExpression="attribute_not_exists(#grant) OR #grant.rotation <= :rotation",
            ExpressionAttributeValues={":kept": to_attribute(kept), ":rotation": to_attribute(rotation)},
        )
        return _version(rotation)

    def forget(self, tenant: str, grant: str) -> None:
        """Remove a grant's refresh token; one that does not exist is as good."""
        self._update(tenant, grant, UpdateExpression="REMOVE #grant", ConditionExpression="attribute_exists(#grant)")

    def _update(self, tenant: str, grant: str, **change: Any) -> None:
        try:
            self._client.update_item(
                TableName=self._table,
                Key=connection_key(tenant),
                ExpressionAttributeNames={"#grant": _attribute(grant)},
                **change,
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
                raise StoreUnavailable("The refresh token can not be stored at the moment.", _AGAIN) from error
        except BotoCoreError as error:
            raise StoreUnavailable("The refresh token can not be stored at the moment.", _AGAIN) from error


def _attribute(grant: str) -> str:
    return f"refresh_token#{grant}"


def _version(rotation: int) -> str:
    """Return a version that Secrets Manager would take for one of its own (32 to 64 characters), and not know."""
    return f"rotation-{rotation:023d}"
