"""The connection: seen, tested, denied, ended; and what a session is told."""

from __future__ import annotations

from collections.abc import Callable

from local.demo.connecting import LOGIN as ANOTHER_USER
from tests.browser.chromium import DESKTOP, PHONE, BrowserFault
from tests.browser.console.visit import Visit

IS_WITHIN = "(each) => each.getBoundingClientRect().left >= 0 && each.getBoundingClientRect().right <= innerWidth"


def sees_the_connection_and_tests_it(visit: Visit) -> None:
    """A manager sees the connection and tests it."""
    visit.opens("manager", "connection")
    visit.sees("Connected", "integration@northwind.example")
    visit.presses("Test connection")
    visit.sees("The connection works.", "Edition", picture="connection")


def denies_and_comes_back(visit: Visit) -> None:
    """A manager presses Reconnect, denies at Salesforce, and is back in the console with the session of the tab."""
    visit.opens("manager", "connection")
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
    visit.opens("viewer", "connection")
    visit.sees("Connected", "viewer")
    _, session = visit.stack.backend("POST", "sessions", {"user": "grace@acme.example", "role": "operator"})
    visit.browser.page.evaluate(f"location.hash = 'session={session['token']}'")
    visit.sees("grace@acme.example", "operator")


def invites_an_admin(visit: Visit) -> None:
    """A manager makes an invitation, copies it, and closes the dialog; the focus is back where it was."""
    visit.opens("manager", "connection")
    visit.presses("Invite a Salesforce admin")
    visit.presses("Create the link")
    visit.sees("It works once, until", picture="invitation")
    visit.browser.page.keyboard.press("Escape")
    visit.has_focus("after the dialog")
    visit.lacks("It works once")


def disconnects(visit: Visit) -> None:
    """A manager disconnects after reading what that means."""
    visit.opens("manager", "connection")
    visit.sees("Connected")
    visit.presses("Disconnect")
    visit.sees("Nothing that was synced is deleted", picture="disconnect")
    visit.presses("Disconnect")
    visit.sees("Not connected", "Connect Salesforce", "Address of your Salesforce org", picture="disconnected")


def is_locked_out_when_the_session_ends(visit: Visit) -> None:
    """Somebody whose session was ended reads how to come back, and a hostile name is shown, not run."""
    visit.opens("viewer", "connection")
    visit.sees("Connected")
    visit.stack.backend("DELETE", "sessions")
    visit.presses("Syncs")
    visit.sees("Your session expired", "Open the console from your product again", picture="session-ended")
    _, session = visit.stack.backend("POST", "sessions", {"user": "<img src=x onerror=alert(1)>", "role": "viewer"})
    visit.browser.open("about:blank")
    visit.browser.open(f"{visit.url}#session={session['token']}")
    visit.sees("<img src=x onerror=alert(1)>")


def opens_the_page_without_a_session(visit: Visit) -> None:
    """Somebody who opens the bare address reads how to come in."""
    visit.browser.open(visit.url)
    visit.sees("Your session expired", "Open the console from your product again", picture="no-session")


def reads_german(visit: Visit) -> None:
    """A person chooses German; the page comes in German from then on, also for the next session."""
    visit.opens("manager", "connection")
    visit.sees("Connected")
    visit.field("Language").select_option("de")
    visit.sees("Verbunden", "Verbindung testen", picture="connection-german")
    if visit.browser.measured("document.documentElement.lang") != "de":
        raise BrowserFault("The page does not say that it is German.")
    visit.browser.resize(PHONE)
    visit.opens("manager", "connection")
    visit.sees("Verbindung testen")
    if not visit.browser.page.get_by_role("link", name="Verbindung", exact=True).evaluate(IS_WITHIN):
        raise BrowserFault("A phone does not show which section is open.")
    visit.browser.resize(DESKTOP)
    visit.opens("manager")
    visit.sees("Übersicht")


VISITS: tuple[Callable[[Visit], None], ...] = (
    sees_the_connection_and_tests_it,
    denies_and_comes_back,
    opens_another_session_in_the_same_tab,
    invites_an_admin,
    disconnects,
    is_locked_out_when_the_session_ends,
    opens_the_page_without_a_session,
    reads_german,
)
