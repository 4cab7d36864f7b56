"""
Connect a tenant's org in a browser: link, page, sign-in at Salesforce, callback, result.

The link is signed and spent once; the state is random, kept only as a digest, bound to the browser by a cookie and taken once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from causeway.domain.connection_changes import PENDING_LIFE_MS
from causeway.domain.dates import rfc3339
from causeway.domain.hosts import LoginAddress, is_allowed_return, login_address
from causeway.domain.links import (
    INVITE_LIFE_MS,
    LINK_LIFE_MS,
    ConnectLink,
    ConnectLinkRequest,
    digest,
    pkce_challenge,
    pkce_verifier,
    read_link,
    same,
    signed_link,
    used_link,
)
from causeway.domain.markup import Page
from causeway.domain.oauth import authorize_address
from causeway.domain.pages import (
    connect_page,
    connected_page,
    other_org_page,
    problem_page,
    refused_page,
    wrong_address_page,
)
from causeway.domain.refusals import reason_of, refusal_of
from causeway.errors import CausewayError, InvalidRequest, RejectedError, RetryableError

STATE_LIFE_MS: Final = PENDING_LIFE_MS


class Markers(Protocol):
    """Single-use marks: see gateways/dynamodb/markers.py."""

    def spend(self, link: str, expires_at_ms: int) -> bool: ...
    def is_spent(self, link: str) -> bool: ...
    def keep_state(self, state: str, values: Mapping[str, Any], expires_at_ms: int) -> bool: ...
    def take_state(self, state: str, now_ms: int) -> Mapping[str, Any] | None: ...


class Broker(Protocol):
    """The token broker: see gateways/broker.py."""

    def ask(self, action: str, tenant: str, **wish: Any) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class ConnectPorts:
    """Everything outside; `new_secret` returns 256 random bits as URL-safe text, `findings` checks permissions after connecting."""

    markers: Markers
    broker: Broker
    link_key: bytes
    public_url: str
    now_ms: Callable[[], int]
    new_secret: Callable[[], str]
    findings: Callable[[str], Sequence[Mapping[str, Any]]] = lambda tenant: ()
    loopback: tuple[str, ...] = ()
    return_urls: tuple[str, ...] = ()

    @property
    def redirect_uri(self) -> str:
        """Return the callback address: a constant of the deployment, never taken from a request."""
        return f"{self.public_url}/oauth/callback"


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where the browser goes next (303), and the cookies it takes along or drops."""

    location: str
    cookies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A page, and the cookies that go with it."""

    page: Page
    cookies: tuple[str, ...] = ()


class CallbackRefused(RejectedError):
    """A callback that belongs to no authorization under way in this browser."""

    code = "callback_refused"


def new_connect_link(tenant: str, wish: ConnectLinkRequest, ports: ConnectPorts) -> dict[str, Any]:
    """
    Return `{"url", "expires_at"}` of a new link; raise InvalidRequest for an address or return URL that is not allowed.
    """
    address = login_address(wish.salesforce_url or "", wish.environment, ports.loopback)
    if wish.return_url and not is_allowed_return(wish.return_url, ports.return_urls):
        raise InvalidRequest(
            "The return URL is not one of the deployment's return URLs.",
            "Use one that the deployment's ReturnUrls parameter lists, or leave it out.",
            fields=("return_url",),
        )
    expires_at_ms = ports.now_ms() + (INVITE_LIFE_MS if wish.invite else LINK_LIFE_MS)
    link = ConnectLink(
        id=ports.new_secret(),
        tenant=tenant,
        user=wish.user,
        role=wish.role,
        expires_at_ms=expires_at_ms,
        login_origin=address.origin,
        environment=wish.environment,
        name=wish.name or "",
        return_url=wish.return_url or "",
    )
    text = signed_link(link, ports.link_key)
    return {
        "url": f"{ports.public_url}/oauth/authorize?{urlencode({'link': text})}",
        "expires_at": rfc3339(expires_at_ms),
    }


def open_link(link_text: str, typed: str | None, ports: ConnectPorts) -> Answer:
    """Return the page behind a link, for the address typed on it if any; nothing is spent."""
    try:
        link = _unspent(link_text, ports)
    except RejectedError as refused:
        return Answer(problem_page("This link can not be used", refused, kind="link_refused"))
    try:
        address = _address(link, typed, ports)
    except InvalidRequest as problem:
        return Answer(wrong_address_page(link, link_text, typed or "", problem, ports.public_url))
    return Answer(connect_page(link, link_text, address, ports.public_url))


def follow_link(link_text: str, typed: str | None, ports: ConnectPorts) -> Answer | Redirect:
    """
    Spend the link and return where to sign in; an address that had to be rewritten is shown first, and spends nothing.
    """
    try:
        link = _unspent(link_text, ports)
        address = _address(link, typed, ports)
    except InvalidRequest:
        return open_link(link_text, typed, ports)
    except RejectedError as refused:
        return Answer(problem_page("This link can not be used", refused, kind="link_refused"))
    if address.changed:
        return open_link(link_text, typed, ports)
    app = ports.broker.ask("begin", link.tenant)
    if app["result"] != "begun":
        return Answer(problem_page("Connecting is not possible yet", _problem_of(app), kind="not_ready"))
    if not ports.markers.spend(digest(link.id), link.expires_at_ms):
        return Answer(problem_page("This link can not be used", used_link(), kind="link_refused"))
    return _begun(link, address, app, ports)


def finish(query: Mapping[str, str], cookies: Mapping[str, str], ports: ConnectPorts) -> Answer | Redirect:
    """
    Take Salesforce's answer: consume the state whatever it says, exchange the code, and say how it went.

    A callback without its state or its browser gets one and the same answer, and no token request is made for it.
    """
    state = query.get("state", "")
    kept = ports.markers.take_state(digest(state), ports.now_ms()) if state else None
    if kept is None or not same(digest(cookies.get(_cookie_name(state, ports), "")), kept["browser"]):
        return Answer(problem_page("Signing in can not be finished here", _no_attempt(), kind="attempt_unknown"))
    drop = (_cookie(_cookie_name(state, ports), "", 0, ports),)
    if query.get("error") or not query.get("code"):
        return replace(_denied(kept, query, ports), cookies=drop)
    outcome = _exchanged(kept, query["code"], pkce_verifier(state, ports.link_key), ports)
    return replace(_told(kept, outcome, ports), cookies=drop)


def _unspent(link_text: str, ports: ConnectPorts) -> ConnectLink:
    link = read_link(link_text, ports.link_key, ports.now_ms())
    if ports.markers.is_spent(digest(link.id)):
        raise used_link()
    return link


def _address(link: ConnectLink, typed: str | None, ports: ConnectPorts) -> LoginAddress:
    if typed and typed.strip():
        return login_address(typed, link.environment, ports.loopback)
    return LoginAddress(link.login_origin)


def _begun(link: ConnectLink, address: LoginAddress, app: Mapping[str, Any], ports: ConnectPorts) -> Redirect:
    """Keep the state and return the way to Salesforce."""
    state, browser = ports.new_secret(), ports.new_secret()
    kept = {
        **{name: value for name, value in asdict(link).items() if name not in ("id", "expires_at_ms")},
        "login_origin": address.origin,
        "browser": digest(browser),
        "app": app["app"],
        "client_id": app["client_id"],
    }
    ports.markers.keep_state(digest(state), kept, ports.now_ms() + STATE_LIFE_MS)
    challenge = pkce_challenge(pkce_verifier(state, ports.link_key))
    return Redirect(
        authorize_address(address.origin, app["client_id"], ports.redirect_uri, state, challenge),
        (_cookie(_cookie_name(state, ports), browser, STATE_LIFE_MS // 1000, ports),),
    )


def _denied(kept: Mapping[str, Any], query: Mapping[str, str], ports: ConnectPorts) -> Answer:
    ports.broker.ask("denied", kept["tenant"])
    error = query.get("error", "")[:80]
    reason = reason_of(error, query.get("error_description", ""))
    refusal = refusal_of(reason, callback=ports.redirect_uri, error=error)
    return Answer(refused_page(refusal, back=_return_url(kept, "refused", ports)))


def _exchanged(kept: Mapping[str, Any], code: str, verifier: str, ports: ConnectPorts) -> Mapping[str, Any]:
    """Ask the broker, once: a code works once, so an answer that was lost is told as such and nothing is repeated."""
    try:
        return ports.broker.ask(
            "exchange",
            kept["tenant"],
            code=code,
            verifier=verifier,
            redirect_uri=ports.redirect_uri,
            **{
                name: kept[name]
                for name in ("login_origin", "app", "client_id", "environment", "name", "confirmed_org")
            },
        )
    except RetryableError:
        return {"result": "refused", "reason": "no_answer", "error": ""}


def _told(kept: Mapping[str, Any], outcome: Mapping[str, Any], ports: ConnectPorts) -> Answer | Redirect:
    back = _return_url(kept, str(outcome["result"]), ports)
    match outcome["result"]:
        case "connected" if back:
            return Redirect(back)
        case "connected":
            return Answer(connected_page(kept["tenant"], outcome, ports.findings(kept["tenant"]), ""))
        case "other_org":
            text = signed_link(_confirming(kept, outcome, ports), ports.link_key)
            return Answer(other_org_page(outcome, text, kept["login_origin"], ports.public_url))
        case "refused":
            refusal = refusal_of(outcome["reason"], callback=ports.redirect_uri, error=outcome["error"])
            return Answer(refused_page(refusal, back=back))
    return Answer(problem_page("Connecting is not possible yet", _problem_of(outcome), kind="not_ready", back=back))


def _confirming(kept: Mapping[str, Any], outcome: Mapping[str, Any], ports: ConnectPorts) -> ConnectLink:
    """Return the link behind the button that confirms a change of org: the same person's, for this org alone, used once."""
    carried = {name: kept[name] for name in ("tenant", "user", "role", "environment", "name", "return_url")}
    return ConnectLink(
        id=ports.new_secret(),
        expires_at_ms=ports.now_ms() + LINK_LIFE_MS,
        login_origin=kept["login_origin"],
        confirmed_org=outcome["org_id"],
        **carried,
    )


def _return_url(kept: Mapping[str, Any], result: str, ports: ConnectPorts) -> str:
    """Return the product's address with how it went, if the link named one that is (still) allowed."""
    url = kept["return_url"]
    if not url or not is_allowed_return(url, ports.return_urls):
        return ""
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'causeway': result, 'tenant': kept['tenant']})}"


def _cookie_name(state: str, ports: ConnectPorts) -> str:
    """Each attempt has a cookie of its own, so that two tabs do not spoil each other."""
    prefix = "__Host-" if ports.public_url.startswith("https://") else ""
    return f"{prefix}causeway-{digest(state)[:16]}"


def _cookie(name: str, value: str, life_s: int, ports: ConnectPorts) -> str:
    secure = "; Secure" if ports.public_url.startswith("https://") else ""
    return f"{name}={value}; Max-Age={life_s}; Path=/; HttpOnly; SameSite=Lax{secure}"


def _no_attempt() -> CallbackRefused:
    return CallbackRefused(
        "This browser has no sign-in under way that this answer belongs to: it was finished before, "
        "took longer than ten minutes, or was begun elsewhere.",
        "Start again from the product.",
    )


def _problem_of(answer: Mapping[str, Any]) -> CausewayError:
    return CausewayError(str(answer.get("message", "")), str(answer.get("remedy", "")))
