"""Every refusal of the authorize and token endpoints, produced by settings. Source: help remoteaccess_oauth_flow_errors and captures."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.org.oauth.token_endpoint import JWT_BEARER
from local.org.oauth.users import ADMIN_USERNAME
from local.org.setup.connected_apps import DEFAULT_CLIENT_ID, ROTATING_CLIENT_ID
from tests.support.org.edge import CALLBACK, VERIFIER, Client, answer_of, refusal

type Setting = dict[str, Any]


@pytest.mark.parametrize(
    ("app", "error"),
    [
        ({"blocked": True}, "OAUTH_APP_BLOCKED"),
        ({"authorization_blocked": True}, "OAUTH_AUTHORIZATION_BLOCKED"),
        ({"installed": False}, "OAUTH_APPROVAL_ERROR_GENERIC"),
        ({"installed": False, "external_client_app": True}, "OAUTH_EC_APP_NOT_FOUND"),
        ({"admin_approved_only": True}, "OAUTH_APP_ACCESS_DENIED"),
        ({"scopes": ["api", "id"]}, "OAUTH_APPROVAL_ERROR_GENERIC"),
        ({"ip_ranges": ["203.0.113.0/24"]}, "access_denied"),
    ],
)
def test_what_the_admin_decided_about_an_app_comes_back_by_redirect(app: Setting, error: str) -> None:
    client = Client()
    client.app(**app)
    answer = client.authorize()
    if answer.status == 200:
        answer = client.log_in(answer)
    assert refusal(answer)[0] == error
    assert answer_of(answer)["state"] == "a b&c"


def test_an_approved_user_needs_no_approval_page_for_an_admin_approved_app() -> None:
    client = Client()
    client.app(admin_approved_only=True, approved_users=[ADMIN_USERNAME])
    assert "code" in answer_of(client.log_in(client.authorize()))


def test_a_user_may_approve_an_uninstalled_app_with_the_permission_for_it() -> None:
    client = Client()
    client.app(installed=False)
    client.settings(approve_uninstalled_users=[ADMIN_USERNAME])
    assert client.exchange(client.code()).status == 200


def test_an_api_only_user_cannot_use_the_browser_flow() -> None:
    client = Client()
    client.settings(api_only_users=[ADMIN_USERNAME])
    error, description = refusal(client.log_in(client.authorize()))
    assert error == "OAUTH_APPROVAL_ERROR_GENERIC"
    assert description == "An unexpected error has occurred during authentication. Please try again."


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"response_type": "tokens"}, "unsupported_response_type"),
        ({"scope": "api everything"}, "invalid_scope"),
        ({"scope": "api wave_api"}, "OAUTH_APPROVAL_ERROR_GENERIC"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_a_malformed_authorization_comes_back_by_redirect(query: dict[str, str], error: str) -> None:
    assert refusal(Client().authorize(**query))[0] == error


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"grant_type": "magic"}, ("unsupported_grant_type", "grant type not supported")),
        ({"client_id": "nobody"}, ("invalid_client_id", "client identifier invalid")),
        ({"client_secret": "wrong"}, ("invalid_client", "invalid client credentials")),
        ({"client_secret": ""}, ("invalid_client", "invalid client credentials")),
        ({"code": ""}, ("invalid_request", "missing required parameter: code")),
    ],
)
def test_a_malformed_token_request_is_a_json_object_with_400_and_no_store(
    form: dict[str, str], expected: tuple[str, str]
) -> None:
    client = Client()
    right = {"grant_type": "authorization_code", "code": client.code(), "redirect_uri": CALLBACK}
    answer = client.token(**{**right, "code_verifier": VERIFIER, **form})
    assert answer.status == 400
    assert refusal(answer) == expected
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("settings", "app", "expected"),
    [
        ({"frozen_users": [ADMIN_USERNAME]}, {}, ("invalid_grant", "inactive user")),
        ({"org_active": False}, {}, ("invalid_grant", "inactive organization")),
        ({"login_ip_ranges": ["203.0.113.0/24"]}, {}, ("invalid_grant", "ip restricted")),
        ({}, {"ip_ranges": ["203.0.113.0/24"]}, ("invalid_grant", "ip restricted by app developer")),
        ({"logins_per_hour": 0}, {}, ("rate_limit_exceeded", "login rate exceeded")),
        ({}, {"blocked": True}, ("OAUTH_APP_BLOCKED", "this app is blocked by admin")),
        (
            {},
            {"installed": False, "external_client_app": True},
            ("app_not_found", "External client app is not installed in this org"),
        ),
    ],
)
def test_what_happened_since_the_approval_refuses_the_refresh(
    settings: Setting, app: Setting, expected: tuple[str, str]
) -> None:
    client = Client()
    token = client.connect()["refresh_token"]
    client.settings(**settings)
    client.app(**app)
    assert refusal(client.refresh(token)) == expected


def test_an_uninstalled_connected_app_must_be_installed() -> None:
    client = Client()
    code = client.code()
    client.app(installed=False)
    assert refusal(client.exchange(code)) == ("invalid_client", "app must be installed into org")


def test_a_deactivated_user_loses_refresh_and_sessions() -> None:
    client = Client()
    body = client.connect()
    user_id = body["id"].rsplit("/", 1)[1]
    client.control("POST", "records", {"sobject": "User", "records": [{"Id": user_id, "IsActive": False}]})
    assert refusal(client.refresh(body["refresh_token"])) == ("invalid_grant", "inactive user")
    assert client.get("/limits", {"Authorization": f"Bearer {body['access_token']}"}).status == 401


def test_the_allowed_address_is_the_one_the_request_came_from() -> None:
    client = Client()
    client.app(ip_ranges=["203.0.113.0/24"])
    form = (
        b"grant_type=client_credentials&client_id=3MVG9local.default.connected.app&client_secret=local-default-secret"
    )
    answer = client.send("POST", "/services/oauth2/token", body=form, headers={"X-Forwarded-For": "203.0.113.9"})
    assert answer.status == 200


def test_a_get_of_the_token_endpoint_is_refused() -> None:
    assert refusal(Client().send("GET", "/services/oauth2/token")) == ("invalid_request", "must use HTTP POST")


def test_client_credentials_give_the_run_as_users_session_without_refresh_token() -> None:
    """Source: help remoteaccess_oauth_client_credentials_flow."""
    client = Client()
    body = client.token(grant_type="client_credentials").body
    assert "refresh_token" not in body
    assert client.get("/limits", {"Authorization": f"Bearer {body['access_token']}"}).status == 200


def test_client_credentials_without_a_run_as_user_are_refused() -> None:
    client = Client()
    client.app(run_as="")
    answer = client.token(grant_type="client_credentials")
    assert refusal(answer) == ("invalid_grant", "no client credentials user enabled")


def test_username_and_password_work_only_for_an_app_that_may() -> None:
    client = Client()
    right = {"grant_type": "password", "username": ADMIN_USERNAME, "password": "northwind1TOKEN"}
    assert client.token(**right).status == 200
    refused = ("invalid_grant", "authentication failure")
    assert refusal(client.token(**{**right, "password": "x"})) == refused
    assert refusal(client.token(ROTATING_CLIENT_ID, **right)) == refused


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(key: rsa.RSAPrivateKey) -> str:
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return pem.decode()


def assertion(key: rsa.RSAPrivateKey, **changes: Any) -> str:
    claims = {
        "iss": DEFAULT_CLIENT_ID,
        "sub": ADMIN_USERNAME,
        "aud": "https://login.salesforce.com",
        "exp": int(time.time()) + 120,
        **changes,
    }
    return jwt.encode(claims, key, algorithm="RS256")


def test_a_signed_assertion_of_an_approved_user_gives_a_session(key: rsa.RSAPrivateKey) -> None:
    """Source: help remoteaccess_oauth_jwt_flow."""
    client = Client()
    client.app(jwt_public_key=public_pem(key), approved_users=[ADMIN_USERNAME])
    answer = client.token(grant_type=JWT_BEARER, assertion=assertion(key))
    assert answer.status == 200
    assert "refresh_token" not in answer.body


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({}, ("invalid_grant", "user hasn't approved this consumer")),
        ({"aud": "https://example.com"}, ("invalid_grant", "audience is invalid")),
        ({"exp": 1}, ("invalid_grant", "expired assertion")),
        ({"iss": "nobody"}, ("invalid_client_id", "client identifier invalid")),
    ],
)
def test_an_assertion_is_refused_for_its_own_reason(
    key: rsa.RSAPrivateKey, claims: Setting, expected: tuple[str, str]
) -> None:
    client = Client()
    client.app(jwt_public_key=public_pem(key))
    assert refusal(client.token(grant_type=JWT_BEARER, assertion=assertion(key, **claims))) == expected


def test_an_assertion_signed_by_someone_else_is_invalid(key: rsa.RSAPrivateKey) -> None:
    client = Client()
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    client.app(jwt_public_key=public_pem(stranger), approved_users=[ADMIN_USERNAME])
    answer = client.token(grant_type=JWT_BEARER, assertion=assertion(key))
    assert refusal(answer) == ("invalid_grant", "invalid assertion")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("inactive_user", "inactive user"),
        ("inactive_org", "inactive organization"),
        ("invalid_grant", "Audience validation failed"),
        ("access-denied", "end-user denied authorization"),
    ],
)
def test_any_other_spelling_can_be_injected_at_both_endpoints(code: str, message: str) -> None:
    client = Client()
    client.fault(do="oauth_error", kind="token", code=code, message=message)
    assert refusal(client.token(grant_type="client_credentials")) == (code, message)
    client.fault(do="oauth_error", kind="authorize", code=code, message=message)
    answer = client.authorize()
    assert refusal(answer) == (code, message)
    assert answer_of(answer)["state"] == "a b&c"


def test_client_credentials_can_be_switched_off_for_the_org() -> None:
    client = Client()
    client.settings(client_credentials_enabled=False)
    assert refusal(client.token(grant_type="client_credentials"))[0] == "unsupported_grant_type"


def test_one_of_several_networks_is_enough() -> None:
    client = Client()
    client.app(ip_ranges=["203.0.113.0/24", "127.0.0.0/8"])
    assert client.token(grant_type="client_credentials").status == 200
