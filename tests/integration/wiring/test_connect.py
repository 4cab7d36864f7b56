"""Connecting is built late, from the variables that template.yaml gives each function, and uses a rotated key."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from causeway.settings import Settings
from causeway.wiring import clients, connect, tables, tokens
from moto import mock_aws

from tests.support.connections.factories import REGION, an_aws_client
from tests.support.template import functions
from tests.support.wiring import forget_what_was_built


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Yield a fresh execution environment without settings."""
    for name in Settings._fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in (("DEFAULT_REGION", REGION), ("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test")):
        monkeypatch.setenv(f"AWS_{name}", value)
    forget_what_was_built()
    with mock_aws():
        yield monkeypatch
    forget_what_was_built()


def set_variables(fresh: pytest.MonkeyPatch, function: str) -> set[str]:
    """Set the variables that the template gives a function, each to a text that names it."""
    variables = set(functions()[function]["Environment"]["Variables"])
    for name in variables:
        if isinstance(getattr(Settings(), name.lower(), 0), str):
            fresh.setenv(name, f"https://{name.lower().replace('_', '-')}.example")
    return variables


def test_the_broker_gets_every_variable_that_it_works_with(fresh: pytest.MonkeyPatch) -> None:
    variables = set_variables(fresh, "TokenBrokerFunction")
    assert {
        "CONFIG_TABLE",
        "EVENT_BUS",
        "TOKEN_KEY_ID",
        "APP_SECRET_ARN",
        "TENANT_SECRET_PREFIX",
        "LOOPBACK_ORIGINS",
    } <= variables
    ports = tokens.token_ports(deadline_ms=1)
    assert ports.secrets is not tokens.token_ports(deadline_ms=2).secrets
    assert ports.deadline_ms == 1


@pytest.mark.parametrize("function", ["OauthAuthorizeFunction", "OauthCallbackFunction", "ApiFunction"])
def test_every_function_that_connects_gets_the_variables_of_the_pages(fresh: pytest.MonkeyPatch, function: str) -> None:
    variables = set_variables(fresh, function)
    key = an_aws_client("secretsmanager").create_secret(Name="link", SecretString="the key")["ARN"]
    fresh.setenv("LINK_SECRET_ARN", key)
    ports = connect.callback_ports()
    assert {"CONFIG_TABLE", "TOKEN_BROKER_FUNCTION", "LINK_SECRET_ARN", "PUBLIC_URL", "RETURN_URLS"} <= variables
    assert (ports.link_key, ports.public_url) == (b"the key", "https://public-url.example")


def test_the_session_authorizer_gets_the_table_of_sessions(fresh: pytest.MonkeyPatch) -> None:
    assert "CONFIG_TABLE" in set_variables(fresh, "SessionAuthorizerFunction")
    assert tables.marker_table() is tables.marker_table()


def test_without_a_public_url_the_one_that_the_template_wrote_is_read(fresh: pytest.MonkeyPatch) -> None:
    an_aws_client("ssm").put_parameter(Name="/causeway/public-url", Value="https://api.example/live/", Type="String")
    fresh.setenv("PUBLIC_URL_PARAMETER", "/causeway/public-url")
    assert connect.public_url() == "https://api.example/live"


def test_a_rotated_link_key_is_used_within_five_minutes(fresh: pytest.MonkeyPatch) -> None:
    secrets = an_aws_client("secretsmanager")
    fresh.setenv("LINK_SECRET_ARN", secrets.create_secret(Name="link", SecretString="old")["ARN"])
    fresh.setattr(connect, "now_ms", lambda: 0)
    assert connect.link_key() == b"old"
    secrets.put_secret_value(SecretId="link", SecretString="new")
    assert connect.link_key() == b"old"
    fresh.setattr(connect, "now_ms", lambda: connect.KEY_LIFE_MS)
    assert connect.link_key() == b"new"


def test_secrets_are_random_and_long() -> None:
    assert len({clients.new_secret() for _ in range(100)}) == 100
    assert len(clients.new_secret()) == 43
    assert all(0 <= clients.jitter() <= 1 for _ in range(100))


@pytest.mark.parametrize("function", ["oauth_authorize", "oauth_callback", "token_broker", "session_authorizer"])
def test_importing_a_handler_builds_and_imports_no_client(function: str) -> None:
    script = (
        f"import sys; import functions.{function}.app; "
        "print([name for name in ('simple_salesforce', 'requests', 'boto3') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
