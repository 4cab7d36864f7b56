"""What connects is built from what template.yaml tells each function, late, and takes up a rotated key."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from causeway.settings import Settings
from causeway.wiring import clients, connect
from moto import mock_aws

from tests.support.connections.factories import REGION, an_aws_client
from tests.support.template import functions

WIRED: tuple[ModuleType, ...] = (clients, connect)


def forget() -> None:
    for module in WIRED:
        for item in vars(module).values():
            if hasattr(item, "cache_clear"):
                item.cache_clear()


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Yield a fresh execution environment that knows nothing yet."""
    for name in Settings.__dataclass_fields__:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in (("DEFAULT_REGION", REGION), ("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test")):
        monkeypatch.setenv(f"AWS_{name}", value)
    forget()
    with mock_aws():
        yield monkeypatch
    forget()


def tell(fresh: pytest.MonkeyPatch, function: str) -> set[str]:
    """Set the variables that the template gives a function, each to a text that names it."""
    told = set(functions()[function]["Environment"]["Variables"])
    for name in told:
        if isinstance(getattr(Settings(), name.lower(), 0), str):
            fresh.setenv(name, f"https://{name.lower().replace('_', '-')}.example")
    return told


def test_the_broker_is_told_all_that_it_works_with(fresh: pytest.MonkeyPatch) -> None:
    told = tell(fresh, "TokenBrokerFunction")
    assert {
        "CONFIG_TABLE",
        "EVENT_BUS",
        "TOKEN_KEY_ID",
        "APP_SECRET_ARN",
        "TENANT_SECRET_PREFIX",
        "LOOPBACK_ORIGINS",
    } <= told
    ports = connect.token_ports(deadline_ms=1)
    assert ports.secrets is not connect.token_ports(deadline_ms=2).secrets
    assert ports.deadline_ms == 1


@pytest.mark.parametrize("function", ["OauthAuthorizeFunction", "OauthCallbackFunction", "ApiFunction"])
def test_whoever_connects_is_told_all_that_the_pages_need(fresh: pytest.MonkeyPatch, function: str) -> None:
    told = tell(fresh, function)
    key = an_aws_client("secretsmanager").create_secret(Name="link", SecretString="the key")["ARN"]
    fresh.setenv("LINK_SECRET_ARN", key)
    ports = connect.callback_ports()
    assert {"CONFIG_TABLE", "TOKEN_BROKER_FUNCTION", "LINK_SECRET_ARN", "PUBLIC_URL", "RETURN_URLS"} <= told
    assert (ports.link_key, ports.public_url) == (b"the key", "https://public-url.example")


def test_the_session_authorizer_is_told_where_sessions_are(fresh: pytest.MonkeyPatch) -> None:
    assert "CONFIG_TABLE" in tell(fresh, "SessionAuthorizerFunction")
    assert connect.markers() is connect.markers()


def test_without_a_public_url_the_one_that_the_template_wrote_is_read(fresh: pytest.MonkeyPatch) -> None:
    an_aws_client("ssm").put_parameter(Name="/causeway/public-url", Value="https://api.example/live/", Type="String")
    fresh.setenv("PUBLIC_URL_PARAMETER", "/causeway/public-url")
    assert connect.public_url() == "https://api.example/live"


def test_a_rotated_link_key_is_taken_up_within_five_minutes(fresh: pytest.MonkeyPatch) -> None:
    secrets = an_aws_client("secretsmanager")
    fresh.setenv("LINK_SECRET_ARN", secrets.create_secret(Name="link", SecretString="old")["ARN"])
    fresh.setattr(connect, "now_ms", lambda: 0)
    assert connect.link_key() == b"old"
    secrets.put_secret_value(SecretId="link", SecretString="new")
    assert connect.link_key() == b"old"
    fresh.setattr(connect, "now_ms", lambda: connect.KEY_LIFE_MS)
    assert connect.link_key() == b"new"


def test_secrets_are_random_and_long() -> None:
    assert len({connect.new_secret() for _ in range(100)}) == 100
    assert len(connect.new_secret()) == 43
    assert all(0 <= connect.jitter() <= 1 for _ in range(100))


@pytest.mark.parametrize("function", ["oauth_authorize", "oauth_callback", "token_broker", "session_authorizer"])
def test_importing_a_handler_builds_and_imports_no_client(function: str) -> None:
    script = (
        f"import sys; import functions.{function}.app; "
        "print([name for name in ('simple_salesforce', 'requests', 'boto3') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
