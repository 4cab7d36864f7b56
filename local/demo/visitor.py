"""A person with a browser, as far as forms and redirects go: fetches pages, fills in forms, presses buttons, is sent on."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlencode, urljoin
from urllib.request import (
    HTTPCookieProcessor,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

TIMEOUT_S = 150  # more than the proxy waits for a function that starts on a machine at full load


@dataclass
class Form:
    """One form of a page: where it goes, its fields with their values, its buttons by their visible text."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass
class Page:
    """One page as read: final address, HTML text, forms, visible words, links by their text, and where it goes on by itself."""

    url: str
    html: str
    forms: list[Form]
    words: str
    links: dict[str, str] = field(default_factory=dict)
    goes_on: str = ""


class Visitor:
    """
    A browser session with cookies; `Secure` cookies are sent over loopback http as browsers do.

    `ca_file` names an authority to trust besides those of the machine: stack.json has it where the org is reached by TLS.
    """

    def __init__(self, ca_file: str = "") -> None:
        policy = DefaultCookiePolicy(secure_protocols=("https", "wss", "http"))
        trusting = ssl.create_default_context()
        if ca_file:
            trusting.load_verify_locations(ca_file)
        self._opener: OpenerDirector = build_opener(
            ProxyHandler({}), HTTPCookieProcessor(CookieJar(policy)), HTTPSHandler(context=trusting)
        )

    def open(self, url: str) -> Page:
        """Fetch a page, following redirects."""
        return self._read(Request(url))

    def press(self, page: Page, button: str, **values: str) -> Page:
        """Fill `values` into the form that has a button of this text (any case) and submit it."""
        form, (name, value) = _form_with(page, button)
        data = {**form.fields, **values}
        if name:
            data[name] = value
        address, encoded = urljoin(page.url, form.action), urlencode(data)
        if form.method == "get":
            return self.open(f"{address}?{encoded}")
        return self._read(Request(address, data=encoded.encode(), method="POST"))

    def _read(self, request: Request) -> Page:
        with self._opener.open(request, timeout=TIMEOUT_S) as answer:
            page = page_of(answer.url, answer.read().decode("utf-8", "replace"))
        return self.open(urljoin(page.url, page.goes_on)) if page.goes_on else page


def _form_with(page: Page, button: str) -> tuple[Form, tuple[str, str]]:
    for form in page.forms:
        for text, pair in form.buttons.items():
            if text.lower() == button.lower():
                return form, pair
    seen = [text for form in page.forms for text in form.buttons]
    raise LookupError(f"No button '{button}' on {page.url.split('?')[0]}; it has {seen} and says: {page.words[:300]}")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self.links: dict[str, str] = {}
        self.goes_on = ""
        self._button: tuple[str, str] | None = None
        self._link: str | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("style", "script"):
            self._silent += 1
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self.goes_on = given.get("content", "").partition("url=")[2]
        if tag == "a":
            self._link = given.get("href", "")
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag == "input" and self.forms:
            self._input(given)
        elif tag == "button" and self.forms:
            self._button = (given.get("name", ""), given.get("value", ""))

    def _input(self, given: dict[str, str]) -> None:
        form = self.forms[-1]
        if given.get("type") == "submit":
            form.buttons[given.get("value", "")] = (given.get("name", ""), given.get("value", ""))
        elif given.get("name") and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            form.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script"):
            self._silent -= 1
        if tag == "button":
            self._button = None
        if tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        if self._silent or not data.strip():
            return
        self.words.append(data.strip())
        if self._link is not None:
            self.links[data.strip()] = self._link
        if self._button is not None and self.forms:
            self.forms[-1].buttons[data.strip()] = self._button


def page_of(url: str, html: str) -> Page:
    """Return a page as a person sees it."""
    reader = _Reader()
    reader.feed(html)
    return Page(url, html, reader.forms, " ".join(reader.words), reader.links, reader.goes_on)
