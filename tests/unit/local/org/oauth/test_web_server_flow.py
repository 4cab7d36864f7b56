"""The web-server flow through the pages. Source: Salesforce help remoteaccess_oauth_web_server_flow unless a test names another."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from local.org.oauth.users import ADMIN_USERNAME, INTEGRATION_USERNAME
from local.org.setup.connected_apps import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, ROTATING_CLIENT_ID
from tests.support.org.edge import CALLBACK, Client, answer_of, hidden, refusal


def test_log_in_and_allow_lead_to_a_code_with_the_state_unchanged() -> None:
    client = Client()
    approval = client.log_in(client.authorize())
    answer = answer_of(client.decide(approval))
    assert answer["state"] == "a b&c"
    assert answer["code"].startswith("aPrx")
    assert answer["code"].endswith("==")


def test_the_code_travels_percent_encoded_so_that_it_is_decoded_exactly_once() -> None:
    client = Client()
    location = client.decide(client.log_in(client.authorize())).headers["Location"]
    assert "%3D%3D&state=a%20b%26c" in location


def test_deny_reports_to_the_app_that_the_user_denied() -> None:
    client = Client()
    denied = client.decide(client.log_in(client.authorize()), "deny")
    assert refusal(denied) == ("access_denied", "end-user denied authorization")
    assert answer_of(denied)["state"] == "a b&c"


def test_a_token_response_has_what_salesforce_sends_and_no_expiry() -> None:
    client = Client()
    body = client.connect()
    assert set(body) == {
        "access_token",
        "refresh_token",
        "signature",
        "scope",
        "instance_url",
        "id",
        "token_type",
        "issued_at",
    }
    assert body["token_type"] == "Bearer"
    assert body["access_token"].startswith(client.org.org_id[:15] + "!")
    assert body["refresh_token"].startswith("5Aep861")
    assert body["id"].rsplit("/", 2)[1] == client.org.org_id
    assert isinstance(body["issued_at"], str)
    assert int(body["issued_at"]) > 1_600_000_000_000


def test_the_signature_is_an_hmac_of_identity_and_issue_time() -> None:
    body = Client().connect()
    signed = (body["id"] + body["issued_at"]).encode()
    expected = base64.b64encode(hmac.new(DEFAULT_CLIENT_SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert body["signature"] == expected


def test_instance_and_identity_urls_use_the_servers_own_origin() -> None:
    client = Client()
    client.org.origin = "http://127.0.0.1:4711"
    body = client.connect()
    assert body["instance_url"] == "http://127.0.0.1:4711"
    assert body["id"].startswith("http://127.0.0.1:4711/id/")


def test_no_refresh_token_without_its_scope() -> None:
    client = Client()
    body = client.exchange(client.code(scope="api id")).body
    assert "refresh_token" not in body
    assert body["scope"] == "api id"


def test_a_wrong_password_shows_the_login_page_again_with_the_username_kept() -> None:
    client = Client()
    page = client.log_in(client.authorize(), ADMIN_USERNAME, "wrong")
    assert page.status == 200
    assert "check your username and password" in page.body
    assert f'value="{ADMIN_USERNAME}"' in page.body


def test_an_inactive_user_cannot_log_in() -> None:
    client = Client()
    client.settings(frozen_users=[ADMIN_USERNAME])
    assert "check your username and password" in client.log_in(client.authorize()).body


def test_login_hint_fills_in_the_username() -> None:
    assert 'value="jane@northwind.example"' in Client().authorize(login_hint="jane@northwind.example").body


def test_an_approval_is_remembered_until_the_app_asks_for_consent_again() -> None:
    client = Client()
    client.decide(client.log_in(client.authorize()))
    assert "code" in answer_of(client.authorize())
    assert "Allow access?" in client.authorize(prompt="consent").body


@pytest.mark.parametrize("prompt", ["login", "select_account", "login consent"])
def test_prompt_login_asks_for_the_password_although_a_user_is_logged_in(prompt: str) -> None:
    client = Client()
    client.decide(client.log_in(client.authorize()))
    assert "Log in to the simulated" in client.authorize(prompt=prompt).body


@pytest.mark.parametrize("silent", [{"prompt": "none"}, {"immediate": "true"}])
def test_a_silent_request_fails_at_once_until_user_and_approval_are_known(silent: dict[str, str]) -> None:
    client = Client()
    assert refusal(client.authorize(**silent))[0] == "immediate_unsuccessful"
    approval = client.log_in(client.authorize())
    assert refusal(client.authorize(**silent))[0] == "immediate_unsuccessful"
    client.decide(approval)
    assert "code" in answer_of(client.authorize(**silent))


def test_a_code_works_once() -> None:
    client = Client()
    code = client.code()
    assert client.exchange(code).status == 200
    assert refusal(client.exchange(code)) == ("invalid_grant", "expired authorization code")


def test_a_code_lives_fifteen_minutes_on_the_orgs_clock() -> None:
    """Source: help remoteaccess_oauth_terminology."""
    client = Client()
    early, late = client.code(), client.code()
    client.control("POST", "clock", {"stop": True})
    client.advance(14 * 60)
    assert client.exchange(early).status == 200
    client.advance(61)
    assert refusal(client.exchange(late)) == ("invalid_grant", "expired authorization code")


def test_an_unknown_code_and_another_apps_code_are_invalid() -> None:
    client = Client()
    assert refusal(client.exchange("aPrxNever==")) == ("invalid_grant", "invalid authorization code")
    code = client.code(DEFAULT_CLIENT_ID)
    assert refusal(client.exchange(code, ROTATING_CLIENT_ID)) == ("invalid_grant", "invalid authorization code")


@pytest.mark.parametrize("verifier", ["", "another-" + "y" * 50])
def test_a_missing_or_wrong_verifier_is_refused_and_leaves_the_code_usable(verifier: str) -> None:
    client = Client()
    code = client.code()
    assert refusal(client.exchange(code, code_verifier=verifier)) == ("invalid_grant", "invalid code verifier")
    assert client.exchange(code).status == 200


def test_a_flow_without_pkce_works_where_nothing_requires_it() -> None:
    client = Client()
    code = client.code(code_challenge="", code_challenge_method="")
    assert client.exchange(code, code_verifier="").status == 200


def test_a_missing_challenge_is_refused_by_an_app_that_requires_pkce() -> None:
    answer = Client().authorize(ROTATING_CLIENT_ID, code_challenge="")
    assert refusal(answer) == ("invalid_request", "missing required code challenge")


def test_a_missing_challenge_is_refused_by_an_org_that_requires_pkce() -> None:
    client = Client()
    client.settings(require_pkce=True)
    assert refusal(client.authorize(code_challenge=""))[0] == "OAUTH_APPROVAL_ERROR_GENERIC"


def test_the_redirect_uri_of_the_exchange_must_be_the_one_of_the_request() -> None:
    client = Client()
    code = client.code()
    answer = client.exchange(code, redirect_uri=CALLBACK + "/")
    assert refusal(answer) == ("redirect_uri_mismatch", "redirect_uri must match configuration")


def test_an_unknown_app_or_callback_gets_a_page_and_never_a_redirect() -> None:
    client = Client()
    client.app(redirect_uris=[CALLBACK])
    for wrong in ({"client_id": "nobody"}, {"redirect_uri": CALLBACK + "/"}, {"redirect_uri": "https://evil.example/"}):
        page = client.authorize(**wrong)
        assert page.status == 400
        assert "Location" not in page.headers
        assert "OAuth error" in page.body


def test_a_registered_app_works_like_the_default_one() -> None:
    client = Client()
    client.app("mine", client_secret="s3cret", redirect_uris=[CALLBACK], name="Mine & Co")
    approval = client.log_in(client.authorize("mine"))
    assert "Mine &amp; Co" in approval.body
    code = answer_of(client.decide(approval))["code"]
    assert client.exchange(code, "mine", client_secret="s3cret").status == 200


def test_a_public_app_needs_no_secret() -> None:
    client = Client()
    client.app(require_secret=False)
    assert client.exchange(client.code(), client_secret="").status == 200


def test_client_credentials_may_come_as_http_basic() -> None:
    client = Client()
    basic = base64.b64encode(f"{DEFAULT_CLIENT_ID}:{DEFAULT_CLIENT_SECRET}".encode()).decode()
    answer = client.send(
        "POST",
        "/services/oauth2/token",
        body=b"grant_type=client_credentials",
        headers={"Authorization": f"Basic {basic}"},
    )
    assert answer.status == 200


def test_auto_approve_needs_no_page() -> None:
    client = Client()
    client.settings(auto_approve=INTEGRATION_USERNAME)
    body = client.exchange(answer_of(client.authorize())["code"]).body
    identity = client.send("GET", body["id"].removeprefix(client.org.origin), headers=bearer(body)).body
    assert identity["username"] == INTEGRATION_USERNAME


def bearer(body: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {body['access_token']}"}


def test_an_approval_page_works_once() -> None:
    client = Client()
    page = client.log_in(client.authorize())
    assert client.decide(page).status == 302
    again = client.decide(page)
    assert (again.status, "Location" in again.headers) == (400, False)


def test_an_approval_page_works_only_in_the_browser_that_logged_in() -> None:
    client = Client()
    page = client.log_in(client.authorize())
    client.cookie = "simulated_org_sid=somebody-else"
    stranger = client.decide(page)
    assert (stranger.status, "Location" in stranger.headers) == (400, False)


def test_prompt_login_goes_on_to_the_approval_once_the_password_was_given() -> None:
    client = Client()
    client.decide(client.log_in(client.authorize()))
    assert "code" in answer_of(client.log_in(client.authorize(prompt="login")))
    assert "Allow access?" in client.log_in(client.authorize(prompt="login consent")).body


def test_the_pages_have_salesforces_own_addresses_and_element_ids() -> None:
    """Source: jsforce test/helper/webauth, which walks the pages of a live org."""
    client = Client()
    query = {"response_type": "code", "client_id": DEFAULT_CLIENT_ID, "redirect_uri": CALLBACK}
    first = client.send("GET", "/services/oauth2/authorize", query)
    assert first.headers["Location"].startswith("/?ec=302&startURL=%2Fsetup%2Fsecur%2FRemoteAccessAuthorizationPage")
    login = client.followed(first)
    assert all(f'id="{name}"' in login.body for name in ("username", "password", "Login"))
    approval = client.log_in(login)
    assert all(f'id="{name}"' in approval.body for name in ("oaapprove", "oadeny"))


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "/?source=x"])
def test_the_login_page_sends_nobody_to_an_address_from_its_query(wanted: str) -> None:
    client = Client()
    login = client.send("GET", "/", {"ec": "302", "startURL": wanted})
    assert "evil" not in login.body
    form = {"pending": hidden(login, "pending"), "username": ADMIN_USERNAME, "pw": "northwind1"}
    assert client.form("/login", **form).headers["Location"] == "/"


def test_an_approval_page_of_nothing_has_expired() -> None:
    page = Client().send("GET", "/setup/secur/RemoteAccessAuthorizationPage.apexp", {"source": "nothing"})
    assert page.status == 400
    assert "expired" in page.body


def test_two_browsers_stay_two_users() -> None:
    first = Client()
    second = Client(first.org)
    pages = [
        client.log_in(client.authorize(), name)
        for client, name in ((first, ADMIN_USERNAME), (second, INTEGRATION_USERNAME))
    ]
    for client, page, name in zip((first, second), pages, (ADMIN_USERNAME, INTEGRATION_USERNAME), strict=True):
        body = client.exchange(answer_of(client.decide(page))["code"]).body
        identity = client.send("GET", body["id"].removeprefix(client.org.origin), headers=bearer(body)).body
        assert identity["username"] == name
