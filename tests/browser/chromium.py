"""The system's Chromium, driven by Playwright: real keys and clicks, and what the browser complains about."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "Chromium is missing: install it with `apt-get install chromium`, or name one in the variable CHROMIUM."
PATIENCE_S = 20
LOOK_AGAIN_S = 0.05
PHONE = (390, 844)
DESKTOP = (1280, 800)
SIZES = {"desktop": DESKTOP, "phone": PHONE}
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage")  # containers give Chromium no user namespaces of its own
STAYS = "document.readyState === 'complete' && !document.querySelector('meta[http-equiv=refresh]')"
NOTE_VIOLATIONS = """
window.causewayViolations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.causewayViolations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


class BrowserFault(Exception):
    """The page is not as expected, or the browser did not answer."""


def chromium_path() -> str | None:
    """Return the browser to use, or None when there is none."""
    names = (os.environ["CHROMIUM"],) if os.environ.get("CHROMIUM") else NAMES
    return next((found for name in names if (found := shutil.which(name))), None)


class Chromium:
    """One person's tab in a browser without cookies: open pages, type and press what a person sees, read, take pictures."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.problems: list[str] = []
        self.requested: list[str] = []
        context.set_default_timeout(PATIENCE_S * 1000)
        context.add_init_script(NOTE_VIOLATIONS)
        self.page: Page = context.new_page()
        self.watch(self.page)

    def watch(self, page: Page) -> None:
        """Note what the browser complains about on a page, and what it asks for."""
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda said: self._heard(said.type, said.text))
        page.on("request", lambda request: self.requested.append(request.url))

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.problems.append(text)

    def resize(self, size: tuple[int, int], theme: str = "light") -> None:
        """Become a phone or a desktop, light or dark."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")

    def open(self, url: str) -> None:
        """Open a page and wait until it has loaded, with the pages that go on by themselves."""
        self._tried(lambda: self.page.goto(url))
        self._settle()

    def fill(self, name: str, value: str) -> None:
        """Type into the field of this name."""
        field = self.page.locator(f"[name={name}]:not([type=hidden])").first
        self._tried(lambda: field.fill(""))
        self._tried(lambda: field.press_sequentially(value))

    def named(self, text: str) -> Locator:
        """Return the button, link or summary with this text."""
        exact = re.compile(rf"^\s*{re.escape(text)}\s*$")
        return self.page.locator("button, a, summary").filter(has_text=exact).first

    def press(self, text: str) -> None:
        """Press the button or link with this text and wait for the page it leads to."""
        found = self.named(text)
        if not self._appears(found):
            raise BrowserFault(f"There is no '{text}' to press. The page says: {self.text()[:300]}")
        self.measured("window.causewayBefore = true")
        self._tried(found.click)
        self._until(lambda: not self.measured("window.causewayBefore === true"), f"the page after '{text}'")
        self._settle()

    def press_in_vain(self, text: str) -> str:
        """Press a button that the browser must not let lead anywhere, and return what it says about that."""
        self._tried(self.named(text).click)
        self._until(lambda: bool(self.problems), "the browser to refuse")
        return self.problems.pop()

    def unfold(self, text: str) -> None:
        """Open the part of the page that is folded under this text."""
        self._tried(self.named(text).click)

    def text(self) -> str:
        """Return what the page says."""
        return str(self.measured("document.body.innerText"))

    def url(self) -> str:
        """Return where the browser is."""
        return self.page.url

    def measured(self, script: str) -> Any:
        """Return the value of an expression on the page; a page that is just going away is asked again as the next one."""
        give_up = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self.page.evaluate(script)
            except PlaywrightError as error:
                if time.monotonic() > give_up:
                    raise BrowserFault(f"The page could not do it: {error.message}") from None
                self.page.wait_for_timeout(LOOK_AGAIN_S * 1000)

    def picture(self, path: Path) -> None:
        """Save the whole page as a PNG file."""
        self._tried(lambda: self.page.screenshot(path=path, full_page=True, animations="disabled", caret="hide"))

    def _appears(self, found: Locator) -> bool:
        try:
            found.wait_for(state="attached", timeout=3000)
        except PlaywrightError:
            return False
        return True

    def _settle(self) -> None:
        """Wait while pages go on by themselves."""
        self._until(lambda: bool(self.measured(STAYS)), f"a page that stays: {self.page.url}")

    def _until(self, done: Callable[[], bool], what: str) -> None:
        give_up = time.monotonic() + PATIENCE_S
        while not done():
            if time.monotonic() > give_up:
                raise BrowserFault(f"Waited {PATIENCE_S} s in vain for {what}.")
            self.page.wait_for_timeout(LOOK_AGAIN_S * 1000)

    def _tried(self, act: Callable[[], object]) -> None:
        try:
            act()
        except PlaywrightError as error:
            raise BrowserFault(error.message.split("\n")[0] + f" The page says: {self.text()[:300]}") from None


@contextmanager
def a_chromium() -> Iterator[Browser]:
    """Start the browser that all visits share."""
    path = chromium_path()
    if path is None:
        raise BrowserFault(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def a_tab(browser: Browser, language: str = "en-GB") -> Iterator[Chromium]:
    """Open a tab of somebody whom no page has seen before."""
    context = browser.new_context(
        viewport={"width": DESKTOP[0], "height": DESKTOP[1]},
        locale=language,
        timezone_id="Europe/Berlin",
        permissions=["clipboard-read", "clipboard-write"],
    )
    try:
        yield Chromium(context)
    finally:
        context.close()
