"""Links to open in a browser: the console signed in as an admin and as an operator, a second tenant's connect page, the org."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local.demo.connecting import LOGIN, connect_link
from local.demo.customers import TENANT
from local.demo.stack_client import StackClient

SECOND_TENANT = "acme"
SESSIONS = (("demo-admin", "manager", "an admin"), ("demo-operator", "operator", "an operator"))


@dataclass(frozen=True)
class BrowserLink:
    """One address with what it opens."""

    opens: str
    url: str


def browser_links(client: StackClient) -> list[BrowserLink]:
    """Make a console session for an admin and an operator of the demo's tenant, and a connect link for a second tenant."""
    consoles = [
        BrowserLink(f"Console, signed in as {who} of tenant '{TENANT}'", _console_url(client, user, role))
        for user, role, who in SESSIONS
    ]
    connect_page = BrowserLink(f"Connect Salesforce for tenant '{SECOND_TENANT}'", _connect_url(client))
    org = BrowserLink(
        "The simulated Salesforce org: records, and what each request did to them", client.stack["org_url"]
    )
    return [*consoles, connect_page, org]


def lines(links: Sequence[BrowserLink]) -> list[str]:
    """Return what is printed, each address on a line of its own so that it can be clicked and copied. Pure."""
    shown = [line for link in links for line in (f"  {link.opens}", f"    {link.url}")]
    return [
        "Open in your browser:",
        *shown,
        f"  The org's login is {LOGIN['username']}, password {LOGIN['pw']}.",
        "  A console session lasts one hour and a connect link works once. For new ones: make console",
    ]


def _console_url(client: StackClient, user: str, role: str) -> str:
    session: dict[str, Any] = client.call("POST", f"/v1/tenants/{TENANT}/sessions", {"user": user, "role": role})
    return str(session["console_url"])


def _connect_url(client: StackClient) -> str:
    """An invite, which lives for days: the stack may be up for long before somebody opens it."""
    return connect_link(client, SECOND_TENANT, invite=True)
