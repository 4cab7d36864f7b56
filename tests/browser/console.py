"""`python -m tests.browser.console`: the console in a real browser, as a tenant's people would try it; pictures go to `.local/browser/`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from causeway.contract.outcomes import Outcome, Result
from causeway.parked.entries import Parked

from local.demo.connecting import LOGIN as ANOTHER_USER
from tests.browser.chromium import DESKTOP, PHONE, BrowserFault, Chromium, a_browser
from tests.browser.visits import PICTURES, run
from tests.support.api.console_stack import a_console
from tests.support.api.stack import ApiStack, an_api_stack
from tests.support.push.history import note_push

PATIENCE_S = 10.0


@dataclass
class Visit:
    """One person at the console of tenant acme."""

    browser: Chromium
    stack: ApiStack
    url: str

    def opens(self, role: str, section: str = "", tenant: str = "acme") -> None:
        """Open the console with a fresh session."""
        _, session = self.stack.backend("POST", "sessions", {"user": "ada@acme.example", "role": role}, tenant=tenant)
        self.browser.open("about:blank")
        self.browser.open(f"{self.url}#session={session['token']}&section={section}")

    def sees(self, *texts: str, picture: str = "") -> None:
        """Wait until the page says all this; check that the browser complained about nothing; keep a picture."""
        give_up = time.monotonic() + PATIENCE_S
        while missing := [text for text in texts if text not in self.browser.text()]:
            if time.monotonic() > give_up:
                raise BrowserFault(f"Expected {missing} on the page, which says: {self.browser.text()[:600]}")
            time.sleep(0.05)
        if self.browser.problems:
            raise BrowserFault(f"The browser complains: {self.browser.problems}")
        if picture:
            self._keep(picture)

    def lacks(self, *texts: str) -> None:
        """Check that the page says none of this."""
        found = [text for text in texts if text in self.browser.text()]
        if found:
            raise BrowserFault(f"Did not expect {found} on the page.")

    def presses(self, text: str, place: str = "document") -> None:
        """Press the button with this text, which stays on the page."""
        find = f"[...{place}.querySelectorAll('button, summary')].filter(e => e.innerText.trim() === {text!r}).at(-1)"
        if not self.browser.measured(f"Boolean({find})"):
            raise BrowserFault(f"There is no '{text}' to press. The page says: {self.browser.text()[:400]}")
        self.browser.measured(f"{find}.click()")

    def types(self, label: str, value: str, nth: int = -1) -> None:
        """Type into the control with this label, as a person does who then leaves it."""
        find = f"[...document.querySelectorAll('[aria-label=\"{label}\"]')].at({nth})"
        change = "(e => { e.value = TEXT; e.dispatchEvent(new Event('change', {bubbles: true})); })"
        self.browser.measured(f"{change.replace('TEXT', repr(value))}({find})")

    def fills(self, label: str, value: str) -> None:
        """Type into the field, or choose in the list, under this label."""
        find = f"[...document.querySelectorAll('label')].find(e => e.firstChild.textContent.trim() === {label!r})"
        act = "(e => { e.value = TEXT; e.dispatchEvent(new Event('change', {bubbles: true})); })"
        self.browser.measured(
            f"{act.replace('TEXT', json.dumps(value))}({find}.querySelector('input, select, textarea'))"
        )

    def _keep(self, picture: str) -> None:
        checks = {
            "a language": "document.documentElement.lang === 'en'",
            "one main heading": "document.querySelectorAll('main h1').length === 1",
            "labelled fields": "[...document.querySelectorAll('input, select, textarea')]"
            ".every(e => e.labels.length || e.getAttribute('aria-label'))",
            "named buttons": "[...document.querySelectorAll('button')].every(e => e.textContent.trim())",
            "a page without the token in its address": "!location.href.includes('cws_')",
        }
        lacking = [name for name, script in checks.items() if not self.browser.measured(script)]
        if lacking:
            raise BrowserFault(f"The page '{picture}' lacks {', '.join(lacking)}.")
        for name, size in (("phone", PHONE), ("desktop", DESKTOP)):
            self.browser.resize(size)
            if self.browser.measured(f"document.documentElement.scrollWidth > {size['width']}"):
                raise BrowserFault(f"The page '{picture}' is wider than a {name}.")
            self.browser.picture(PICTURES / f"console-{picture}-{name}.png")


def sees_the_connection_and_tests_it(visit: Visit) -> None:
    """A manager sees the connection and tests it."""
    visit.opens("manager")
    visit.sees("Connected", "integration@northwind.example")
    visit.presses("Test connection")
    visit.sees("The connection works.", "Edition", picture="connection")


def denies_and_comes_back(visit: Visit) -> None:
    """A manager presses Reconnect, denies at Salesforce, and is back in the console with the session of the tab."""
    visit.opens("manager")
    visit.sees("Connected")
    visit.browser.press("Reconnect")
    visit.browser.press("Continue")
    for name, value in ANOTHER_USER.items():  # who has not approved the app yet
        visit.browser.fill(name, value)
    visit.browser.press("Log In")
    visit.browser.press("Deny")
    visit.sees("Access was not approved")
    visit.browser.press("Back to the console")
    visit.sees("Connected", "ada@acme.example")


def opens_another_session_in_the_same_tab(visit: Visit) -> None:
    """A person who is signed in opens another link in the same tab and is the other person then."""
    visit.opens("viewer")
    visit.sees("Connected", "viewer")
    _, session = visit.stack.backend("POST", "sessions", {"user": "grace@acme.example", "role": "operator"})
    visit.browser.open(f"{visit.url}#session={session['token']}")
    visit.sees("Connected", "grace@acme.example", "operator")


def maps_a_field_and_enables_a_sync(visit: Visit) -> None:
    """An integrator makes a sync, maps a field that does not exist, reads why it can not be enabled, and mends it."""
    visit.opens("integrator", "syncs")
    visit.sees("No sync yet")
    visit.presses("New sync")
    visit.sees("Salesforce object")
    visit.presses("Create", "document.querySelector('dialog')")
    visit.sees("lead-contact", "automatic")
    visit.presses("Add row")
    visit.types("Product field", "shoe_size")
    visit.types("Salesforce field", "Shoe_Size__c")
    visit.presses("Save")
    visit.sees("Contact has no field Shoe_Size__c", picture="syncs-problem")
    visit.presses("Enable")
    visit.sees("can not be enabled")
    visit.types("Salesforce field", "Title")
    visit.presses("Save")
    visit.sees("revision 3")
    visit.presses("Enable")
    visit.sees("On", "Disable", picture="syncs")


def tries_a_change(visit: Visit) -> None:
    """An integrator tries a change and nothing is written."""
    _a_sync(visit)
    visit.opens("integrator", "syncs")
    visit.sees("lead-contact")
    visit.presses("Try a change (nothing is written)")
    visit.presses("Try it")
    visit.sees("Would be created", "LastName", "written", picture="dry-run")


def reads_why_a_change_is_parked_and_sends_it_again(visit: Visit) -> None:
    """An integrator finds a parked change, reads why, and sends it again."""
    visit.stack.use.parked.put([_parked(number) for number in range(3)])
    visit.opens("integrator", "parked")
    visit.sees("A Lead needs Company.", "lead-2", picture="parked")
    visit.presses("Send again")
    visit.sees("On its way.")
    if not list(visit.stack.use.parked.redrives()):
        raise BrowserFault("Nothing was asked to be sent again.")


def reads_the_history(visit: Visit) -> None:
    """A viewer reads what ran, and what failed and why."""
    failed = Outcome(
        "lead-2", Result.REJECTED, "lead-lead", "Lead", "shared_email", "On 60 records.", remedy="Clean up."
    )
    done = Outcome("lead-1", Result.CREATED, "lead-lead", "Lead")
    note_push(visit.stack.use.runs, "acme", "20261120T100000-push-lead", "lead", [done, failed], 2)
    visit.opens("viewer", "history")
    visit.sees("push", "completed", "2 read, 1 created, 1 rejected", picture="history")
    visit.presses("Details")
    visit.sees("On 60 records.", "Clean up.")


def runs_a_sync_and_watches_it(visit: Visit) -> None:
    """An operator runs a pull, watches it grow, and sees it end."""
    pulled = {"id": "pulled", "source": "lead", "sobject": "Contact", "direction": "pull", "enabled": True}
    visit.stack.backend("POST", "syncs", pulled)
    visit.opens("operator", "syncs")
    visit.sees("pulled")
    visit.presses("Run now")
    visit.sees("running", "Cancel run")
    (job,) = visit.stack.use.jobs.queued
    visit.stack.use.pull_history.progress("acme", job.run, {"created": 1234, "deleted": 5}, 3)
    visit.sees("1,239 read, 1,234 created, 5 deleted", picture="run-now")
    visit.stack.use.pull_history.ended("acme", job.run, "completed")
    visit.sees("completed")


def sees_the_usage(visit: Visit) -> None:
    """A viewer sees how much of the quota is used."""
    visit.stack.backend("GET", "sobjects", refresh="true")
    visit.opens("viewer", "usage")
    visit.sees("calls in 24 hours", "Causeway pauses at", picture="usage")


def sees_every_tenant(visit: Visit) -> None:
    """An operator sees every tenant; a manager does not."""
    visit.stack.walk("second-tenant")
    visit.opens("operator", "tenants")
    visit.sees("acme", "second-tenant", "Connected", picture="tenants")
    visit.opens("manager", "tenants")
    visit.sees("Connection")
    visit.lacks("Tenants", "second-tenant")


def sets_pull_rules(visit: Visit) -> None:
    """An operator turns a sync around and filters it; an integrator reads that this is the operator's."""
    _a_sync(visit)
    visit.opens("operator", "syncs")
    visit.sees("lead-contact")
    visit.presses("Direction and pull")
    visit.fills("Direction", "bidirectional")
    visit.fills(
        "Filter (JSON; empty reads every record)", '{"all":[{"field":"LeadSource","operator":"in","value":["Web"]}]}'
    )
    visit.presses("Save")
    visit.sees("revision 2")
    visit.presses("Direction and pull")
    visit.sees("Report deleted records", picture="pull-rules")
    visit.opens("integrator", "syncs")
    visit.sees("lead-contact")
    visit.presses("Direction and pull")
    visit.sees("set by the operator")


def may_only_look(visit: Visit) -> None:
    """A viewer finds nothing to press that would be refused."""
    _a_sync(visit)
    visit.opens("viewer")
    visit.sees("may look")
    visit.lacks("Disconnect", "Reconnect")
    visit.opens("viewer", "syncs")
    visit.sees("lead-contact")
    visit.lacks("Enable", "Disable", "Delete", "Add row", "New sync")


def disconnects(visit: Visit) -> None:
    """A manager disconnects after reading what that means."""
    visit.opens("manager")
    visit.sees("Connected")
    visit.presses("Disconnect")
    visit.sees("Nothing that was synced is deleted")
    visit.presses("Disconnect", "document.querySelector('dialog')")
    visit.sees("Not connected", "Connect Salesforce", picture="disconnected")


def is_locked_out_when_the_session_ends(visit: Visit) -> None:
    """Somebody whose session was ended reads how to come back, and a hostile name is shown, not run."""
    visit.opens("viewer")
    visit.sees("Connected")
    visit.stack.backend("DELETE", "sessions")
    visit.presses("Syncs")
    visit.sees("Your session has ended")
    _, session = visit.stack.backend("POST", "sessions", {"user": "<img src=x onerror=alert(1)>", "role": "viewer"})
    visit.browser.open("about:blank")
    visit.browser.open(f"{visit.url}#session={session['token']}")
    visit.sees("<img src=x onerror=alert(1)>")


VISITS: tuple[Callable[[Visit], None], ...] = (
    sees_the_connection_and_tests_it,
    denies_and_comes_back,
    opens_another_session_in_the_same_tab,
    maps_a_field_and_enables_a_sync,
    tries_a_change,
    reads_why_a_change_is_parked_and_sends_it_again,
    reads_the_history,
    runs_a_sync_and_watches_it,
    sees_the_usage,
    sees_every_tenant,
    sets_pull_rules,
    may_only_look,
    disconnects,
    is_locked_out_when_the_session_ends,
)


def _a_sync(visit: Visit) -> None:
    rules = {"source": "lead", "sobject": "Contact", "enabled": True, "push": {"create_when_missing": True}}
    visit.stack.backend("POST", "syncs", rules)


def _parked(number: int) -> Parked:
    return Parked(
        tenant="acme",
        parked_id=f"r{number}",
        code="missing_required_field",
        reason="A Lead needs Company.",
        remedy="Send company, or give it a default in Salesforce.",
        parked_at_ms=1_800_000_000_000,
        body=json.dumps({"changes": [{"key": f"lead-{number}", "fields": {"last_name": "Lovelace"}}]}),
        source="lead",
        key=f"lead-{number}",
        sync="lead-lead",
    )


@contextmanager
def begun() -> Iterator[Visit]:
    """Stand at the console of a fresh deployment."""
    with an_api_stack() as stack, a_console(stack) as url, a_browser() as browser:
        stack.walk()
        yield Visit(browser, stack, url)


def main() -> int:
    """Run every visit and say how each went."""
    return run(VISITS, begun)


if __name__ == "__main__":
    sys.exit(main())
