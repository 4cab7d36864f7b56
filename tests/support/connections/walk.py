"""Walking the connect pages as an admin's browser does."""

from __future__ import annotations

from typing import Any

import requests
from causeway.connections.access.links import ConnectLinkRequest
from causeway.connections.oauth.connect import new_connect_link

from local.demo.visitor import Page, Visitor, page_of
from tests.support.connections.stack import ConnectStack

LOGIN = {"username": "integration@northwind.example", "pw": "northwind1"}


def a_link(stack: ConnectStack, **changes: Any) -> str:
    request = {"user": "ada@acme.example", "role": "manager", "salesforce_url": stack.org_url} | changes
    url: str = new_connect_link("acme", ConnectLinkRequest.model_validate(request), stack.ports)["url"]
    return url


def connected(stack: ConnectStack, visitor: Visitor | None = None, **changes: Any) -> Page:
    """Walk the pages to the end and return the last one."""
    visitor = visitor or Visitor()
    page = visitor.press(visitor.open(a_link(stack, **changes)), "Continue")
    if "Log in" in page.words:
        page = visitor.press(page, "Log In", **LOGIN)
    return visitor.press(page, "Allow") if "Allow access?" in page.words else page


def sent_on_to(answer: requests.Response) -> str:
    """Return the address that a page goes on to by itself, "" when it stays."""
    return page_of(answer.url, answer.text).goes_on


def get(url: str, **cookies: str) -> requests.Response:
    """Open a page without following redirects, in a browser that has only these cookies."""
    return requests.get(url, allow_redirects=False, timeout=10, cookies=cookies)
