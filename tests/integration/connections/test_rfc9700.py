"""
RFC 9700 (OAuth 2.0 security, BCP 240), item by item, as attacks on the running pages.

Each item is an attack that must fail, and the same attack on a build without the protection, where it must succeed: so the
attack is known to see what it looks for.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from causeway.api import browser
from causeway.connections.access import encoding
from causeway.connections.access.links import ConnectLink, signed_link
from causeway.connections.oauth import callback, connect, ways_back
from causeway.connections.oauth import flow as oauth
from causeway.connections.oauth.flow import AppCredentials
from causeway.gateways.dynamodb.config.markers import MarkerTable
from causeway.gateways.salesforce.oauth import TokenEndpoint

import local.org.oauth.token_endpoint as org_token
from local.demo.visitor import page_of
from local.org.setup.connected_apps import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET
from tests.support.connections.stack import ConnectStack, a_connect_stack
from tests.support.connections.walk import LOGIN, a_link, connected, sent_on_to

ANOTHER_HOST = "http://127.0.0.1:1"  # it counts as Salesforce's too, but nobody signs in there

type Attack = Callable[[ConnectStack], bool]
type Removal = Callable[[pytest.MonkeyPatch, ConnectStack], None]


@pytest.fixture
def stack() -> Iterator[ConnectStack]:
    with a_connect_stack(ANOTHER_HOST) as running:
        yield running


# --- the browser of these tests: every step by hand, so that an attacker may stand in between ---


@dataclass
class Attempt:
    """An authorization up to Salesforce's answer: where the browser was sent, its cookies, and the callback not yet followed."""

    authorize: str
    cookies: dict[str, str]
    callback: str

    @property
    def asked(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.authorize).query).items()}

    @property
    def answer(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.callback).query).items()}


def proceed(stack: ConnectStack, link: str, **headers: str) -> requests.Response:
    """Press Continue."""
    form = {"link": parse_qs(urlsplit(link).query)["link"][0], "salesforce_url": stack.org_url}
    url = f"{stack.pages_url}/oauth/authorize"
    return requests.post(url, data=form, allow_redirects=False, timeout=10, headers=headers)


def an_attempt(stack: ConnectStack, link: str = "", decision: str = "allow") -> Attempt:
    """Go through Salesforce's pages and stop at the redirect back."""
    sent = proceed(stack, link or a_link(stack))
    with requests.Session() as session:
        page = session.get(sent_on_to(sent), timeout=10)
        page = session.post(f"{stack.org_url}/login", data={"pending": _pending(page.text), **LOGIN}, timeout=10)
        form = {"pending": _pending(page.text), "decision": decision}
        back = session.post(f"{stack.org_url}/services/oauth2/approve", data=form, allow_redirects=False, timeout=10)
    return Attempt(sent_on_to(sent), dict(sent.cookies), back.headers["Location"])


def _pending(html: str) -> str:
    found = re.search(r'name="pending" value="([^"]+)"', html)
    assert found
    return found[1]


def come_back(stack: ConnectStack, callback: str, cookies: Mapping[str, str]) -> requests.Response:
    return requests.get(callback, cookies=dict(cookies), allow_redirects=False, timeout=10)


def token_calls(stack: ConnectStack) -> int:
    return sum(entry.path == "/services/oauth2/token" for entry in stack.org.audit.entries)


def is_connected(stack: ConnectStack) -> bool:
    return stack.connections.get("acme").status.value == "connected"


def with_plain_app(stack: ConnectStack) -> None:
    """Use an app for which the org does not itself insist on PKCE."""
    app = {"client_id": DEFAULT_CLIENT_ID, "client_secret": DEFAULT_CLIENT_SECRET}
    stack.secrets.put_secret_value(SecretId="causeway/app", SecretString=json.dumps(app))


# --- 1 to 15: attacks ---


def asks_for_tokens_in_the_browser(stack: ConnectStack) -> bool:
    return an_attempt_address(stack)["response_type"] != "code"


def an_attempt_address(stack: ConnectStack) -> dict[str, str]:
    address = sent_on_to(proceed(stack, a_link(stack)))
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def exchanges_a_stolen_code(stack: ConnectStack) -> bool:
    with_plain_app(stack)
    form = {
        "grant_type": "authorization_code",
        "code": an_attempt(stack).answer["code"],
        "redirect_uri": stack.ports.redirect_uri,
        "client_id": DEFAULT_CLIENT_ID,
        "client_secret": DEFAULT_CLIENT_SECRET,
    }
    return requests.post(f"{stack.org_url}/services/oauth2/token", data=form, timeout=10).ok


def lets_a_victim_finish_the_attackers_attempt(stack: ConnectStack) -> bool:
    come_back(stack, an_attempt(stack).callback, {})
    return is_connected(stack)


def takes_the_redirect_uri_from_the_request(stack: ConnectStack) -> bool:
    sent = proceed(stack, a_link(stack), Host="evil.example")
    return "evil.example" in sent_on_to(sent)


def accepts_an_answer_of_another_host(stack: ConnectStack) -> bool:
    attempt = an_attempt(stack)
    stack.org.identity_url = lambda user_id: f"{ANOTHER_HOST}/id/{stack.org.org_id}/{user_id}"  # type: ignore[method-assign]
    come_back(stack, attempt.callback, attempt.cookies)
    return is_connected(stack)


def accepts_an_unsigned_answer(stack: ConnectStack) -> bool:
    attempt = an_attempt(stack)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(org_token, "signature", lambda *given: "Zm9yZ2Vk")
        come_back(stack, attempt.callback, attempt.cookies)
    return is_connected(stack)


def redirects_to_an_attackers_page(stack: ConnectStack) -> bool:
    link = ConnectLink("id", "acme", "ada", "manager", 2**53, stack.org_url, return_url="https://evil.example/")
    text = signed_link(link, stack.ports.link_key)
    attempt = an_attempt(stack, f"{stack.public_url}/oauth/authorize?{urlencode({'link': text})}")
    back = come_back(stack, attempt.callback, attempt.cookies)
    return "evil.example" in back.headers.get("Location", "") or "evil.example" in back.text


def sends_the_form_on_to_salesforce(stack: ConnectStack) -> bool:
    return proceed(stack, a_link(stack)).is_redirect


def leaks_from_the_result_page(stack: ConnectStack) -> bool:
    attempt = an_attempt(stack)
    page = come_back(stack, attempt.callback, attempt.cookies)
    loads = re.search(r"<script|<img|<link|<iframe|url\(|@import", page.text)
    kept = page.headers.get("Cache-Control") != "no-store" or page.headers.get("Referrer-Policy") != "no-referrer"
    open_policy = "default-src 'none'" not in page.headers.get("Content-Security-Policy", "")
    return bool(loads) or kept or open_policy or attempt.answer["code"] in page.text


def uses_a_state_again_after_an_error(stack: ConnectStack) -> bool:
    attempt = an_attempt(stack)
    denied = f"{stack.ports.redirect_uri}?{urlencode({'error': 'access_denied', 'state': attempt.answer['state']})}"
    come_back(stack, denied, attempt.cookies)
    come_back(stack, attempt.callback, attempt.cookies)
    return token_calls(stack) > 0


def replays_a_callback(stack: ConnectStack) -> bool:
    attempt = an_attempt(stack)
    come_back(stack, attempt.callback, attempt.cookies)
    calls = token_calls(stack)
    again = come_back(stack, attempt.callback, attempt.cookies)
    return token_calls(stack) > calls or again.status_code != 400


def uses_a_refresh_token_after_disconnecting(stack: ConnectStack) -> bool:
    connected(stack)
    record = stack.connections.record("acme")
    stolen = stack.broker.ports.secrets.refresh_token("acme", record.grant, None).token
    app = stack.broker.ports.secrets.app("acme", "deployment")
    stack.settings.deauthorize("acme")
    with requests.Session() as session:
        try:
            TokenEndpoint(session).refresh(stack.org_url, app, stolen)
        except oauth.TokenRefused:
            return False
    return True


def asks_for_more_than_it_needs(stack: ConnectStack) -> bool:
    return set(an_attempt_address(stack)["scope"].split()) != {"api", "refresh_token", "id"}


def can_be_framed(stack: ConnectStack) -> bool:
    page = requests.get(a_link(stack), timeout=10)
    policy = page.headers.get("Content-Security-Policy", "")
    return "frame-ancestors 'none'" not in policy or page.headers.get("X-Frame-Options") != "DENY"


def compares_secrets_byte_by_byte(stack: ConnectStack) -> bool:
    """Watch the constant-time comparisons of one attempt: the link's HMAC, the cookie's digest, Salesforce's signature."""
    genuine, lengths = hmac.compare_digest, set()

    def watched(left: Any, right: Any) -> bool:
        lengths.add(len(left))
        return genuine(left, right)

    encoding.hmac.compare_digest = watched  # type: ignore[attr-defined]
    try:
        attempt = an_attempt(stack)
        come_back(stack, attempt.callback, attempt.cookies)
    finally:
        encoding.hmac.compare_digest = genuine  # type: ignore[attr-defined]
    link_mac, cookie_digest, signature = 32, 64, 44
    return not {link_mac, cookie_digest, signature} <= lengths or not is_connected(stack)


# --- what each protection is, taken out ---


def changed_address(**changes: str) -> Removal:
    """Change or drop parameters of the authorization request."""

    def remove(patch: pytest.MonkeyPatch, stack: ConnectStack) -> None:
        genuine = oauth.authorize_address

        def careless(*given: Any, **options: Any) -> str:
            base, _, query = genuine(*given, **options).partition("?")
            asked = {name: values[0] for name, values in parse_qs(query).items()} | changes
            return f"{base}?{urlencode({name: value for name, value in asked.items() if value})}"

        patch.setattr(connect, "authorize_address", careless)

    return remove


def everything_is_the_same(patch: pytest.MonkeyPatch, stack: ConnectStack) -> None:
    patch.setattr(callback, "is_same", lambda left, right: True)


def host_header_is_believed(patch: pytest.MonkeyPatch, stack: ConnectStack) -> None:
    stack.ports = replace(stack.ports, public_url="http://evil.example")


def any_identity_host(patch: pytest.MonkeyPatch, stack: ConnectStack) -> None:
    patch.setattr(oauth, "_check_identity_host", lambda *given: None)


def any_signature(patch: pytest.MonkeyPatch, stack: ConnectStack) -> None:
    patch.setattr(oauth, "_check_signature", lambda *given: None)


def any_return_url(patch: pytest.MonkeyPatch, stack: ConnectStack) -> None:
    patch.setattr(ways_back, "is_allowed_return", lambda *given: True)


def answer_307(patch: pytest.MonkeyPatch, stack: ConnectStack) -> None:
    genuine = browser.page_answer

    def careless(*given: Any) -> dict[str, Any]:
        answer = genuine(*given)
        address = page_of("", answer["body"]).goes_on
        return answer | ({"statusCode": 307, "headers": {"Location": address}} if address else {})

    patch.setattr("functions.oauth_authorize.app.page_answer", careless)


def no_headers(patch: pytest.MonkeyPatch, stack: ConnectStack) -> None:
    patch.setattr(browser, "page_headers", lambda shown, **how: {"Content-Type": "text/html"})


def states_are_only_read(patch: pytest.MonkeyPatch, stack: ConnectStack) -> None:
    class Forgetful(MarkerTable):
        def take_state(self, state: str, now_ms: int) -> Mapping[str, Any] | None:
            return self._get({"pk": f"STATE#{state}", "sk": "STATE"})

    markers = stack.markers
    stack.ports = replace(stack.ports, markers=Forgetful(markers._client, markers._table))


def nothing_is_revoked(patch: pytest.MonkeyPatch, stack: ConnectStack) -> None:
    patch.setattr(TokenEndpoint, "revoke", lambda self, origin, token: None)


def compared_by_equality(patch: pytest.MonkeyPatch, stack: ConnectStack) -> None:
    patch.setattr(callback, "is_same", lambda left, right: left == right)


ITEMS: dict[str, tuple[Attack, Removal]] = {
    "1 code flow only": (asks_for_tokens_in_the_browser, changed_address(response_type="token")),
    "2 PKCE S256 in addition to the secret": (
        exchanges_a_stolen_code,
        changed_address(code_challenge="", code_challenge_method=""),
    ),
    "3 state bound to the browser": (lets_a_victim_finish_the_attackers_attempt, everything_is_the_same),
    "4 constant redirect_uri": (takes_the_redirect_uri_from_the_request, host_header_is_believed),
    "5 mix-up": (accepts_an_answer_of_another_host, any_identity_host),
    "6 signature of the answer": (accepts_an_unsigned_answer, any_signature),
    "7 no open redirect": (redirects_to_an_attackers_page, any_return_url),
    "8 no redirect after the form": (sends_the_form_on_to_salesforce, answer_307),
    "9 nothing leaves the result page": (leaks_from_the_result_page, no_headers),
    "10 errors consume the state": (uses_a_state_again_after_an_error, states_are_only_read),
    "11 replays are refused": (replays_a_callback, states_are_only_read),
    "12 refresh tokens end with the connection": (uses_a_refresh_token_after_disconnecting, nothing_is_revoked),
    "13 least scopes": (asks_for_more_than_it_needs, changed_address(scope="full refresh_token")),
    "14 no framing": (can_be_framed, no_headers),
    "15 constant-time comparisons": (compares_secrets_byte_by_byte, compared_by_equality),
}


@pytest.mark.parametrize("item", ITEMS)
def test_the_attack_fails(item: str, stack: ConnectStack) -> None:
    attack, _ = ITEMS[item]
    assert not attack(stack)


@pytest.mark.parametrize("item", ITEMS)
def test_the_attack_succeeds_where_the_protection_is_taken_out(
    item: str, stack: ConnectStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    attack, removal = ITEMS[item]
    removal(monkeypatch, stack)
    assert attack(stack)


# --- what else the items ask for ---


def test_a_state_lives_ten_minutes_and_is_stored_as_a_digest(stack: ConnectStack) -> None:
    attempt = an_attempt(stack)
    state = attempt.answer["state"]
    assert len(encoding.decoded(state)) == 32
    stored = json.dumps(stack.connections._client.scan(TableName="config")["Items"], default=str)
    assert state not in stored
    assert not any(value in stored for value in attempt.cookies.values())
    kept = stack.markers.take_state(encoding.digest(state), stack.ports.now_ms() + connect.STATE_LIFE_MS)
    assert kept is None


def test_the_callback_reads_alike_whatever_is_wrong_with_the_state(stack: ConnectStack) -> None:
    attempt = an_attempt(stack)
    wrong = [
        come_back(stack, attempt.callback, {}),
        come_back(stack, attempt.callback, attempt.cookies),
        come_back(stack, f"{stack.ports.redirect_uri}?code=x&state=unknown", attempt.cookies),
        come_back(stack, stack.ports.redirect_uri, {}),
    ]
    assert {(each.status_code, each.text) for each in wrong} == {(400, wrong[0].text)}
    assert token_calls(stack) == 0


def test_the_cookie_is_bound_to_the_host_only_over_https_and_readable_by_no_script() -> None:
    with a_connect_stack() as stack:
        plain = proceed(stack, a_link(stack)).headers["Set-Cookie"]
        stack.ports = replace(stack.ports, public_url="https://connect.example")
        secure = proceed(stack, a_link(stack)).headers["Set-Cookie"]
    assert plain.startswith("causeway-")
    assert "; Secure" not in plain
    assert secure.startswith("__Host-causeway-")
    assert all(part in secure for part in ("; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=600"))


def test_codes_states_and_tokens_are_in_no_log(stack: ConnectStack, capsys: pytest.CaptureFixture[str]) -> None:
    attempt = an_attempt(stack)
    come_back(stack, attempt.callback, attempt.cookies)
    record = stack.connections.record("acme")
    token = stack.broker.ports.secrets.refresh_token("acme", record.grant, None).token
    logged = "".join(capsys.readouterr())
    for secret in (attempt.answer["code"], attempt.answer["state"], token, *attempt.cookies.values()):
        assert secret not in logged


def test_the_app_is_distinguished_from_its_secret() -> None:
    assert "consumer-secret" not in repr(AppCredentials("consumer-key", "consumer-secret"))
