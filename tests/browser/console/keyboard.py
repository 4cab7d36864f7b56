"""What the keyboard alone can do, and in how many strokes."""

from __future__ import annotations

from collections.abc import Callable

import requests

from tests.browser.chromium import BrowserFault
from tests.browser.console.visit import Visit

FEWER_THAN = 25
FIELDS = (("job", "Title"), ("phone", "Business Phone"), ("result", "Quiz Result"), ("country", "Mailing Country"))
CUSTOM = {"name": "Quiz_result__c", "label": "Quiz Result", "type": "string", "length": 80}


def makes_a_quiz_sync_by_keyboard(visit: Visit) -> None:
    """By keyboard alone: a sync of a quiz with five fields, one custom with a default, tried and enabled in under 25 strokes."""
    schema = {"sobjects": [{"name": "Contact", "fields": [CUSTOM]}]}
    control = f"{visit.stack.connect.org_url}/_control/schema"
    requests.post(control, json=schema, timeout=10).raise_for_status()
    visit.opens("integrator", "syncs", create="1")
    visit.sees("Source of your product")
    visit.has_focus("when the page opens")
    visit.writes("interaction:quiz-42")
    visit.strikes("Enter", "Enter")  # the source; Contact, which is proposed
    visit.sees("interaction-quiz-42-contact", "Product field")
    _maps_fields(visit)
    visit.strikes("Control+Enter")
    visit.sees("Would be ")
    visit.strikes("Control+e")
    visit.sees("interaction-quiz-42-contact is on.")
    _is_saved(visit)
    print(f"        {visit.strokes} strokes beyond the typed names")
    if visit.strokes >= FEWER_THAN:
        raise BrowserFault(f"It took {visit.strokes} strokes.")
    visit.keeps("quiz-sync")


def _maps_fields(visit: Visit) -> None:
    """Map the fields row by row, as the focus leads; first and last name are there already."""
    for product, org in FIELDS:
        visit.writes(product)
        visit.strikes("Enter")
        visit.writes(org)
        if org == CUSTOM["label"]:
            visit.strikes("Alt+Enter")  # more about this row: its default has the focus
            visit.writes("Unknown")
        visit.strikes("Enter")


def _is_saved(visit: Visit) -> None:
    _, saved = visit.stack.backend("GET", "syncs/interaction-quiz-42-contact")
    rows = {row["salesforce"]: (row["product"], row.get("default")) for row in saved["mappings"]}
    wanted = {
        "Title": ("job", None),
        "Phone": ("phone", None),
        CUSTOM["name"]: ("result", "Unknown"),
        "MailingCountry": ("country", None),
    }
    if not saved["enabled"] or not wanted.items() <= rows.items() or len(rows) < 5:
        raise BrowserFault(f"Saved {rows}, enabled: {saved['enabled']}.")


VISITS: tuple[Callable[[Visit], None], ...] = (makes_a_quiz_sync_by_keyboard,)
