"""Secrets Manager and KMS as the broker uses them, and the fakes that stand for them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from causeway.connections.oauth.flow import AppCredentials
from causeway.connections.tokens.grants import Purpose
from causeway.errors import BrokenDeployment, NotFound, OrgUnavailable
from causeway.gateways.aws.broker import TokenBroker
from causeway.gateways.aws.secrets import SecretStore, SecretsUnavailable
from causeway.gateways.aws.token_encryption import MAX_TOKEN_BYTES, EncryptionUnavailable, KmsTokenEncryption, NotOpened
from moto import mock_aws

from tests.support.connections.factories import an_aws_client
from tests.support.connections.fakes import MemorySecrets

APP = AppCredentials("consumer-key", "the-apps-own-consumer-word")

type Store = SecretStore | MemorySecrets


@pytest.fixture
def aws() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture
def key_id(aws: None) -> str:
    return str(an_aws_client("kms").create_key()["KeyMetadata"]["KeyId"])


@pytest.fixture(params=["aws", "memory"])
def store(request: pytest.FixtureRequest, key_id: str) -> Store:
    if request.param == "memory":
        return MemorySecrets(APP)
    secrets = an_aws_client("secretsmanager")
    text = json.dumps({"client_id": APP.client_id, "client_secret": APP.client_secret})
    arn = secrets.create_secret(Name="causeway/app", SecretString=text)["ARN"]
    return SecretStore(secrets, arn, "causeway/tenants/", key_id)


def test_a_refresh_token_reads_back_by_version_and_as_the_newest(store: Store) -> None:
    first = store.keep_refresh_token("acme", "3", "one", 0)
    second = store.keep_refresh_token("acme", "3", "two", 1)
    kept = store.refresh_token("acme", "3", first)
    assert (kept.token, kept.rotation) == ("one", 0)
    newest = store.refresh_token("acme", "3", None)
    assert (newest.token, newest.rotation, newest.version) == ("two", 1, second)


def test_grants_of_other_epochs_and_tenants_are_other_secrets(store: Store) -> None:
    store.keep_refresh_token("acme", "1", "one", 0)
    for tenant, grant in (("acme", "2"), ("other", "1")):
        with pytest.raises(NotFound):
            store.refresh_token(tenant, grant, None)


def test_a_forgotten_grant_is_gone_and_forgetting_twice_is_no_fault(store: Store) -> None:
    store.keep_refresh_token("acme", "1", "one", 0)
    store.forget("acme", "1")
    store.forget("acme", "1")
    with pytest.raises(NotFound):
        store.refresh_token("acme", "1", None)


def test_the_tenants_own_app_replaces_the_one_before(store: Store) -> None:
    store.keep_app("acme", AppCredentials("first-key", "first-word"))
    store.keep_app("acme", AppCredentials("second-key", "second-word"))
    assert store.app("acme", "tenant") == AppCredentials("second-key", "second-word")
    assert store.app("acme", "deployment") == APP


def a_store(key_id: str, app_text: str = "{}") -> SecretStore:
    secrets = an_aws_client("secretsmanager")
    arn = secrets.create_secret(Name="causeway/app", SecretString=app_text)["ARN"]
    return SecretStore(secrets, arn, "causeway/tenants", key_id)


@pytest.mark.parametrize("text", ["{}", '{"client_id": "", "client_secret": ""}', "not json"])
def test_an_app_that_is_not_set_up_says_who_must_do_what(key_id: str, text: str) -> None:
    with pytest.raises(BrokenDeployment, match="not set up yet"):
        a_store(key_id, text).app("acme", "deployment")
    with pytest.raises(BrokenDeployment, match="own Salesforce app"):
        a_store_again(key_id).app("acme", "tenant")


def a_store_again(key_id: str) -> SecretStore:
    return SecretStore(an_aws_client("secretsmanager"), "causeway/app", "causeway/tenants", key_id)


def test_secrets_are_encrypted_with_the_stacks_key(key_id: str) -> None:
    a_store(key_id).keep_refresh_token("acme", "1", "one", 0)
    described = an_aws_client("secretsmanager").describe_secret(SecretId="causeway/tenants/acme/1")
    assert described["KmsKeyId"] == key_id


def test_keeping_the_same_token_again_is_the_same_version_and_another_one_never_lost(key_id: str) -> None:
    store = a_store(key_id)
    version = store.keep_refresh_token("acme", "1", "one", 0)
    assert store.keep_refresh_token("acme", "1", "one", 0) == version
    other = store.keep_refresh_token("acme", "1", "of another holder of the lease", 0)
    assert store.refresh_token("acme", "1", other).token == "of another holder of the lease"


class Down:
    """A client whose service does not answer."""

    def __getattr__(self, name: str) -> Any:
        def call(**given: Any) -> Any:
            raise EndpointConnectionError(endpoint_url="https://example.invalid")

        return call


def test_a_service_that_is_down_is_reported_as_such() -> None:
    store = SecretStore(Down(), "arn", "prefix", "key")
    for act in (
        lambda: store.app("acme", "deployment"),
        lambda: store.keep_refresh_token("acme", "1", "one", 0),
        lambda: store.refresh_token("acme", "1", None),
        lambda: store.forget("acme", "1"),
    ):
        with pytest.raises(SecretsUnavailable):
            act()
    encryption = KmsTokenEncryption(Down(), "key")
    with pytest.raises(EncryptionUnavailable):
        encryption.sealed("acme", "token")
    with pytest.raises(EncryptionUnavailable):
        encryption.opened("acme", b"sealed")


def test_a_sealed_token_opens_for_its_tenant_alone(key_id: str) -> None:
    encryption = KmsTokenEncryption(an_aws_client("kms"), key_id)
    sealed = encryption.sealed("acme", "a token")
    assert b"a token" not in sealed
    assert encryption.opened("acme", sealed) == "a token"
    with pytest.raises(EncryptionUnavailable):
        encryption.opened("other", sealed)


def test_a_token_sealed_for_one_purpose_does_not_open_for_another(key_id: str) -> None:
    encryption = KmsTokenEncryption(an_aws_client("kms"), key_id)
    copy = encryption.sealed("acme", "a refresh token", "refresh-token")
    assert encryption.opened("acme", copy, "refresh-token") == "a refresh token"
    with pytest.raises(NotOpened):
        encryption.opened("acme", copy)


@pytest.mark.parametrize("purpose", ["access-token", "refresh-token"])
def test_a_token_sealed_before_purposes_came_stays_readable(key_id: str, purpose: Purpose) -> None:
    kms = an_aws_client("kms")
    old = kms.encrypt(KeyId=key_id, Plaintext=b"a token", EncryptionContext={"tenant": "acme"})["CiphertextBlob"]
    assert KmsTokenEncryption(kms, key_id).opened("acme", old, purpose) == "a token"


class Denying:
    """KMS that lets the role open nothing."""

    def decrypt(self, **given: Any) -> Any:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "Decrypt")


def test_a_token_that_the_role_may_not_open_is_another_error_than_a_service_that_is_down() -> None:
    with pytest.raises(NotOpened):
        KmsTokenEncryption(Denying(), "key").opened("acme", b"sealed")
    with pytest.raises(EncryptionUnavailable) as down:
        KmsTokenEncryption(Down(), "key").opened("acme", b"sealed")
    assert not isinstance(down.value, NotOpened)


def test_a_token_too_long_for_kms_names_the_setting_to_change(key_id: str) -> None:
    with pytest.raises(BrokenDeployment) as refused:
        KmsTokenEncryption(an_aws_client("kms"), key_id).sealed("acme", "x" * (MAX_TOKEN_BYTES + 1))
    assert "JWT-based access tokens" in refused.value.remedy


class Invoked:
    """Lambda as the broker's callers see it."""

    def __init__(self, answer: dict[str, Any] | Exception) -> None:
        self.answer, self.calls = answer, 0

    def invoke(self, **given: Any) -> dict[str, Any]:
        self.calls += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_the_broker_is_asked_once_and_answers_metadata() -> None:
    client = Invoked({"Payload": io.BytesIO(b'{"result": "refreshed"}')})
    assert TokenBroker(client, "broker").ask("refresh", "acme", epoch_seen=1) == {"result": "refreshed"}
    assert client.calls == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "Task timed out"}')},
        ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke"),
        EndpointConnectionError(endpoint_url="https://example.invalid"),
    ],
)
def test_a_broker_that_crashed_or_is_away_is_unavailable_and_not_asked_again(answer: Any) -> None:
    client = Invoked(answer)
    with pytest.raises(OrgUnavailable):
        TokenBroker(client, "broker").ask("refresh", "acme")
    assert client.calls == 1
