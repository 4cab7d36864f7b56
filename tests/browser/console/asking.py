"""Asking and hearing: who somebody is in Salesforce, and where events go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import requests

from tests.browser.chromium import BrowserFault
from tests.browser.console.visit import Visit

HOOK = "https://hooks.example.com/causeway"


def asks_who_somebody_is(visit: Visit) -> None:
    """An integrator asks Salesforce about an address that the product never sent, reads contact, account and owner; then about nobody."""
    _in_org(visit, "Account", {"Id": "0015g00000AskingAA1", "Name": "Analytical Engines"})
    person = {"FirstName": "Ada", "LastName": "Lovelace", "Email": "ada@engines.example"}
    _in_org(visit, "Contact", {**person, "AccountId": "0015g00000AskingAA1"})
    visit.opens("integrator", "records")
    visit.types("Key, email address or Salesforce Id", "ada@engines.example")
    visit.presses("Find")
    visit.sees("No record found", "nothing is written")
    visit.presses("Ask Salesforce")
    visit.sees("Ada Lovelace", "Analytical Engines", "1 API call", picture="who")
    visit.types("Key, email address or Salesforce Id", "nobody@engines.example")
    visit.presses("Find")
    visit.presses("Ask Salesforce")
    visit.sees("1 API call")
    visit.lacks("Ada Lovelace")


def _in_org(visit: Visit, sobject: str, record: dict[str, str]) -> None:
    body = {"sobject": sobject, "records": [record]}
    requests.post(f"{visit.stack.connect.org_url}/_control/records", json=body, timeout=10).raise_for_status()


def subscribes_to_events(visit: Visit) -> None:
    """An integrator subscribes a webhook, sees its secret once, gives it another, sends again, and ends it; a viewer finds no such page."""
    visit.opens("integrator", "subscriptions")
    visit.sees("Get notified", picture="subscriptions-empty")
    visit.presses("New subscription")
    visit.types("Send to", HOOK)
    visit.sees("Changes are parked", picture="subscription-new")
    visit.presses("Subscribe")
    visit.sees("It is shown this once.", "whsec_")
    visit.presses("Close")
    visit.lacks("whsec_")
    visit.presses("New secret")
    visit.sees("Give this webhook a new secret?")
    visit.presses("New secret")
    visit.sees("whsec_")
    visit.presses("Close")
    visit.sees(HOOK, "Active")
    visit.presses("Send a test")
    visit.sees("A test is on its way")
    _disable(visit)
    visit.opens("integrator", "subscriptions")
    visit.sees("Disabled", "It took nothing for five days.", picture="subscriptions")
    visit.presses("Send again")
    visit.presses("Send again")
    visit.sees("sent again", "Active")
    visit.presses("End")
    visit.presses("End")
    visit.sees("Get notified")
    visit.opens("viewer", "overview")
    visit.lacks("Notifications")


def _disable(visit: Visit) -> None:
    store = visit.stack.use.subscriptions.ports.store
    (kept,) = store.list("acme")
    store.change(kept, replace(kept, disabled_because="It took nothing for five days.", revision=kept.revision + 1))
    if visit.stack.backend("GET", "subscriptions")[1]["subscriptions"][0]["disabled_because"] is None:
        raise BrowserFault("The subscription was not disabled.")


VISITS: tuple[Callable[[Visit], None], ...] = (asks_who_somebody_is, subscribes_to_events)
