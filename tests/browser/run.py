"""
`python -m tests.browser.run`: the connect pages and the console in a real browser, as an admin would try them.

The real handlers stand behind a small gateway on loopback, with two simulated orgs; pictures go to `.local/browser/`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from causeway.api import browser as gateway
from causeway.connections.access.links import ConnectLink, signed_link
from causeway.connections.pages.html import Page, page_headers

from tests.browser import console
from tests.browser.chromium import DESKTOP, PHONE, BrowserFault, Chromium, a_browser
from tests.browser.visits import PICTURES, ROOT, run
from tests.support.connections.stack import ConnectStack, a_connect_stack, a_running_org
from tests.support.connections.walk import LOGIN, a_link


@dataclass
class Visit:
    """One person at a browser, before one deployment that knows two orgs."""

    browser: Chromium
    stack: ConnectStack
    other_org: str

    def sees(self, text: str, picture: str = "") -> None:
        """Check that the page says this, that the browser complained about nothing, and keep a picture of it."""
        found = self.browser.text()
        if text not in found:
            raise BrowserFault(f"Expected '{text}' on {self.browser.url().split('?')[0]}, which says: {found[:400]}")
        if self.browser.problems:
            raise BrowserFault(f"The browser complains: {self.browser.problems}")
        if picture:
            self._accessible()
            for name, size in (("phone", PHONE), ("desktop", DESKTOP)):
                self.browser.resize(size)
                if self.browser.measured("document.documentElement.scrollWidth > innerWidth"):
                    raise BrowserFault(f"The page '{picture}' is wider than a {name}.")
                self.browser.picture(PICTURES / f"{picture}-{name}.png")

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
    """An admin who came from the product's settings lands there again."""
    visit.browser.open(a_link(visit.stack, return_url=f"{visit.stack.public_url}/product/settings"))
    visit.browser.press("Continue")
    visit.log_in()
    visit.browser.press("Allow")
    visit.sees("The product")
    if "causeway=connected" not in visit.browser.url():
        raise BrowserFault("The product is not told how it went.")


def is_denied(visit: Visit) -> None:
    """An admin denies at Salesforce and reads what to do."""
    visit.browser.open(a_link(visit.stack))
    visit.browser.press("Continue")
    visit.log_in()
    visit.browser.press("Deny")
    visit.sees("Access was not approved", "denied")


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


def is_stopped_by_a_policy_without_the_login_host(visit: Visit) -> None:
    """The browser holds the way to Salesforce to the page's policy: a page that does not name the login host leads nowhere."""

    def careless(shown: Page, *, https: bool) -> dict[str, str]:
        return page_headers(replace(shown, form_origins=(visit.stack.public_url,)), https=https)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gateway, "page_headers", careless)
        visit.browser.open(a_link(visit.stack))
        said = visit.browser.press_in_vain("Continue")
    if "form-action" not in said:
        raise BrowserFault(f"The browser complains about something else: {said}")


VISITS: tuple[Callable[[Visit], None], ...] = (
    connects,
    goes_back_to_the_product,
    is_denied,
    mistypes_the_address,
    comes_too_late,
    meets_an_org_that_does_not_know_the_app,
    changes_to_another_org,
    is_stopped_by_a_policy_without_the_login_host,
)


@contextmanager
def begun() -> Iterator[Visit]:
    """Stand before a fresh deployment that knows two orgs."""
    with a_running_org(seed=2) as other, a_connect_stack(other.origin) as stack, a_browser() as browser:
        yield Visit(browser, stack, other.origin)


def main() -> int:
    """Run every visit, the console's too, and say how each went."""
    wrong = run(VISITS, begun) or console.main()
    print(f"Pictures of every page are in {PICTURES.relative_to(ROOT)}/.")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
