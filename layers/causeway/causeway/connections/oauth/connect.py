"""
Connects a tenant's org in a browser: the link, the page that names the tenant, and the way to Salesforce's sign-in.

The link is signed and works once. The state is random, stored only as a digest, and bound to the browser by a cookie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import urlencode

from causeway.connections.access.encoding import digest
from causeway.connections.access.links import (
    INVITE_LIFE_MS,
    LINK_LIFE_MS,
    ConnectLink,
    ConnectLinkRequest,
    ended_link,
    read_link,
    signed_link,
    used_link,
)
from causeway.connections.oauth.cookies import cookie, cookie_name
from causeway.connections.oauth.flow import authorize_address
from causeway.connections.oauth.login_address import LoginAddress, login_address
from causeway.connections.oauth.pkce import pkce_challenge, pkce_verifier
from causeway.connections.oauth.ports import Answer, ConnectPorts, problem_of
from causeway.connections.oauth.return_urls import is_allowed_return
from causeway.connections.oauth.ways_back import product_address, to_console, way_back
from causeway.connections.pages.connect_pages import (
    connect_page,
    leaving_page,
    problem_page,
    wrong_address_page,
)
from causeway.connections.pages.html import Back
from causeway.connections.transitions import PENDING_LIFE_MS
from causeway.errors import InvalidRequest, RejectedError
from causeway.salesforce.values.dates import rfc3339

STATE_LIFE_MS: Final = PENDING_LIFE_MS


def new_connect_link(tenant: str, request: ConnectLinkRequest, ports: ConnectPorts) -> dict[str, Any]:
    """
    Return `{"url", "expires_at"}` of a new link; raise InvalidRequest for an address or return URL that is not allowed.
    """
    address = login_address(request.salesforce_url or "", request.environment, ports.loopback, ports.clouds)
    if request.return_url and not is_allowed_return(request.return_url, ports.return_urls):
        raise InvalidRequest(
            "The return URL is not one of the deployment's return URLs.",
            "Use one that the deployment's ReturnUrls parameter lists, or leave it out.",
            fields=("return_url",),
        )
    now_ms = ports.now_ms()
    expires_at_ms = now_ms + (INVITE_LIFE_MS if request.invite else LINK_LIFE_MS)
    link = ConnectLink(
        id=ports.new_secret(),
        tenant=tenant,
        user=request.user,
        role=request.role,
        expires_at_ms=expires_at_ms,
        login_origin=address.origin,
        environment=request.environment,
        name=request.name or "",
        return_url=request.return_url or "",
        issued_at_ms=now_ms,
    )
    text = signed_link(link, ports.link_key)
    return {
        "url": f"{ports.public_url}/oauth/authorize?{urlencode({'link': text})}",
        "expires_at": rfc3339(expires_at_ms),
    }


def open_link(link_text: str, typed: str | None, ports: ConnectPorts) -> Answer:
    """Return the page of a link, for the address typed on it if any; the link stays unused."""
    try:
        link = read_link(link_text, ports.link_key, ports.now_ms())
    except RejectedError as refused:
        return _refused(refused, to_console(ports.public_url))
    back = _back(link, ports)
    try:
        _check_unspent(link, ports)
        address = _address(link, typed, ports)
    except InvalidRequest as problem:
        return Answer(wrong_address_page(link, link_text, typed or "", problem, ports.public_url, back, ports.product))
    except RejectedError as refused:
        return _refused(refused, back)
    return Answer(connect_page(link, link_text, address, ports.public_url, back, ports.product))


def follow_link(link_text: str, typed: str | None, ports: ConnectPorts) -> Answer:
    """
    Use the link and return the page that goes on to Salesforce's sign-in.

    An address that had to be rewritten is shown first, and leaves the link unused.
    """
    try:
        link = read_link(link_text, ports.link_key, ports.now_ms())
        _check_unspent(link, ports)
        address = _address(link, typed, ports)
    except RejectedError:
        return open_link(link_text, typed, ports)
    if address.changed:
        return open_link(link_text, typed, ports)
    back = _back(link, ports)
    app = ports.broker.ask("begin", link.tenant)
    if app["result"] != "begun":
        return Answer(problem_page("Connecting is not possible yet", problem_of(app), back, kind="not_ready"))
    if not ports.markers.spend(digest(link.id), link.expires_at_ms):
        return _refused(used_link(), back)
    return _begun(link, address, app, ports)


def _refused(refused: RejectedError, back: Back) -> Answer:
    return Answer(problem_page("This link cannot be used", refused, back, kind="link_refused"))


def _back(link: ConnectLink, ports: ConnectPorts) -> Back:
    """Return the way back of a person who does not go on."""
    return way_back(product_address(link.return_url, "cancelled", link.tenant, ports.return_urls), ports.public_url)


def _check_unspent(link: ConnectLink, ports: ConnectPorts) -> None:
    if ports.markers.is_spent(digest(link.id)):
        raise used_link()
    if ports.markers.are_links_ended(link.tenant, link.user, link.issued_at_ms):
        raise ended_link()


def _address(link: ConnectLink, typed: str | None, ports: ConnectPorts) -> LoginAddress:
    if typed and typed.strip():
        return login_address(typed, link.environment, ports.loopback, ports.clouds)
    return LoginAddress(link.login_origin)


def _begun(link: ConnectLink, address: LoginAddress, app: Mapping[str, Any], ports: ConnectPorts) -> Answer:
    """Store the state and return the page that goes on to Salesforce."""
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
    sign_in = authorize_address(
        address.origin, app["client_id"], ports.redirect_uri, state, challenge, sign_in_again=link.sign_in_again
    )
    return Answer(
        leaving_page(sign_in, address.host, _back(link, ports)),
        (cookie(cookie_name(state, ports), browser, STATE_LIFE_MS // 1000, ports),),
    )
