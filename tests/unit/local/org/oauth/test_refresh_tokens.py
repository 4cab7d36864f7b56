"""Refresh, rotation, revocation and the five approvals. Source: help remoteaccess_oauth_refresh_token_flow unless named."""

from __future__ import annotations

from threading import Barrier, Thread

from local.org.oauth.users import ADMIN_USERNAME, INTEGRATION_USERNAME
from local.org.setup.connected_apps import DEFAULT_CLIENT_ID, ROTATING_CLIENT_ID
from tests.support.org.edge import Client, error_code, refusal

DEAD = ("invalid_grant", "expired access/refresh token")


def works(client: Client, token: str) -> bool:
    return client.get("/limits", {"Authorization": f"Bearer {token}"}).status == 200


def test_a_refresh_gives_a_new_access_token_and_keeps_the_refresh_token() -> None:
    client = Client()
    first = client.connect()
    again = client.refresh(first["refresh_token"]).body
    assert again["access_token"] != first["access_token"]
    assert "refresh_token" not in again
    assert works(client, again["access_token"])
    assert client.refresh(first["refresh_token"]).status == 200


def test_rotation_gives_a_new_refresh_token_each_time() -> None:
    client = Client()
    token = client.connect(ROTATING_CLIENT_ID)["refresh_token"]
    seen = {token}
    for _ in range(3):
        token = client.refresh(token, ROTATING_CLIENT_ID).body["refresh_token"]
        assert token not in seen
        seen.add(token)


def test_reuse_of_a_rotated_token_kills_the_family_and_its_sessions() -> None:
    client = Client()
    first = client.connect(ROTATING_CLIENT_ID)
    second = client.refresh(first["refresh_token"], ROTATING_CLIENT_ID).body
    assert works(client, second["access_token"])
    assert refusal(client.refresh(first["refresh_token"], ROTATING_CLIENT_ID)) == DEAD
    assert refusal(client.refresh(second["refresh_token"], ROTATING_CLIENT_ID)) == DEAD
    assert not works(client, first["access_token"])
    assert not works(client, second["access_token"])


def test_another_connection_survives_the_death_of_a_family() -> None:
    client = Client()
    victim, other = client.connect(ROTATING_CLIENT_ID), client.connect(ROTATING_CLIENT_ID, INTEGRATION_USERNAME)
    client.refresh(victim["refresh_token"], ROTATING_CLIENT_ID)
    client.refresh(victim["refresh_token"], ROTATING_CLIENT_ID)
    assert works(client, other["access_token"])
    assert client.refresh(other["refresh_token"], ROTATING_CLIENT_ID).status == 200


def test_a_second_refresh_while_one_is_under_way_is_refused() -> None:
    """Source: captured by Segment's action-destinations and PostHog."""
    client = Client()
    token = client.connect(ROTATING_CLIENT_ID)["refresh_token"]
    client.org.settings.token_processing_s = 0.3
    start, answers = Barrier(2), []

    def refresh() -> None:
        own = Client(client.org)
        client.org.settings.token_processing_s = 0.3
        start.wait()
        answers.append(own.refresh(token, ROTATING_CLIENT_ID))

    threads = [Thread(target=refresh) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [200, 400]
    waiting = next(answer for answer in answers if answer.status == 400)
    assert refusal(waiting) == ("invalid_grant", "token request is already being processed")


def test_a_refresh_whose_answer_is_lost_has_still_rotated_the_token() -> None:
    client = Client()
    first = client.connect(ROTATING_CLIENT_ID)
    client.fault(do="drop_after", kind="token")
    client.refresh(first["refresh_token"], ROTATING_CLIENT_ID)
    assert client.dropped
    assert refusal(client.refresh(first["refresh_token"], ROTATING_CLIENT_ID)) == DEAD


def test_the_sixth_approval_silently_revokes_the_oldest() -> None:
    """Source: Salesforce help, limit of five approvals per user and app."""
    client = Client()
    bodies = [client.connect() for _ in range(6)]
    assert refusal(client.refresh(bodies[0]["refresh_token"])) == DEAD
    assert not works(client, bodies[0]["access_token"])
    assert all(client.refresh(body["refresh_token"]).status == 200 for body in bodies[1:])


def test_approvals_of_other_users_and_apps_do_not_count() -> None:
    client = Client()
    first = client.connect()
    for _ in range(5):
        client.connect(DEFAULT_CLIENT_ID, INTEGRATION_USERNAME)
        client.connect(ROTATING_CLIENT_ID)
    assert client.refresh(first["refresh_token"]).status == 200


def test_an_idle_refresh_token_dies_by_the_apps_policy() -> None:
    """Source: help connected_app_manage_oauth, refresh token policy."""
    client = Client()
    token = client.connect(ROTATING_CLIENT_ID)["refresh_token"]
    client.advance(29 * 86_400)
    token = client.refresh(token, ROTATING_CLIENT_ID).body["refresh_token"]
    client.advance(29 * 86_400)
    token = client.refresh(token, ROTATING_CLIENT_ID).body["refresh_token"]
    client.advance(31 * 86_400)
    assert refusal(client.refresh(token, ROTATING_CLIENT_ID)) == DEAD


def test_policies_expire_after_and_immediately() -> None:
    client = Client()
    client.app(refresh_policy="after", refresh_ttl_s=3600)
    token = client.connect()["refresh_token"]
    client.advance(1800)
    assert client.refresh(token).status == 200
    client.advance(1801)
    assert refusal(client.refresh(token)) == DEAD
    client.app(refresh_policy="immediately")
    assert refusal(client.refresh(client.connect()["refresh_token"])) == DEAD


def test_revoking_an_access_token_ends_only_that_one() -> None:
    """Source: Mobile SDK guide, oauth-revoking-tokens."""
    client = Client()
    first = client.connect()
    second = client.refresh(first["refresh_token"]).body
    answer = client.form("/services/oauth2/revoke", token=first["access_token"])
    assert (answer.status, answer.body) == (200, None)
    assert not works(client, first["access_token"])
    assert works(client, second["access_token"])
    assert client.refresh(first["refresh_token"]).status == 200


def test_revoking_a_refresh_token_ends_all_that_came_from_it() -> None:
    client = Client()
    first = client.connect()
    second = client.refresh(first["refresh_token"]).body
    assert client.send("GET", "/services/oauth2/revoke", {"token": first["refresh_token"]}).status == 200
    assert not works(client, first["access_token"])
    assert not works(client, second["access_token"])
    assert refusal(client.refresh(first["refresh_token"])) == DEAD


def test_revoking_nonsense_is_an_error() -> None:
    client = Client()
    assert refusal(client.form("/services/oauth2/revoke", token="nonsense"))[0] == "invalid_token"
    answer = client.form("/services/oauth2/revoke", token="x", token_type_hint="id_token")
    assert refusal(answer)[0] == "unsupported_token_type"


def test_an_admin_may_revoke_everything_of_a_user() -> None:
    client = Client()
    other = client.connect(DEFAULT_CLIENT_ID, INTEGRATION_USERNAME)
    body = client.connect()
    client.control("DELETE", f"grants?username={ADMIN_USERNAME}")
    assert refusal(client.refresh(body["refresh_token"])) == DEAD
    assert "Allow access?" in client.authorize().body
    assert client.refresh(other["refresh_token"]).status == 200
    assert [grant["revoked"] for grant in client.control("GET", "grants")["grants"]] == [False, True]
    client.control("DELETE", "grants")
    assert refusal(client.refresh(other["refresh_token"])) == DEAD


def test_a_session_ends_when_idle_and_every_call_prolongs_it() -> None:
    """Source: SOAP API guide, login: session expiration."""
    client = Client()
    headers = client.session()
    for _ in range(3):
        client.advance(7_000)
        assert client.get("/limits", headers).status == 200
    client.advance(7_201)
    expired = client.get("/limits", headers)
    assert error_code(expired) == (401, "INVALID_SESSION_ID")
    assert expired.body[0]["message"] == "Session expired or invalid"


def test_a_session_without_the_api_scope_gets_the_other_401() -> None:
    """Source: jsforce src/http-api.ts: no refresh helps against this text."""
    client = Client()
    answer = client.get("/limits", client.session(scopes=["id", "refresh_token"]))
    assert error_code(answer) == (401, "INVALID_SESSION_ID")
    assert answer.body[0]["message"] == "This session is not valid for use with the REST API"


def test_an_authorization_header_of_another_scheme_is_recognized() -> None:
    client = Client()
    answer = client.get("/limits", {"Authorization": "Basic abc"})
    assert (error_code(answer), answer.body[0]["message"]) == ((401, "INVALID_AUTH_HEADER"), "INVALID_HEADER_TYPE")
    assert error_code(client.get("/limits", {})) == (401, "INVALID_SESSION_ID")


def test_another_apps_refresh_token_is_dead_and_stays_alive_for_its_own() -> None:
    client = Client()
    token = client.connect()["refresh_token"]
    assert refusal(client.refresh(token, ROTATING_CLIENT_ID)) == DEAD
    assert client.refresh(token).status == 200


def test_the_apps_own_session_lifetime_comes_before_the_orgs() -> None:
    client = Client()
    client.app(session_timeout_s=900)
    token = client.connect()["access_token"]
    client.advance(899)
    assert works(client, token)
    client.advance(900)
    assert not works(client, token)
