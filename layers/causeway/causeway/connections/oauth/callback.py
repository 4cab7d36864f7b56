"""
Finishes an authorization: takes the state once and only in the browser that began it, then has the code exchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from causeway.connections.access.encoding import digest, is_same
from causeway.connections.access.links import LINK_LIFE_MS, ConnectLink, ended_link, signed_link
from causeway.connections.oauth.cookies import cookie, cookie_name
from causeway.connections.oauth.pkce import pkce_verifier
from causeway.connections.oauth.ports import Answer, ConnectPorts, Redirect, problem_of
from causeway.connections.oauth.refusals import refusal_of
from causeway.connections.oauth.ways_back import product_address, to_console, way_back
from causeway.connections.pages.connect_pages import connected_page, other_org_page, problem_page, refused_page
from causeway.errors import RejectedError, RetryableError
from causeway.salesforce.answers.oauth_rules import reason_of


class CallbackRefused(RejectedError):
    """A callback that matches no authorization of this browser."""

    code = "callback_refused"


def finish(query: Mapping[str, str], cookies: Mapping[str, str], ports: ConnectPorts) -> Answer | Redirect:
    """
    Take Salesforce's answer: use up the state in any case, exchange the code, and return the result page.

    A callback without its state or its browser always gets the same answer and causes no token request.
    """
    state = query.get("state", "")
    kept = ports.markers.take_state(digest(state), ports.now_ms()) if state else None
    if kept is None or not is_same(digest(cookies.get(cookie_name(state, ports), "")), kept["browser"]):
        return _unfinished(_no_attempt(), ports)
    if ports.markers.are_links_ended(kept["tenant"], kept["user"], _issued_at_ms(kept)):
        return _unfinished(ended_link(), ports)
    drop = (cookie(cookie_name(state, ports), "", 0, ports),)
    if query.get("error") or not query.get("code"):
        return replace(_denied(kept, query, ports), cookies=drop)
    outcome = _exchanged(kept, query["code"], pkce_verifier(state, ports.link_key), ports)
    return replace(_result(kept, outcome, ports), cookies=drop)


def _unfinished(refused: RejectedError, ports: ConnectPorts) -> Answer:
    title = "Signing in cannot be finished here"
    return Answer(problem_page(title, refused, to_console(ports.public_url), kind="attempt_unknown"))


def _denied(kept: Mapping[str, Any], query: Mapping[str, str], ports: ConnectPorts) -> Answer:
    ports.broker.ask("denied", kept["tenant"])
    error, said = query.get("error", "")[:80], query.get("error_description", "")
    refusal = refusal_of(reason_of(error, said), callback=ports.redirect_uri, error=error, description=said)
    return Answer(refused_page(refusal, way_back(_return_url(kept, "refused", ports), ports.public_url)))


def _exchanged(kept: Mapping[str, Any], code: str, verifier: str, ports: ConnectPorts) -> Mapping[str, Any]:
    """Ask the broker once: a code works once, so a lost answer is reported as such and never repeated."""
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


def _result(kept: Mapping[str, Any], outcome: Mapping[str, Any], ports: ConnectPorts) -> Answer | Redirect:
    product = _return_url(kept, str(outcome["result"]), ports)
    back = way_back(product, ports.public_url)
    match outcome["result"]:
        case "connected" if product:
            return Redirect(product)
        case "connected":
            return Answer(connected_page(kept["tenant"], outcome, ports.findings(kept["tenant"]), back))
        case "other_org":
            confirming = _next_link(kept, ports, confirmed_org=outcome["org_id"])
            again = _next_link(kept, ports, sign_in_again=True)
            return Answer(other_org_page(outcome, confirming, again, kept["login_origin"], ports.public_url, back))
        case "refused":
            refusal = refusal_of(
                outcome["reason"],
                callback=ports.redirect_uri,
                error=outcome["error"],
                description=outcome.get("description", ""),
            )
            return Answer(refused_page(refusal, back))
    return Answer(problem_page("Connecting is not possible yet", problem_of(outcome), back, kind="not_ready"))


def _next_link(
    kept: Mapping[str, Any], ports: ConnectPorts, *, confirmed_org: str = "", sign_in_again: bool = False
) -> str:
    """Return a link for a button on the page about another org: for the same person, once, within 15 minutes."""
    carried = {
        name: kept[name] for name in ("tenant", "user", "role", "environment", "name", "return_url", "login_origin")
    }
    link = ConnectLink(
        id=ports.new_secret(),
        expires_at_ms=ports.now_ms() + LINK_LIFE_MS,
        confirmed_org=confirmed_org,
        sign_in_again=sign_in_again,
        issued_at_ms=_issued_at_ms(kept),
        **carried,
    )
    return signed_link(link, ports.link_key)


def _issued_at_ms(kept: Mapping[str, Any]) -> int:
    return int(kept.get("issued_at_ms", 0))  # attempts begun before links had the time


def _return_url(kept: Mapping[str, Any], result: str, ports: ConnectPorts) -> str:
    return product_address(kept["return_url"], result, kept["tenant"], ports.return_urls)


def _no_attempt() -> CallbackRefused:
    return CallbackRefused(
        "This browser has no sign-in under way that this answer belongs to: it was finished before, "
        "took longer than ten minutes, or was begun elsewhere.",
        "Start again from the product.",
    )
