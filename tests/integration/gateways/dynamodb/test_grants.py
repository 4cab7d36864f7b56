"""Refresh tokens in the connection's item, and moving them from one store to the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import replace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from causeway.connections.connection import Connection, Status
from causeway.connections.oauth.flow import AppCredentials
from causeway.connections.tokens.grants import ConnectionRecord
from causeway.errors import NotFound, StoreUnavailable
from causeway.gateways.aws.secrets import SecretStore
from causeway.gateways.aws.token_encryption import KmsTokenEncryption, NotOpened
from causeway.gateways.dynamodb.config.connections import ConnectionTable
from causeway.gateways.dynamodb.grants import GrantTable
from causeway.gateways.grant_stores import GrantStores
from moto import mock_aws

from tests.support.api.factories import CONFIG_TABLE, a_config_table
from tests.support.connections.factories import an_aws_client

APP = AppCredentials("key", "word")


class Stores:
    """ConfigTable, Secrets Manager and a key, and both stores of refresh tokens over them."""

    def __init__(self) -> None:
        self.dynamodb = a_config_table()
        self.kms = an_aws_client("kms")
        self.key_id = str(self.kms.create_key()["KeyMetadata"]["KeyId"])
        secrets = an_aws_client("secretsmanager")
        arn = secrets.create_secret(
            Name="causeway/app", SecretString=json.dumps({"client_id": "key", "client_secret": "word"})
        )["ARN"]
        self.manager = SecretStore(secrets, arn, "causeway/tenants/", self.key_id)
        self.encryption = KmsTokenEncryption(self.kms, self.key_id)
        self.table = GrantTable(self.dynamodb, CONFIG_TABLE, self.encryption)
        self.connections = ConnectionTable(self.dynamodb, CONFIG_TABLE)

    def here(self, store: str) -> GrantStores:
        """Return what an invocation has whose deployment says so."""
        first, second = (self.table, self.manager) if store == "dynamodb" else (self.manager, self.table)
        return GrantStores(self.manager, first, second)


@pytest.fixture
def stores() -> Iterator[Stores]:
    with mock_aws():
        yield Stores()


def is_in(store: GrantTable | SecretStore, tenant: str = "acme", grant: str = "1-a") -> bool:
    try:
        store.refresh_token(tenant, grant, None)
    except NotFound:
        return False
    return True


def test_the_newest_token_of_a_grant_is_read_whatever_version_is_named(stores: Stores) -> None:
    first = stores.table.keep_refresh_token("acme", "1-a", "one", 0)
    second = stores.table.keep_refresh_token("acme", "1-a", "two", 1)
    for version in (first, None):
        kept = stores.table.refresh_token("acme", "1-a", version)
        assert (kept.token, kept.rotation, kept.version) == ("two", 1, second)


def test_a_late_holder_of_the_lease_does_not_replace_a_later_token(stores: Stores) -> None:
    stores.table.keep_refresh_token("acme", "1-a", "two", 1)
    stores.table.keep_refresh_token("acme", "1-a", "one", 0)
    assert stores.table.refresh_token("acme", "1-a", None).token == "two"


def test_grants_and_tenants_are_apart_and_forgetting_twice_is_no_fault(stores: Stores) -> None:
    stores.table.keep_refresh_token("acme", "1-a", "one", 0)
    assert not is_in(stores.table, "acme", "2-b")
    assert not is_in(stores.table, "other", "1-a")
    stores.table.keep_refresh_token("acme", "2-b", "other", 0)
    stores.table.forget("acme", "1-a")
    stores.table.forget("acme", "1-a")
    stores.table.forget("nobody", "1-a")
    assert not is_in(stores.table)
    assert stores.table.refresh_token("acme", "2-b", None).token == "other"


def test_the_token_lies_sealed_in_the_connections_item_and_opens_for_its_tenant_and_purpose_alone(
    stores: Stores,
) -> None:
    stores.table.keep_refresh_token("acme", "1-a", "the token itself", 0)
    item = stores.dynamodb.get_item(TableName=CONFIG_TABLE, Key={"pk": {"S": "T#acme"}, "sk": {"S": "CONNECTION"}})[
        "Item"
    ]
    sealed = item["refresh_token#1-a"]["M"]["sealed"]["B"]
    assert b"the token itself" not in sealed
    assert stores.encryption.opened("acme", sealed, "refresh-token") == "the token itself"
    for tenant, purpose in (("other", "refresh-token"), ("acme", "access-token")):
        with pytest.raises(NotOpened):
            stores.encryption.opened(tenant, sealed, purpose)  # type: ignore[arg-type]  # two of the purposes


def test_a_connection_is_saved_and_read_as_ever_around_its_token(stores: Stores) -> None:
    stores.table.keep_refresh_token("acme", "1-a", "one", 0)
    before = stores.connections.record("acme")
    assert before == ConnectionRecord(Connection("acme"))
    connected = Connection("acme", Status.CONNECTED, epoch=1, org_id="00D000000000001")
    assert stores.connections.save(before, replace(before, connection=connected, grant="1-a"))
    assert stores.connections.record("acme").grant == "1-a"
    assert stores.table.refresh_token("acme", "1-a", None).token == "one"


@pytest.mark.parametrize(("was", "becomes"), [("secretsmanager", "dynamodb"), ("dynamodb", "secretsmanager")])
def test_a_token_moves_to_the_deployments_store_when_it_is_rotated(stores: Stores, was: str, becomes: str) -> None:
    before = stores.here(was).keep_refresh_token("acme", "1-a", "one", 0)
    now = stores.here(becomes)
    assert now.refresh_token("acme", "1-a", before).token == "one"
    version = now.keep_refresh_token("acme", "1-a", "two", 1)
    assert now.refresh_token("acme", "1-a", version).token == "two"
    assert (is_in(stores.table), is_in(stores.manager)) == ((True, False) if becomes == "dynamodb" else (False, True))


def test_a_forgotten_grant_is_gone_from_both_stores(stores: Stores) -> None:
    stores.manager.keep_refresh_token("acme", "1-a", "one", 0)
    stores.table.keep_refresh_token("acme", "1-a", "two", 1)
    stores.here("dynamodb").forget("acme", "1-a")
    assert not is_in(stores.table)
    assert not is_in(stores.manager)


def test_apps_lie_in_secrets_manager_whatever_the_store(stores: Stores) -> None:
    assert stores.here("dynamodb").app("acme", "deployment") == APP
    stores.here("dynamodb").keep_app("acme", AppCredentials("own", "word"))
    assert stores.manager.app("acme", "tenant") == AppCredentials("own", "word")


class Down:
    """A client whose service does not answer."""

    def __getattr__(self, name: str) -> Any:
        def call(**given: Any) -> Any:
            raise EndpointConnectionError(endpoint_url="https://example.invalid")

        return call


def test_a_table_that_is_down_is_reported_as_such(stores: Stores) -> None:
    table = GrantTable(Down(), CONFIG_TABLE, stores.encryption)
    for act in (
        lambda: table.keep_refresh_token("acme", "1-a", "one", 0),
        lambda: table.refresh_token("acme", "1-a", None),
        lambda: table.forget("acme", "1-a"),
    ):
        with pytest.raises(StoreUnavailable):
            act()
