"""The pages of connecting, written for a Salesforce admin: the first page, and one per result. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from causeway.connections.access.links import ConnectLink
from causeway.connections.oauth.login_address import LoginAddress
from causeway.connections.oauth.refusals import Refusal
from causeway.connections.pages.html import Back, Html, Kind, Page, filled, joined, page
from causeway.errors import CausewayError

TITLE: Final = "Connect Salesforce"
TO_PRODUCT: Final = "Back to the product"
TO_CONSOLE: Final = "Back to the console"

_CONNECT: Final = """<h1>$heading</h1>
$problem
<p><strong>$reader</strong> will read and change records in the Salesforce org that you sign in to,
with the rights of the user you sign in as.</p>
<dl><dt>For</dt><dd>$tenant</dd>$name<dt>Asked for by</dt><dd>$user</dd>$where</dl>
$proceed
<p class="note">Go on only if you know this organization and asked for the connection, or were asked by someone you trust.
You can end it at any time, here or in Salesforce.</p>
$other
$back"""
_NAME: Final = "<dt>Connection</dt><dd>$name</dd>"
_WHERE: Final = "<dt>Sign in at</dt><dd>$host</dd>"
_CHANGED: Final = (
    """<p class="good" role="status">Your org's sign-in address is <strong>$host</strong>. Check it, then go on.</p>"""
)
_PROCEED: Final = """<form method="post" action="$action">
<input type="hidden" name="link" value="$link">
<input type="hidden" name="salesforce_url" value="$origin">
<button type="submit">Continue</button>
</form>"""
_OTHER: Final = """<details$open><summary>Sign in at another address</summary>
<form method="get" action="$action">
<input type="hidden" name="link" value="$link">
<label for="salesforce_url">Your org's address</label>
<input type="text" id="salesforce_url" name="salesforce_url" value="$typed" inputmode="url" autocapitalize="none"
 autocomplete="off" spellcheck="false" placeholder="acme.my.salesforce.com" aria-describedby="address-help$invalid"$aria>
<p class="note" id="address-help">Paste any address of your org, such as acme.my.salesforce.com or acme.lightning.force.com.
For a sandbox, paste the sandbox's address, or enter test.salesforce.com.</p>
<button type="submit" class="second">Use this address</button>
</form></details>"""
_PROBLEM: Final = """<p class="bad" role="alert" id="problem">$message $remedy</p>"""
_RESULT: Final = """<h1>$title</h1>
<p class="$kind" role="$role">$message</p>
$remedy
$more
$back"""
_REMEDY: Final = "<h2>What to do</h2>\n<p>$remedy</p>"
_QUOTE: Final = """<p class="note">Salesforce's own words: <q>$quote</q></p>"""
_BACK: Final = """<p><a class="button second" href="$url">$words</a></p>"""
_LEAVING: Final = """<h1>On to Salesforce</h1>
<p role="status">You are sent on to <strong>$host</strong>. If nothing happens, go on by yourself:</p>
<p><a class="button" href="$url">Go on to Salesforce</a></p>
$back"""
_ORG: Final = "<dl><dt>Organization</dt><dd>$tenant</dd><dt>Salesforce user</dt><dd>$user</dd><dt>Salesforce org</dt><dd>$org</dd></dl>"
_FINDING: Final = "<li><strong>$message</strong> $remedy</li>"
_CHOICES: Final = """<form method="post" action="$action">
<input type="hidden" name="link" value="$again">
<input type="hidden" name="salesforce_url" value="$origin">
<button type="submit">Sign in again</button>
</form>
<h2>If this is the right org from now on</h2>
<p>The syncs stay off after the change until they have been checked against it.
What was synced with the org before is kept, and works again when you change back.</p>
<form method="post" action="$action">
<input type="hidden" name="link" value="$confirming">
<input type="hidden" name="salesforce_url" value="$origin">
<button type="submit" class="second">Change to this org</button>
</form>"""
_NOTHING: Final = Html("")


def connect_page(
    link: ConnectLink, link_text: str, address: LoginAddress, public_url: str, back: Back, product: str | None = None
) -> Page:
    """Return the page that names the product, the tenant and where to sign in; opening it does not use the link."""
    action = f"{public_url}/oauth/authorize"
    proceed = filled(_PROCEED, action=action, link=link_text, origin=address.origin)
    content = _connect(
        link,
        link_text,
        action,
        problem=filled(_CHANGED, host=address.host) if address.changed else _NOTHING,
        where=filled(_WHERE, host=address.host),
        proceed=proceed,
        back=back,
        product=product,
    )
    return page(TITLE, content)


def leaving_page(address: str, host: str, back: Back) -> Page:
    """Return the page that goes on to Salesforce's sign-in by itself: a redirect would be held to the policy of the form before."""
    content = filled(_LEAVING, host=host, url=address, back=_way(back))
    return page("On to Salesforce", content, goes_on=address)


def wrong_address_page(
    link: ConnectLink,
    link_text: str,
    typed: str,
    problem: CausewayError,
    public_url: str,
    back: Back,
    product: str | None = None,
) -> Page:
    """Return the page that says what is wrong with the address that was typed, with the field to correct it."""
    action = f"{public_url}/oauth/authorize"
    shown = filled(_PROBLEM, message=problem.message, remedy=problem.remedy)
    content = _connect(
        link,
        link_text,
        action,
        problem=shown,
        where=_NOTHING,
        proceed=_NOTHING,
        back=back,
        typed=typed,
        product=product,
    )
    return page(TITLE, content, kind="mistyped")


def refused_page(refusal: Refusal, back: Back) -> Page:
    """Return the page of an attempt that ended, with what the Salesforce admin must do."""
    more = filled(_QUOTE, quote=refusal.quote) if refusal.quote else _NOTHING
    return _result(refusal.title, refusal.message, refusal.remedy, back, more=more)


def problem_page(title: str, problem: CausewayError, back: Back, *, kind: Kind) -> Page:
    """Return the page of a link or callback that cannot be used."""
    return _result(title, problem.message, problem.remedy, back, answer=kind)


def fault_page(request_id: str) -> Page:
    """Return the page of an internal error, with the number to find it in the logs."""
    return _result(
        "Something went wrong here",
        f"The connector met a fault of its own. Nothing of yours is at fault. Its number is {request_id}.",
        "Start again from the product in a few minutes; if it happens again, tell its support this number.",
        Back("../console", TO_CONSOLE),
    )


def connected_page(tenant: str, outcome: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], back: Back) -> Page:
    """Return the page of success, with the findings of the permission check."""
    more = filled(_ORG, tenant=tenant, user=outcome["username"] or "–", org=outcome["org_id"])
    if findings:
        items = joined([filled(_FINDING, message=each["message"], remedy=each["remedy"]) for each in findings])
        more = joined([more, Html("<h2>Before records flow</h2>"), Html(f"<ul>{items}</ul>")])
    note = "The syncs are off until they have been checked against this org. " if outcome["other_org"] else ""
    return _result("Salesforce is connected", f"{note}You can close this page.", "", back, more=more, good=True)


def other_org_page(
    outcome: Mapping[str, Any], confirming: str, again: str, login_origin: str, public_url: str, back: Back
) -> Page:
    """Return the page that refuses an org other than the one before: sign in elsewhere, or confirm the change."""
    choices = filled(
        _CHOICES,
        action=f"{public_url}/oauth/authorize",
        again=again,
        confirming=confirming,
        origin=login_origin,
    )
    content = filled(
        _RESULT,
        title="This is another Salesforce org",
        kind="bad",
        role="alert",
        message=f"You signed in to org {outcome['org_id']} as {outcome['username']}, but this organization's syncs belong "
        f"to org {outcome['known_org_id']}. Nothing was changed.",
        remedy=filled(_REMEDY, remedy="Sign in again with a user of the former org."),
        more=choices,
        back=_way(back),
    )
    return page("Another org", content, kind="other_org")


def _connect(
    link: ConnectLink,
    link_text: str,
    action: str,
    *,
    problem: Html,
    where: Html,
    proceed: Html,
    back: Back,
    typed: str = "",
    product: str | None = None,
) -> Html:
    other = _other(action, link_text, typed, is_wrong=not proceed)
    name = filled(_NAME, name=link.name) if link.name else _NOTHING
    return filled(
        _CONNECT,
        heading=f"{product} wants to connect to Salesforce for {link.tenant}"
        if product
        else f"Connect Salesforce to {link.tenant}",
        reader=product or link.tenant,
        tenant=link.tenant,
        user=link.user,
        name=name,
        problem=problem,
        where=where,
        proceed=proceed,
        other=other,
        back=_way(back),
    )


def _other(action: str, link_text: str, typed: str, *, is_wrong: bool) -> Html:
    return filled(
        _OTHER,
        action=action,
        link=link_text,
        typed=typed,
        open=Html(" open") if is_wrong else _NOTHING,
        invalid=Html(" problem") if is_wrong else _NOTHING,
        aria=Html(' aria-invalid="true" autofocus') if is_wrong else _NOTHING,
    )


def _result(
    title: str,
    message: str,
    remedy: str,
    back: Back,
    *,
    answer: Kind = "shown",
    more: Html = _NOTHING,
    good: bool = False,
) -> Page:
    content = filled(
        _RESULT,
        title=title,
        message=message,
        remedy=filled(_REMEDY, remedy=remedy) if remedy else _NOTHING,
        kind="good" if good else "bad",
        role="status" if good else "alert",
        more=more,
        back=_way(back),
    )
    return page(title, content, kind=answer)


def _way(back: Back) -> Html:
    return filled(_BACK, url=back.url, words=back.words)
