"""
`python -m tests.browser.run`: the connect pages and the console in a real browser, as an admin would try them.

The real handlers stand behind a small gateway on loopback, with two simulated orgs; pictures go to `.local/browser/`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import escape
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from causeway.api import browser as gateway
from causeway.connections.access.links import ConnectLink, signed_link
from causeway.connections.oauth.ports import Answer, Redirect
from playwright.sync_api import Browser

from local.demo.visitor import page_of
from tests.browser import console
from tests.browser.accessibility import violations
from tests.browser.chromium import MISSING, PATIENCE_S, SIZES, BrowserFault, Chromium, a_chromium, a_tab, chromium_path
from tests.browser.sites import a_site
from tests.browser.visits import PICTURES, ROOT, chosen, run
from tests.support.connections.stack import ConnectStack, a_connect_stack, a_running_org
from tests.support.connections.walk import LOGIN, a_link


@dataclass
class Visit:
    """One person at a browser, before one deployment that knows two orgs."""

    browser: Chromium
    stack: ConnectStack
    other_org: str
    product: str
    provider: str

    def is_at_the_product(self, result: str) -> None:
        """Check that the browser is at the product's own site, which is told how it went."""
        self.sees("The product's settings")
        query = urlsplit(self.browser.url()).query
        if not self.browser.url().startswith(self.product) or f"causeway={result}" not in query:
            raise BrowserFault(f"The browser is at {self.browser.url()}.")

    def waits_for(self, *texts: str) -> str:
        """Wait until the page says one of these, whatever pages the browser passes, and return it."""
        give_up = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up:
            if found := next((text for text in texts if text in self.browser.text()), ""):
                return found
            time.sleep(0.05)
        raise BrowserFault(f"None of {texts} came; the page says: {self.browser.text()[:300]}")

    def org_control(self, path: str, body: dict[str, Any]) -> None:
        """Call the simulated org's control API."""
        requests.post(f"{self.stack.org_url}/_control/{path}", json=body, timeout=10).raise_for_status()

    def sees(self, text: str, picture: str = "") -> None:
        """Check that the page says this, that the browser complained about nothing, and keep a picture of it."""
        found = self.browser.text()
        if text not in found:
            raise BrowserFault(f"Expected '{text}' on {self.browser.url().split('?')[0]}, which says: {found[:400]}")
        if self.browser.problems:
            raise BrowserFault(f"The browser complains: {self.browser.problems}")
        if picture:
            self._accessible()
            for name, size in SIZES.items():
                for theme in ("light", "dark"):
                    self.browser.resize(size, theme)
                    if self.browser.measured("document.documentElement.scrollWidth > innerWidth"):
                        raise BrowserFault(f"The page '{picture}' is wider than a {name}.")
                    if lacking := violations(self.browser.page):
                        raise BrowserFault(f"The page '{picture}' ({name}, {theme}) is not accessible: {lacking}")
                    self.browser.picture(PICTURES / f"{picture}-{name}-{theme}.png")
            self.browser.resize(SIZES["desktop"])

    def log_in(self) -> None:
        """Log in at Salesforce."""
        for name, value in LOGIN.items():
            self.browser.fill(name, value)
        self.browser.press("Log In")

    def connect(self) -> None:
        """Go from a fresh link to the result."""
        self.browser.open(a_link(self.stack))
        self.browser.press("Continue")
        self.log_in()
        self.browser.press("Allow")

    def _accessible(self) -> None:
        """Every page has a language, a title, one heading, and a label for each field one can see."""
        checks = {
            "a language": "document.documentElement.lang === 'en'",
            "a title": "document.title.length > 3",
            "one main heading": "document.querySelectorAll('main h1').length === 1",
            "labelled fields": "[...document.querySelectorAll('input:not([type=hidden])')].every(e => e.labels.length)",
            "buttons as large as a finger": "[...document.querySelectorAll('button')].every(e => !e.offsetHeight || e.offsetHeight >= 44)",
        }
        lacking = [name for name, script in checks.items() if not self.browser.measured(script)]
        if lacking:
            raise BrowserFault(f"The page lacks {', '.join(lacking)}.")


def connects(visit: Visit) -> None:
    """An admin connects."""
    visit.browser.open(a_link(visit.stack, name="Acme production"))
    visit.sees("Connect Salesforce to acme", "connect")
    visit.browser.press("Continue")
    visit.sees("Log in to the simulated Salesforce org")
    visit.log_in()
    visit.sees("Allow access?")
    visit.browser.press("Allow")
    visit.sees("Salesforce is connected", "connected")


def goes_back_to_the_product(visit: Visit) -> None:
    """An admin who came from the product's settings, on a site of its own, lands there again."""
    visit.browser.open(a_link(visit.stack, return_url=visit.product))
    visit.browser.press("Continue")
    visit.log_in()
    visit.browser.press("Allow")
    visit.is_at_the_product("connected")


def reconnects_in_one_go(visit: Visit) -> None:
    """An admin who is signed in and has approved before reconnects with one press, and lands at the product's own site."""
    goes_back_to_the_product(visit)
    visit.browser.open(a_link(visit.stack, return_url=visit.product))
    visit.browser.press("Continue")
    visit.is_at_the_product("connected")


def signs_in_through_an_identity_provider(visit: Visit) -> None:
    """An admin whose org signs in through an identity provider on a third site connects, and reconnects with one press."""
    for _ in range(2):
        visit.org_control("faults", {"do": "redirect", "kind": "authorize", "message": f"{visit.provider}/sso"})
        visit.browser.open(a_link(visit.stack, return_url=visit.product))
        visit.browser.press("Continue")
        if visit.waits_for("Log in to the simulated", "The product's settings").startswith("Log in"):
            visit.log_in()
            visit.browser.press("Allow")
        visit.is_at_the_product("connected")


def is_denied(visit: Visit) -> None:
    """An admin denies at Salesforce and reads what to do."""
    visit.browser.open(a_link(visit.stack))
    visit.browser.press("Continue")
    visit.log_in()
    visit.browser.press("Deny")
    visit.sees("Access was not approved", "denied")
    visit.browser.press("Back to the console")
    if visit.browser.url() != f"{visit.stack.public_url}/console":
        raise BrowserFault(f"The way back leads to {visit.browser.url()}.")


def is_denied_on_the_way_from_the_product(visit: Visit) -> None:
    """An admin who came from the product denies, reads what to do, and goes back to it."""
    visit.browser.open(a_link(visit.stack, return_url=visit.product))
    visit.browser.press("Continue")
    visit.log_in()
    visit.browser.press("Deny")
    visit.sees("Access was not approved")
    visit.browser.press("Back to the product")
    visit.is_at_the_product("refused")


def changes_their_mind(visit: Visit) -> None:
    """An admin who does not want to go on finds the way back on the first page."""
    visit.browser.open(a_link(visit.stack, return_url=visit.product))
    visit.browser.press("Back to the product")
    visit.is_at_the_product("cancelled")


def mistypes_the_address(visit: Visit) -> None:
    """An admin pastes an instance address, reads why not, and pastes a better one."""
    visit.browser.open(a_link(visit.stack))
    visit.browser.unfold("Sign in at another address")
    visit.browser.fill("salesforce_url", "https://na139.salesforce.com/home/home.jsp")
    visit.browser.press("Use this address")
    visit.sees("na139.salesforce.com is the address of a Salesforce instance", "wrong-address")
    visit.browser.fill("salesforce_url", "acme.lightning.force.com/lightning/page/home")
    visit.browser.press("Use this address")
    visit.sees("acme.my.salesforce.com", "rewritten-address")
    visit.browser.unfold("Sign in at another address")
    visit.browser.fill("salesforce_url", visit.stack.org_url)
    visit.browser.press("Use this address")
    visit.browser.press("Continue")
    visit.sees("Log in to the simulated Salesforce org")


def comes_too_late(visit: Visit) -> None:
    """An admin opens an old link, and one that was used."""
    link = ConnectLink("old", "acme", "ada", "manager", visit.stack.ports.now_ms() - 1, visit.stack.org_url)
    text = signed_link(link, visit.stack.ports.link_key)
    visit.browser.open(f"{visit.stack.public_url}/oauth/authorize?link={text}")
    visit.sees("This link has expired", "expired-link")
    used = a_link(visit.stack)
    visit.browser.open(used)
    visit.browser.press("Continue")
    visit.browser.open(used)
    visit.sees("This link has been used already", "used-link")


def meets_an_org_that_does_not_know_the_app(visit: Visit) -> None:
    """An admin reads what the Salesforce admin must do, for an error that Salesforce answers with."""
    visit.stack.org.settings.apps[visit.stack.broker.ask("begin", "acme")["client_id"]].installed = False
    visit.browser.open(a_link(visit.stack))
    visit.browser.press("Continue")
    visit.sees("The app is not installed in this org", "not-installed")


def changes_to_another_org(visit: Visit) -> None:
    """A connected admin signs in to another org, is asked, and confirms."""
    visit.connect()
    visit.sees("Salesforce is connected")
    visit.browser.open(a_link(visit.stack, salesforce_url=visit.other_org))
    visit.browser.press("Continue")
    visit.log_in()
    visit.browser.press("Allow")
    visit.sees("This is another Salesforce org", "another-org")
    visit.browser.press("Sign in again")
    visit.sees("Log in to the simulated Salesforce org")
    visit.log_in()
    visit.sees("This is another Salesforce org")
    visit.browser.press("Change to this org")
    if "Allow access?" in visit.browser.text():
        visit.browser.press("Allow")
    visit.sees("Salesforce is connected", "changed-org")
    visit.sees("The syncs are off")


def is_stopped_where_the_form_is_answered_with_a_redirect(visit: Visit) -> None:
    """The browser holds every hop after a form to the page's policy: a redirect in place of the page leads nowhere."""

    def careless(answer: Answer, public_url: str, *dress: Any) -> dict[str, Any]:
        address = page_of("", answer.page.html).goes_on
        return gateway.page_answer(Redirect(address, answer.cookies) if address else answer, public_url)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("functions.oauth_authorize.app.page_answer", careless)
        visit.browser.open(a_link(visit.stack))
        said = visit.browser.press_in_vain("Continue")
    if "form-action" not in said:
        raise BrowserFault(f"The browser complains about something else: {said}")


VISITS: tuple[Callable[[Visit], None], ...] = (
    connects,
    goes_back_to_the_product,
    reconnects_in_one_go,
    signs_in_through_an_identity_provider,
    is_denied,
    is_denied_on_the_way_from_the_product,
    changes_their_mind,
    mistypes_the_address,
    comes_too_late,
    meets_an_org_that_does_not_know_the_app,
    changes_to_another_org,
    is_stopped_where_the_form_is_answered_with_a_redirect,
)


@contextmanager
def begun(browser: Browser) -> Iterator[Visit]:
    """Stand before a fresh deployment that knows two orgs."""
    with (
        a_running_org(seed=2) as other,
        a_connect_stack(other.origin) as stack,
        a_site(lambda path: "<h1>The product's settings</h1>") as site,
        a_site(lambda path: _signed_in(stack)) as provider,
        a_tab(browser) as tab,
    ):
        product = f"{site}/settings"
        stack.ports = replace(stack.ports, return_urls=(product,))
        yield Visit(tab, stack, other.origin, product, provider)


def _signed_in(stack: ConnectStack) -> str:
    """Return the identity provider's page, which posts the browser back to the org's authorize URL, as SAML does."""
    asked = next(entry for entry in reversed(stack.org.audit.entries) if entry.kind == "authorize")
    fields = "".join(
        f'<input type="hidden" name="{name}" value="{escape(text)}">' for name, text in asked.query.items()
    )
    address = f"{stack.org_url}/services/oauth2/authorize"
    return f'<form action="{address}">{fields}</form><script>document.forms[0].submit()</script>'


def main() -> int:
    """Run every visit, the console's too, and say how each went; `--only NAME,…` runs those whose names contain one of these."""
    parser = argparse.ArgumentParser(description="Walk the pages and the console in a headless browser.")
    parser.add_argument(
        "--only", default="", help="run the visits whose names contain one of these, separated by commas"
    )
    only: list[str] = parser.parse_args().only.split(",")
    if chromium_path() is None:
        print(MISSING, file=sys.stderr)
        return 2
    with a_chromium() as browser:
        failed = run(chosen(VISITS, only), begun, browser)
        failed += console.run_all(browser, only)
    print(f"Pictures of every page are in {PICTURES.relative_to(ROOT)}/.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
