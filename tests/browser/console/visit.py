"""One person at the console: opens it, reads, presses, types; every page that is kept as a picture is checked in four dresses."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlencode

from causeway.parked.entries import Parked
from playwright.sync_api import Browser, Locator
from playwright.sync_api import Error as PlaywrightError

from tests.browser.accessibility import violations
from tests.browser.chromium import SIZES, BrowserFault, Chromium, a_tab
from tests.browser.visits import PICTURES
from tests.support.api.console_stack import a_console
from tests.support.api.stack import ApiStack, an_api_stack

PATIENCE_S = 10.0
WIDE = """[...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > innerWidth + 1
  && !each.closest('.scroll, .sections, .tabs')).slice(0, 5).map((each) => each.outerHTML.slice(0, 90))"""
PRESSED: tuple[Literal["button", "tab", "link"], ...] = ("button", "tab", "link")


@dataclass
class Visit:
    """One person at the console of tenant acme."""

    browser: Chromium
    stack: ApiStack
    url: str
    strokes: int = field(default=0)

    def opens(self, role: str, section: str = "", *, tenant: str = "acme", **rest: str) -> None:
        """Open the console with a fresh session."""
        _, session = self.stack.backend("POST", "sessions", {"user": "ada@acme.example", "role": role}, tenant=tenant)
        self.browser.open("about:blank")
        fragment = urlencode({"session": session["token"], "section": section, **rest})
        self.browser.open(f"{self.url}#{fragment}")

    def sees(self, *texts: str, picture: str = "") -> None:
        """Wait until the page says all this; check that the browser complained about nothing; with `picture`, check and keep it."""
        give_up = time.monotonic() + PATIENCE_S
        while missing := [text for text in texts if text not in self.said()]:
            if time.monotonic() > give_up:
                raise BrowserFault(f"Expected {missing} on the page, which says: {self.said()[:800]}")
            self.browser.page.wait_for_timeout(50)
        self.is_content()
        if picture:
            self.keeps(picture)

    def said(self) -> str:
        """Return what the page says, with what stands in its fields."""
        fields = "[...document.querySelectorAll('input, select')].map((each) => each.value).join('\\n')"
        return self.browser.text() + "\n" + str(self.browser.measured(fields))

    def lacks(self, *texts: str) -> None:
        """Check that the page says none of this."""
        found = [text for text in texts if text in self.said()]
        if found:
            raise BrowserFault(f"Did not expect {found} on the page.")

    def is_content(self) -> None:
        """Check that the browser complained about nothing and asked no other origin for anything."""
        problems = [*self.browser.problems, *self.browser.measured("window.causewayViolations || []")]
        if problems:
            raise BrowserFault(f"The browser complains: {problems}")

    def pressable(self, name: str) -> Locator:
        """Return the last button, tab or link of this name that one can press; one in a dialog goes before those behind it."""
        page = self.browser.page
        place = page.locator("dialog[open]") if page.locator("dialog[open]").count() else page.locator("body")
        give_up = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up:
            for role in PRESSED:
                found = place.get_by_role(role, name=name, exact=True)
                if found.count():
                    return found.last
            if place.locator("summary").filter(has_text=name).count():
                return place.locator("summary").filter(has_text=name).last
            page.wait_for_timeout(50)
        raise BrowserFault(f"There is no '{name}' to press. The page says: {self.said()[:600]}")

    def presses(self, name: str) -> None:
        """Press the button, tab or link of this name; the focus stays somewhere afterwards."""
        try:
            self.pressable(name).click()
        except PlaywrightError as error:
            raise BrowserFault(f"'{name}' cannot be pressed: {error.message.splitlines()[0]}") from None
        self.has_focus(f"after '{name}'")

    def has_focus(self, when: str) -> None:
        """Check that the focus is on something: on the page itself, the next key goes nowhere."""
        self.browser.page.wait_for_timeout(60)
        lost = "document.activeElement === null || document.activeElement === document.body"
        if self.browser.measured(lost):
            raise BrowserFault(f"The focus fell to the page {when}.")

    def field(self, label: str, nth: int = -1) -> Locator:
        """Return the field of this label, the last one unless told otherwise."""
        found = self.browser.page.get_by_label(label, exact=True).locator("visible=true")
        try:
            found.first.wait_for(timeout=PATIENCE_S * 1000)
        except PlaywrightError:
            raise BrowserFault(f"There is no field '{label}'. The page says: {self.said()[:600]}") from None
        fields = found.and_(self.browser.page.locator("input, select, textarea"))
        return fields.nth(nth) if nth >= 0 else fields.last

    def types(self, label: str, value: str, nth: int = -1) -> None:
        """Type into the field of this label, key by key, in place of what is there."""
        place = self.field(label, nth)
        place.click()
        self.browser.page.keyboard.press("Control+a")
        self.browser.page.keyboard.type(value)

    def chooses(self, label: str, value: str, nth: int = -1) -> None:
        """Choose in the list of this label; in a combobox, by typing and Enter."""
        place = self.field(label, nth)
        if place.evaluate("(each) => each.tagName") == "SELECT":
            place.select_option(value)
            return
        self.types(label, value, nth)
        self.browser.page.keyboard.press("Enter")

    def picks(self, label: str, value: str) -> None:
        """Choose in the list whose label is around it."""
        self.browser.page.get_by_role("combobox", name=label, exact=True).select_option(value)

    def strikes(self, *keys: str) -> None:
        """Press keys one after the other; each counts as a stroke."""
        for key in keys:
            self.browser.page.keyboard.press(key)
            self.strokes += 1
            self.has_focus(f"after {key}")

    def writes(self, text: str) -> None:
        """Type a name with the keyboard, wherever the focus is; names do not count as strokes."""
        self.browser.page.keyboard.type(text)

    def keeps(self, picture: str) -> None:
        """Check the page at both sizes, light and dark, and keep a picture of each."""
        page = self.browser.page
        if "cws_" in page.url:
            raise BrowserFault(f"The page '{picture}' has the token in its address.")
        for size_name, size in SIZES.items():
            for theme in ("light", "dark"):
                self.browser.resize(size, theme)
                if self.browser.measured("document.documentElement.scrollWidth > innerWidth"):
                    raise BrowserFault(
                        f"The page '{picture}' is wider than a {size_name}: {self.browser.measured(WIDE)}"
                    )
                if found := violations(page):
                    raise BrowserFault(f"The page '{picture}' ({size_name}, {theme}) is not accessible: {found}")
                tall = max(size[1], int(self.browser.measured("document.documentElement.scrollHeight")))
                self.browser.resize((size[0], tall), theme)  # so that what sticks to the window's edge is at the end
                self.browser.picture(PICTURES / f"console-{picture}-{size_name}-{theme}.png")
        self.browser.resize(SIZES["desktop"])


def a_sync(visit: Visit, **rules: object) -> None:
    """Save an enabled sync from leads to Contacts."""
    sync = {"source": "lead", "sobject": "Contact", "enabled": True, "push": {"create_when_missing": True}, **rules}
    visit.stack.backend("POST", "syncs", sync)


def parked(number: int, code: str = "missing_required_field") -> Parked:
    """Return a change that was parked."""
    fields = {"first_name": "Ada", "last_name": f"Lovelace {number}", "email": f"ada{number}@example.com"}
    return Parked(
        tenant="acme",
        parked_id=f"r{number}",
        code=code,
        reason="A Lead needs Company.",
        remedy="Send company, or give it a default in Salesforce.",
        parked_at_ms=1_800_000_000_000,
        body=json.dumps({"changes": [{"key": f"lead-{number}", "fields": fields}]}),
        source="lead",
        key=f"lead-{number}",
        sync="lead-lead",
    )


@contextmanager
def begun(browser: Browser) -> Iterator[Visit]:
    """Stand at the console of a fresh deployment whose tenant acme is connected."""
    with an_api_stack() as stack, a_console(stack) as url, a_tab(browser) as tab:
        stack.walk()
        yield Visit(tab, stack, url)
