"""Identity URL, userinfo and introspection. Source: Salesforce help, identity URLs and OpenID Connect token introspection."""

from __future__ import annotations

import pytest

from local.org.oauth.users import ADMIN_USERNAME
from local.org.setup.connected_apps import ROTATING_CLIENT_ID
from tests.support.org.edge import Client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def identity_path(client: Client, body: dict[str, str]) -> str:
    return body["id"].removeprefix(client.org.origin)


def test_the_identity_names_user_org_and_urls_with_a_literal_version() -> None:
    client = Client()
    body = client.connect()
    identity = client.send("GET", identity_path(client, body), headers=bearer(body["access_token"])).body
    assert identity["username"] == ADMIN_USERNAME
    assert identity["organization_id"] == client.org.org_id
    assert identity["user_id"] == body["id"].rsplit("/", 1)[1]
    assert identity["urls"]["rest"] == client.org.origin + "/services/data/v{version}/"


def test_userinfo_names_the_same_user() -> None:
    client = Client()
    body = client.connect()
    for method in ("GET", "POST"):
        answer = client.send(method, "/services/oauth2/userinfo", headers=bearer(body["access_token"]))
        assert answer.body["sub"] == body["id"]
        assert answer.body["preferred_username"] == ADMIN_USERNAME


def test_identity_failures_are_403_with_one_word_of_plain_text() -> None:
    """Source: captured; the words are in Salesforce help, identity URLs."""
    client = Client()
    body = client.connect()
    path, headers = identity_path(client, body), bearer(body["access_token"])
    org_id, user_id = path.split("/")[2:]
    other_user = client.org.users.named("jane@northwind.example")
    assert other_user is not None
    cases = [
        (path, {}, "Missing_OAuth_Token"),
        (path, bearer("nonsense"), "Bad_OAuth_Token"),
        (f"/id/00D000000000001EAA/{user_id}", headers, "Wrong_Org"),
        (f"/id/{org_id}/{other_user['Id']}", headers, "Bad_Id"),
    ]
    for where, sent, word in cases:
        answer = client.send("GET", where, headers=sent)
        assert (answer.status, answer.body) == (403, word)
        assert answer.content_type.startswith("text/plain")
    client.settings(frozen_users=[ADMIN_USERNAME])
    assert client.send("GET", path, headers=headers).body == "Inactive_User"


def test_the_identity_needs_one_of_its_scopes() -> None:
    client = Client()
    body = client.exchange(client.code(scope="api refresh_token")).body
    answer = client.send("GET", identity_path(client, body), headers=bearer(body["access_token"]))
    assert (answer.status, answer.body) == (403, "Bad_OAuth_Token")


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_introspection_shows_an_app_its_own_live_tokens(kind: str) -> None:
    client = Client()
    body = client.connect()
    form = {"client_id": "3MVG9local.default.connected.app", "client_secret": "local-default-secret"}
    answer = client.form("/services/oauth2/introspect", token=body[kind], **form).body
    assert answer["active"] is True
    assert answer["username"] == ADMIN_USERNAME
    assert answer["token_type"] == kind
    client.form("/services/oauth2/revoke", token=body["refresh_token"])
    assert client.form("/services/oauth2/introspect", token=body[kind], **form).body == {"active": False}


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_introspection_hides_other_apps_tokens(kind: str) -> None:
    client = Client()
    body = client.connect()
    answer = client.form(
        "/services/oauth2/introspect",
        token=body[kind],
        client_id=ROTATING_CLIENT_ID,
        client_secret="local-rotating-secret",
    )
    assert answer.body == {"active": False}


def test_the_resources_of_a_version_name_the_identity() -> None:
    client = Client()
    resources = client.get("", client.session()).body
    assert resources["sobjects"] == "/services/data/v66.0/sobjects"
    assert resources["identity"].startswith(client.org.origin + "/id/" + client.org.org_id)


def test_soap_login_gives_a_session_and_the_servers_own_url() -> None:
    """Source: SOAP API guide, login."""
    client = Client()
    message = b"<e><login><username>admin@northwind.example</username><password>northwind1</password></login></e>"
    answer = client.send("POST", "/services/Soap/u/59.0", body=message, headers={"Content-Type": "text/xml"})
    token = answer.body.partition("<sessionId>")[2].partition("</sessionId>")[0]
    assert client.get("/limits", bearer(token)).status == 200
    assert f"<serverUrl>{client.org.origin}/services/Soap/u/59.0/" in answer.body
    wrong = client.send("POST", "/services/Soap/u/59.0", body=message.replace(b"northwind1", b"x"))
    assert wrong.status == 500
    assert "INVALID_LOGIN" in wrong.body
    assert "UNSUPPORTED_API_VERSION" in client.send("POST", "/services/Soap/u/66.0", body=message).body


def test_soap_login_refuses_a_frozen_user() -> None:
    client = Client()
    client.settings(frozen_users=[ADMIN_USERNAME])
    message = b"<e><login><username>admin@northwind.example</username><password>northwind1</password></login></e>"
    answer = client.send("POST", "/services/Soap/u/59.0", body=message)
    assert (answer.status, "INVALID_LOGIN" in answer.body) == (500, True)


def test_soap_logout_ends_the_session() -> None:
    """Source: SOAP API guide, logout."""
    client = Client()
    headers = client.session()
    token = headers["Authorization"].removeprefix("Bearer ")
    message = f"<e><h><sessionId>{token}</sessionId></h><b><logout/></b></e>".encode()
    assert client.send("POST", "/services/Soap/u/66.0", body=message).status == 200
    assert client.get("/limits", headers).status == 401
    again = client.send("POST", "/services/Soap/u/66.0", body=message)
    assert (again.status, "INVALID_SESSION_ID" in again.body) == (500, True)


def test_other_soap_calls_and_what_is_no_xml_are_faults() -> None:
    client = Client()
    for body, code in ((b"<e><b><query/></b></e>", "INVALID_OPERATION"), (b"{}", "UNKNOWN_EXCEPTION")):
        answer = client.send("POST", "/services/Soap/u/59.0", body=body)
        assert (answer.status, code in answer.body) == (500, True)
