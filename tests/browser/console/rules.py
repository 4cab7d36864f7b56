"""Rules without JSON: conditions, filters, schedules, in words that an admin uses."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.chromium import BrowserFault
from tests.browser.console.visit import Visit, a_sync


def sets_pull_rules(visit: Visit) -> None:
    """An operator turns a sync around, filters it and reads when it is due; an integrator reads that this is the operator's."""
    a_sync(visit)
    visit.opens("operator", "syncs", id="lead-contact", part="rules")
    visit.chooses("This sync writes", "bidirectional")
    place = visit.browser.page.get_by_role("region", name="Which records are read")
    place.get_by_role("button", name="Add a condition").click()
    visit.chooses("Field", "lead source")
    place.get_by_label("Operator").select_option("in")
    place.locator("summary").click()
    place.get_by_label("Web", exact=True).check()
    visit.chooses("Read", "daily")
    visit.chooses("Time zone", "Europe/Berlin")
    visit.sees("Next:", picture="pull-rules")
    visit.presses("Save")
    visit.sees("No changes.")
    _, saved = visit.stack.backend("GET", "syncs/lead-contact")
    if saved["pull"]["filter"] != {"all": [{"field": "LeadSource", "operator": "in", "value": ["Web"]}]}:
        raise BrowserFault(f"The filter is {saved['pull']['filter']}.")
    if (saved["pull"]["schedule"]["daily_at"], saved["pull"]["schedule"]["zone"]) != ("02:00", "Europe/Berlin"):
        raise BrowserFault(f"The schedule is {saved['pull']['schedule']}.")
    visit.opens("integrator", "syncs", id="lead-contact", part="rules")
    visit.sees("set by the operator")


def builds_a_condition(visit: Visit) -> None:
    """An integrator says which changes take part by choosing, reads it as an expression, and changes it there."""
    fields = [{"name": "score", "label": "Score", "type": "number"}, {"name": "country", "label": "Country"}]
    visit.stack.backend("PUT", "sources/lead/fields", {"fields": fields})
    a_sync(visit)
    visit.opens("integrator", "syncs", id="lead-contact", part="rules")
    visit.presses("Add a condition")
    visit.chooses("Field", "Score")
    visit.chooses("Operator", "greater")
    visit.types("Value", "50")
    visit.browser.page.keyboard.press("Tab")
    visit.presses("Add a condition")
    visit.chooses("Field", "Country")
    visit.types("Value", "CH")
    visit.browser.page.keyboard.press("Tab")
    visit.sees("All of these are true", picture="condition")
    visit.presses("Write it as an expression")
    visit.field("Condition").wait_for()
    said = visit.field("Condition").input_value()
    if said != "fields.score > `50` && fields.country == 'CH'":
        raise BrowserFault(f"The condition is {said}.")
    visit.presses("Save")
    visit.sees("No changes.")
    _, saved = visit.stack.backend("GET", "syncs/lead-contact")
    if saved["push"]["when"] != said:
        raise BrowserFault(f"Saved {saved['push']['when']}.")


def chooses_how_records_are_matched(visit: Visit) -> None:
    """An integrator chooses in sentences what becomes of a change, and reads what a choice means."""
    a_sync(visit, sobject="Account", source="company", enabled=False)
    visit.opens("integrator", "syncs", id="company-account", part="rules")
    visit.chooses("When none matches,", "no")
    visit.chooses("When a duplicate rule of Salesforce objects,", "reject")
    visit.sees("parked until somebody merges")
    visit.chooses("Add a field", "Account Name")
    visit.sees("Name", picture="matching")
    visit.presses("Save")
    visit.sees("No changes.")
    push = visit.stack.backend("GET", "syncs/company-account")[1]["push"]
    if (push["create_when_missing"], push["on_duplicate"], push["match_fields"]) != (False, "reject", ["Name"]):
        raise BrowserFault(f"Saved {push}.")


def edits_signals(visit: Visit) -> None:
    """A signal that watches a value, one that fires every time and one that tells its end survive the edit of another."""
    kept = {
        "new_owner": {"changed": "record.OwnerId"},
        "hot": {"when": "fields.score > `50`", "fires": "every_time"},
        "customer": {"when": "account.Type == 'Customer'", "ended": True},
    }
    a_sync(visit, signals=kept)
    visit.opens("integrator", "syncs", id="lead-contact", part="rules")
    visit.sees("new_owner", "record.OwnerId", "Tell the product also when it ends", picture="signals")
    visit.presses("Add a signal")
    visit.chooses("It fires", "changed")
    visit.types("The value that is watched", "record.Title")
    visit.types("Name of the signal", "new_")
    visit.browser.page.wait_for_timeout(900)  # the check of the server answers meanwhile
    visit.writes("title")
    visit.browser.page.keyboard.press("Tab")
    visit.presses("Save")
    visit.sees("No changes.")
    saved = visit.stack.backend("GET", "syncs/lead-contact")[1]["signals"]
    said = {
        name: {key: each for key, each in signal.items() if each and each != "once"} for name, signal in saved.items()
    }
    if said != kept | {"new_title": {"changed": "record.Title"}}:
        raise BrowserFault(f"Saved {saved}.")


VISITS: tuple[Callable[[Visit], None], ...] = (
    sets_pull_rules,
    builds_a_condition,
    chooses_how_records_are_matched,
    edits_signals,
)
