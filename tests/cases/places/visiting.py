"""Connecting as an admin does it in a browser: open the link, press the buttons that a page has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urljoin

from local.demo.connecting import LOGIN
from local.demo.visitor import Page, Visitor, page_of
from tests.cases.places.place import Place

BUTTONS = ("Continue", "Log In", "Allow")


def connect_in_browser(place: Place, tenant: str) -> None:
    """Connect a tenant; raises AssertionError with the last page's words when it is not connected afterwards."""
    page = visited(place, tenant, {}, BUTTONS, {})
    status, connection = place.api("GET", f"tenants/{tenant}/connection")
    assert (status, connection["status"]) == (200, "connected"), page.words[:400]


def link_of(place: Place, tenant: str, request: Mapping[str, Any]) -> tuple[int, Any]:
    """Ask for a connect link; return status and answer."""
    body = {"user": "ada", "role": "manager", "salesforce_url": place.org_url, **request}
    return place.api("POST", f"tenants/{tenant}/connect-links", body)


def visited(
    place: Place, tenant: str, request: Mapping[str, Any], press: Sequence[str], login: Mapping[str, str]
) -> Page:
    """Walk from a fresh link through the pages, pressing each button that the page at hand has; return the last page."""
    status, link = link_of(place, tenant, request)
    assert status < 300, link
    return walked(link["url"], press, login)


def walked(url: str, press: Sequence[str], login: Mapping[str, str], *, reopen: bool = False) -> Page:
    """
    Walk from an address on; a page that is an error is a page as well. `press` names buttons, or links by their text.

    With `reopen` the address is opened once more at the end, in the same browser.
    """
    visitor = Visitor()
    page = _read(visitor.open, url)
    for button in press:
        if button in page.links:
            page = _read(visitor.open, urljoin(page.url, page.links[button]))
        elif any(text.lower() == button.lower() for form in page.forms for text in form.buttons):
            values = {**LOGIN, **login} if button.lower() == "log in" else {}
            page = _read(visitor.press, page, button, **values)
    return _read(visitor.open, url) if reopen else page


def _read(act: Any, *arguments: Any, **values: str) -> Page:
    try:
        page: Page = act(*arguments, **values)
    except HTTPError as error:
        return page_of(str(error.url), error.read().decode("utf-8", "replace"))
    return page
