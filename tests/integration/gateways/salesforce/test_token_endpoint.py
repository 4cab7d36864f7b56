"""The ways a token request can end on the wire: refused, not sent, lost; over real HTTP with the org's faults."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from causeway.connections.oauth.flow import AppCredentials, TokenAnswerLost, TokenEndpointUnavailable, TokenRefused
from causeway.gateways.salesforce.oauth import TokenEndpoint
from urllib3.exceptions import MaxRetryError, SSLError

from local.org.serving import OrgServer
from local.org.setup.connected_apps import ROTATING_CLIENT_ID, ROTATING_CLIENT_SECRET
from tests.support.connections.stack import a_running_org

APP = AppCredentials(ROTATING_CLIENT_ID, ROTATING_CLIENT_SECRET)


@pytest.fixture(scope="module")
def server() -> Iterator[OrgServer]:
    with a_running_org() as running:
        yield running


@pytest.fixture
def endpoint() -> Iterator[TokenEndpoint]:
    with requests.Session() as session:
        session.trust_env = False
        yield TokenEndpoint(session)


def strike(server: OrgServer, **fault: Any) -> None:
    server.org.faults.clear()
    server.org.faults.add({"path": "/services/oauth2/", **fault})


@pytest.mark.parametrize("fault", [{"do": "drop_before"}, {"do": "drop_after"}, {"do": "garbage"}, {"do": "truncate"}])
def test_an_answer_that_does_not_arrive_whole_is_lost(server: OrgServer, endpoint: TokenEndpoint, fault: Any) -> None:
    strike(server, **fault)
    with pytest.raises(TokenAnswerLost):
        endpoint.client_credentials(server.origin, APP)


@pytest.mark.parametrize(
    "fault", [{"do": "html"}, {"do": "empty"}, {"do": "html", "status": 429}, {"do": "empty", "status": 500}]
)
def test_an_endpoint_that_says_not_now_is_unavailable(server: OrgServer, endpoint: TokenEndpoint, fault: Any) -> None:
    strike(server, **fault)
    with pytest.raises(TokenEndpointUnavailable):
        endpoint.client_credentials(server.origin, APP)


def test_a_connection_that_never_came_up_sent_nothing(endpoint: TokenEndpoint) -> None:
    with pytest.raises(TokenEndpointUnavailable):
        endpoint.client_credentials("http://127.0.0.1:1", APP)


class Breaking(requests.Session):
    """A session whose TLS connection breaks."""

    def __init__(self, reason: Exception) -> None:
        super().__init__()
        self._reason = reason

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> requests.Response:
        raise requests.exceptions.SSLError(MaxRetryError(None, str(url), SSLError(self._reason)))  # type: ignore[arg-type]  # no pool


@pytest.mark.parametrize(
    ("reason", "error"),
    [
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), TokenAnswerLost),
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), TokenEndpointUnavailable),
    ],
)
def test_only_a_refused_certificate_proves_that_no_token_request_was_sent(reason: Exception, error: Any) -> None:
    with pytest.raises(error):
        TokenEndpoint(Breaking(reason)).client_credentials("https://login.salesforce.com", APP)


def test_an_oauth_error_is_a_refusal_with_its_reason(server: OrgServer, endpoint: TokenEndpoint) -> None:
    server.org.faults.clear()
    with pytest.raises(TokenRefused) as refused:
        endpoint.refresh(server.origin, APP, "not-a-token")
    assert (refused.value.reason, refused.value.error) == ("grant_ended", "invalid_grant")


def test_a_redirect_is_not_followed(endpoint: TokenEndpoint) -> None:
    class Redirecting(requests.Session):
        def request(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> requests.Response:
            assert options["allow_redirects"] is False
            answer = requests.Response()
            answer.status_code = 302
            answer.headers["Location"] = "https://evil.example/"
            answer._content = b""
            return answer

    with Redirecting() as session, pytest.raises(TokenRefused):
        TokenEndpoint(session).client_credentials("https://login.salesforce.com", APP)


def test_every_request_has_a_time_limit_inside_the_lease() -> None:
    waits: list[Any] = []

    class Slow(requests.Session):
        def request(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> requests.Response:
            waits.append(options["timeout"])
            raise requests.ReadTimeout

    with Slow() as session, pytest.raises(TokenAnswerLost):
        TokenEndpoint(session).refresh("https://login.salesforce.com", APP, "x")
    assert sum(waits[0]) < 30


def test_errors_carry_nothing_of_what_was_sent(server: OrgServer, endpoint: TokenEndpoint) -> None:
    strike(server, do="drop_after")
    with pytest.raises(TokenAnswerLost) as lost:
        endpoint.refresh(server.origin, APP, "5Aep861-a-secret-refresh-token")
    shown = f"{lost.value!r} {lost.value} {lost.value.__cause__!r}"
    assert "5Aep861" not in shown
    assert ROTATING_CLIENT_SECRET not in shown


def test_a_living_grant_is_active_and_a_revoked_one_is_not(server: OrgServer, endpoint: TokenEndpoint) -> None:
    server.org.faults.clear()
    user = server.org.users.named("integration@northwind.example")
    assert user is not None
    grant = server.org.grants.open_grant(
        server.org.settings.apps[ROTATING_CLIENT_ID], user["Id"], ["api", "refresh_token"]
    )
    assert endpoint.is_active(server.origin, APP, grant.refresh_token)
    endpoint.revoke(server.origin, grant.refresh_token)
    assert not endpoint.is_active(server.origin, APP, grant.refresh_token)
    with pytest.raises(TokenRefused):
        endpoint.revoke(server.origin, grant.refresh_token)
