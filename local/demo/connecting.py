"""Connect a tenant as its admin would: open the link, press Continue, log in to the org, allow, land on the result page."""

from __future__ import annotations

from typing import Any

from local.demo.stack_client import StackClient
from local.demo.visitor import Page, Visitor

LOGIN = {"username": "admin@northwind.example", "pw": "northwind1"}  # shown on the login page, see local/org/README.md


def connect(client: StackClient, tenant: str) -> dict[str, Any]:
    """Walk every page from a fresh connect link on and return the connection as the API shows it then."""
    visitor = Visitor()
    link = _connect_link(client, tenant)
    page = visitor.press(visitor.open(link), "Continue")
    page = visitor.press(page, "Log In", **LOGIN)
    page = _allowed(visitor, page)
    connection: dict[str, Any] = client.call("GET", f"/v1/tenants/{tenant}/connection")
    if connection["status"] != "connected":
        raise RuntimeError(f"The tenant is {connection['status']}; the last page said: {page.words[:400]}")
    return connection


def _connect_link(client: StackClient, tenant: str) -> str:
    link_request = {
        "user": "demo-admin",
        "role": "manager",
        "salesforce_url": client.stack["org_url"],
        "name": "Demo org",
    }
    answer: dict[str, str] = client.call("POST", f"/v1/tenants/{tenant}/connect-links", link_request)
    return answer["url"]


def _allowed(visitor: Visitor, page: Page) -> Page:
    """Press Allow where the org asks for approval; an app approved before is not asked again."""
    asks = any(text.lower() == "allow" for form in page.forms for text in form.buttons)
    return visitor.press(page, "Allow") if asks else page
