"""The mapping editor: nothing that is typed is lost, and what is wrong stands beside its row."""

from __future__ import annotations

from collections.abc import Callable

import requests

from tests.browser.chromium import BrowserFault
from tests.browser.console.visit import Visit, a_sync, parked


def maps_a_field_and_enables_a_sync(visit: Visit) -> None:
    """An integrator makes a sync, maps a field that does not exist, reads why beside the row, corrects it, and enables the sync."""
    visit.opens("integrator", "syncs")
    visit.sees("Create your first sync", picture="syncs-empty")
    visit.presses("New sync")
    visit.chooses("Source of your product", "lead")
    visit.sees("Salesforce object", picture="new-sync")
    visit.presses("Create")
    visit.sees("lead-contact", "mapped automatically", "First Name")
    visit.has_focus("when the sync opens")
    visit.writes("shoe_size")  # a new sync opens with an empty row that has the focus
    visit.strikes("Enter")
    visit.writes("Shoe_Size__c")
    visit.browser.page.keyboard.press("Tab")
    visit.sees("Contact has no field Shoe_Size__c", "1 error", picture="mapping-error")
    visit.presses("Save and enable")
    visit.sees("cannot be enabled")
    visit.types("Salesforce field", "title", nth=2)
    visit.browser.page.keyboard.press("Tab")
    visit.sees("Title · text")
    visit.presses("Save and enable")
    visit.sees("lead-contact is on.", "Disable", "No changes.")
    _, saved = visit.stack.backend("GET", "syncs/lead-contact")
    if [row["salesforce"] for row in saved["mappings"]] != ["FirstName", "LastName", "Title"]:
        raise BrowserFault(f"Saved {saved['mappings']}.")
    visit.keeps("mapping")


def types_on_while_rows_change(visit: Visit) -> None:
    """What is typed arrives whole while the server's findings come and go, and the cursor stays where it is."""
    a_sync(visit)
    visit.opens("integrator", "syncs", id="lead-contact")
    visit.sees("First Name")
    visit.chooses("Salesforce field", "Nope__c", nth=0)
    visit.field("Product field", nth=1).click()
    visit.browser.page.keyboard.press("Control+a")
    for letter in "a_rather_long_name_of_a_field":
        visit.browser.page.keyboard.type(letter)
        visit.browser.page.wait_for_timeout(40)  # the check of the server answers meanwhile
    visit.sees("Contact has no field Nope__c")
    if visit.field("Product field", nth=1).input_value() != "a_rather_long_name_of_a_field":
        raise BrowserFault(f"The field says {visit.field('Product field', nth=1).input_value()!r}.")
    visit.has_focus("while typing")


def keeps_a_draft(visit: Visit) -> None:
    """A draft survives another tab of the page, a reload and the end of the session; leaving asks; discarding ends it."""
    a_sync(visit)
    visit.opens("integrator", "syncs", id="lead-contact")
    visit.chooses("Product field", "given_name", nth=0)
    visit.presses("Rules")
    visit.sees("When none matches", picture="rules")
    visit.presses("Fields")
    visit.sees("given_name", "1 change not saved")
    visit.presses("History")
    visit.sees("Leave with changes that are not saved?", picture="leaving")
    visit.presses("Cancel")
    visit.sees("given_name")
    visit.browser.page.on("dialog", lambda dialog: dialog.accept())
    visit.browser.page.reload()
    visit.sees("given_name", "1 change not saved")
    visit.stack.backend("DELETE", "sessions")
    visit.presses("Save")
    visit.sees("Your session expired", "Drafts are kept")
    visit.opens("integrator", "syncs")
    visit.sees("Draft")
    visit.presses("lead → Contact")
    visit.sees("given_name")
    visit.presses("Discard")
    visit.sees("No changes.")
    visit.lacks("given_name")


def undoes_and_reorders(visit: Visit) -> None:
    """Rows move by keys, and every step is undone and done again."""
    a_sync(visit)
    visit.opens("integrator", "syncs", id="lead-contact")
    visit.sees("First Name")
    visit.pressable("Move FirstName").focus()
    visit.strikes("ArrowDown")
    if visit.field("Product field", nth=0).input_value() != "last_name":
        raise BrowserFault("The row did not move.")
    visit.presses("Show what changed")
    visit.sees("Order of the rows", picture="what-changed")
    visit.presses("Close")
    visit.presses("Undo")
    visit.sees("No changes.")
    visit.presses("Redo")
    visit.sees("1 change not saved")
    visit.presses("Remove FirstName")
    visit.sees("2 changes not saved") if "2 changes" in visit.said() else visit.sees("not saved")
    visit.presses("Undo")
    visit.sees("first_name")


def meets_a_save_of_somebody_else(visit: Visit) -> None:
    """Somebody else saves first: both changes are shown, and one press puts mine on top of theirs."""
    a_sync(visit)
    visit.opens("integrator", "syncs", id="lead-contact")
    visit.chooses("Product field", "given_name", nth=0)
    _, before = visit.stack.backend("GET", "syncs/lead-contact")
    rows = [*before["mappings"], {"product": "job", "salesforce": "Title"}]
    visit.stack.backend("PUT", "syncs/lead-contact", {"mappings": rows})
    visit.presses("Save")
    visit.sees("Somebody else saved this sync", "Title", "given_name", picture="conflict")
    visit.presses("Put my changes on top")
    visit.sees("job", "given_name")
    visit.presses("Save")
    visit.sees("No changes.")
    _, saved = visit.stack.backend("GET", "syncs/lead-contact")
    if [row["product"] for row in saved["mappings"]] != ["given_name", "last_name", "job"]:
        raise BrowserFault(f"Saved {saved['mappings']}.")


def sets_a_default_and_translates_values(visit: Visit) -> None:
    """A row gets a default and a table of values, and both are saved."""
    a_sync(visit, sobject="Lead", enabled=False, mappings=[{"product": "rating", "salesforce": "Rating"}])
    visit.opens("integrator", "syncs", id="lead-lead")
    visit.presses("More about Rating")
    visit.types("Default for new records", "Warm")
    visit.presses("Translate values")
    visit.types("Your product says", "hot lead")
    visit.types("Salesforce gets", "Hot")
    visit.types("Everything else becomes", "Cold")
    visit.sees("Default: Warm.", "1 value translated.", picture="row-details")
    visit.presses("Save")
    visit.sees("No changes.")
    _, saved = visit.stack.backend("GET", "syncs/lead-lead")
    (row,) = saved["mappings"]
    if (row["default"], row["values"], row["fallback"]) != ("Warm", {"hot lead": "Hot"}, "Cold"):
        raise BrowserFault(f"Saved {row}.")


def tries_the_draft_with_a_recent_change(visit: Visit) -> None:
    """An integrator tries a draft that is not saved with a change that was really sent; nothing is written."""
    a_sync(visit)
    visit.stack.use.parked.put([parked(number) for number in range(3)])
    visit.opens("integrator", "syncs", id="lead-contact")
    visit.presses("Add a field")
    visit.chooses("Product field", "first_name")
    visit.chooses("Salesforce field", "Title")
    visit.presses("Try it")
    visit.chooses("A recent change", "Lovelace 2")
    visit.browser.page.locator("#panel-try").get_by_role("button", name="Try it").click()
    visit.sees("Would be created", "Lovelace 2", "Title", "written", picture="try-it")
    if visit.stack.backend("GET", "syncs/lead-contact")[1]["revision"] != 1:
        raise BrowserFault("Trying saved the draft.")
    visit.field("email").fill("grace@example.com")
    visit.presses("Fields")
    visit.presses("Try it")
    if visit.field("email").input_value() != "grace@example.com":
        raise BrowserFault("What was typed to try went away with the tab.")


def sees_what_a_write_would_replace(visit: Visit) -> None:
    """An integrator tries a change of somebody who is in the org: each field that would be written shows what it replaces."""
    mappings = [{"product": "title", "salesforce": "Title"}, {"product": "last_name", "salesforce": "LastName"}]
    a_sync(visit, mappings=mappings)
    person = {"LastName": "Lovelace", "Title": "Countess", "Email": "ada@example.com"}
    body = {"sobject": "Contact", "records": [person]}
    requests.post(f"{visit.stack.connect.org_url}/_control/records", json=body, timeout=10).raise_for_status()
    visit.opens("integrator", "syncs", id="lead-contact", part="try")
    visit.types("email", "ada@example.com")
    visit.types("title", "Programmer")
    visit.browser.page.locator("#panel-try").get_by_role("button", name="Try it").click()
    visit.sees("Would be updated", "Countess → Programmer", picture="try-update")


def shows_the_list_of_syncs(visit: Visit) -> None:
    """An integrator sees the syncs by source, with what is on, and opens one."""
    a_sync(visit)
    a_sync(visit, sobject="Lead", enabled=False)
    visit.opens("integrator", "syncs")
    visit.sees("lead → Contact", "lead → Lead", "On", "Off", picture="syncs")
    visit.presses("lead → Lead")
    visit.sees("lead-lead")


def may_only_look(visit: Visit) -> None:
    """A viewer finds nothing to press that would be refused."""
    a_sync(visit)
    visit.opens("viewer", "connection")
    visit.sees("You can view the connection but not change it.")
    visit.lacks("Disconnect", "Reconnect")
    visit.opens("viewer", "syncs", id="lead-contact")
    visit.sees("First Name", picture="mapping-viewer")
    visit.lacks("Enable", "Disable", "Delete", "Add a field", "Save", "Try it")
    visit.opens("viewer", "syncs")
    visit.sees("lead → Contact")
    visit.lacks("New sync")


VISITS: tuple[Callable[[Visit], None], ...] = (
    maps_a_field_and_enables_a_sync,
    types_on_while_rows_change,
    keeps_a_draft,
    undoes_and_reorders,
    meets_a_save_of_somebody_else,
    sets_a_default_and_translates_values,
    tries_the_draft_with_a_recent_change,
    sees_what_a_write_would_replace,
    shows_the_list_of_syncs,
    may_only_look,
)
