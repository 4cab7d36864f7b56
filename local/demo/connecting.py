"""Connect a tenant as its admin would: open the link, press Continue, log in to the org, allow, land on the result page."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError

from local.demo.report import say
from local.demo.stack_client import StackClient, is_not_now
from local.demo.visitor import Page, Visitor
from local.stack.waiting import Seen

LOGIN = {"username": "admin@northwind.example", "pw": "northwind1"}  # shown on the login page, see local/org/README.md


def connect(client: StackClient, tenant: str) -> dict[str, Any]:
    """
    Walk every page from a fresh connect link on and return the connection as the API shows it then.

    Where a page is not available just now, the walk starts again from a new link. Raises RuntimeError with what the last page said
    when the tenant is not connected at the end, NothingMoved when a page stays away for minutes.
    """
    shown: set[str] = set()

    def show_once(step: str) -> None:
        if step not in shown:
            shown.add(step)
            say(step)

    page = client.waiter.wait(f"tenant '{tenant}' to be connected", lambda: _walked(client, tenant, show_once))
    connection: dict[str, Any] = client.call("GET", f"/v1/tenants/{tenant}/connection")
    if connection["status"] != "connected":
        raise RuntimeError(f"The tenant is {connection['status']}; the last page said: {page.words[:400]}")
    return connection


def _walked(client: StackClient, tenant: str, show: Callable[[str], None]) -> Seen[Page]:
    try:
        return Seen(_walk(client, tenant, show), "connected")
    except HTTPError as refused:
        text = refused.read().decode("utf-8", "replace")
        if not is_not_now(refused.code, text):
            raise RuntimeError(f"A page answered {refused.code}: {text[:400]}") from None
        return Seen(None, f"a page answered {refused.code}; starting again")
    except (URLError, HTTPException, ConnectionError, TimeoutError) as error:
        return Seen(None, f"a page did not answer ({error}); starting again")


def _walk(client: StackClient, tenant: str, show: Callable[[str], None]) -> Page:
    """Return the last page."""
    visitor = Visitor(client.stack["ca_file"])
    page = visitor.open(connect_link(client, tenant))
    show("opened the connect link")
    page = visitor.press(page, "Continue")
    page = visitor.press(page, "Log In", **LOGIN)
    show("logged in to the org")
    return _allowed(visitor, page)


def connect_link(client: StackClient, tenant: str, *, invite: bool = False) -> str:
    """Return a connect link for the simulated org: of a quarter of an hour, or an invite of some days."""
    link_request = {
        "user": "demo-admin",
        "role": "manager",
        "salesforce_url": client.stack["org_origin"],
        "name": "Demo org",
        "invite": invite,
    }
    answer: dict[str, str] = client.call("POST", f"/v1/tenants/{tenant}/connect-links", link_request)
    return answer["url"]


def _allowed(visitor: Visitor, page: Page) -> Page:
    """Press Allow where the org asks for approval; an app approved before is not asked again."""
    asks = any(text.lower() == "allow" for form in page.forms for text in form.buttons)
    return visitor.press(page, "Allow") if asks else page
