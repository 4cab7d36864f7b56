"""The other pages: overview, set-up, parked changes, history, data model, records, tenants."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import requests
from causeway.contract.outcomes import Outcome, Result

from tests.browser.chromium import BrowserFault
from tests.browser.console.visit import Visit, a_sync, parked
from tests.support.push.history import note_push


def sets_up_the_first_sync(visit: Visit) -> None:
    """A manager who has just connected enables the proposed syncs with one press each, and sees the overview."""
    visit.opens("manager")
    visit.sees("Set up the sync to Salesforce", "lead → Contact", "lead → Lead", picture="set-up")
    visit.presses("Enable")
    visit.sees("lead-lead is on.", "Last 14 days")


def sees_what_needs_a_person_first(visit: Visit) -> None:
    """The overview says first what needs a person, then how it goes."""
    a_sync(visit)
    visit.stack.use.parked.put([parked(number) for number in range(3)])
    done = [Outcome(f"lead-{n}", Result.CREATED, "lead-contact", "Contact") for n in range(12)]
    note_push(visit.stack.use.runs, "acme", "20261130T000000-push-lead", "lead", done, 2)
    visit.stack.backend("GET", "sobjects", refresh="true")
    visit.opens("viewer", "overview")
    visit.sees("3 changes are parked: A Lead needs Company.", "Salesforce API today", picture="overview")
    visit.presses("See them")
    visit.sees("lead-2")


def reads_why_a_change_is_parked_and_sends_it_again(visit: Visit) -> None:
    """An integrator reads why changes are parked, once for all of a kind, looks at them, and sends two of them again."""
    visit.stack.use.parked.put([parked(number) for number in range(3)])
    visit.opens("integrator", "parked")
    visit.sees("A Lead needs Company.", "3", picture="parked")
    visit.presses("See them")
    visit.sees("lead-0", "lead-2")
    for name in ("lead-0", "lead-2"):
        visit.browser.page.get_by_label(f"Choose {name}").check()
    visit.sees("Send 2 chosen again", picture="parked-group")
    visit.presses("Send 2 chosen again")
    visit.sees("On its way.")
    if not list(visit.stack.use.parked.redrives()):
        raise BrowserFault("Nothing was asked to be sent again.")


def keeps_a_filter_of_parked_changes(visit: Visit) -> None:
    """An integrator filters parked changes, keeps the filter, opens it another day, and forgets it."""
    visit.stack.use.parked.put([parked(number) for number in range(2)])
    visit.stack.use.parked.put([parked(7)._replace(code="shared_email", source="other")])
    visit.opens("integrator", "parked")
    visit.types("Reason code", "shared_email")
    visit.presses("Find")
    visit.sees("lead-7")
    visit.lacks("lead-0")
    visit.presses("Keep this filter")
    visit.sees("Kept filters:", picture="parked-filtered")
    visit.opens("integrator", "parked")
    visit.presses("shared_email")
    visit.sees("lead-7", "Forget this filter")
    visit.presses("Forget this filter")
    visit.lacks("Kept filters:")


def reads_the_history(visit: Visit) -> None:
    """A viewer reads what ran, and what failed and why."""
    failed = Outcome(
        "lead-2", Result.REJECTED, "lead-lead", "Lead", "shared_email", "On 60 records.", remedy="Clean up."
    )
    done = Outcome("lead-1", Result.CREATED, "lead-lead", "Lead")
    note_push(visit.stack.use.runs, "acme", "20261120T100000-push-lead", "lead", [done, failed], 2)
    visit.opens("viewer", "history")
    visit.sees("Push", "completed", "2 read, 1 created, 1 refused", picture="history")
    visit.picks("With records", "updated")
    visit.sees("No run fits.")
    visit.browser.page.reload()
    visit.sees("No run fits.")
    visit.picks("With records", "rejected")
    visit.sees("1 refused", picture="history-filtered")
    visit.types("Key, email address or Salesforce Id", "nobody@example.com")
    visit.strikes("Enter")
    visit.sees("No run fits.")
    visit.types("Key, email address or Salesforce Id", "")
    visit.strikes("Backspace")
    visit.sees("1 refused")
    visit.presses("Details")
    visit.sees("On 60 records.", "Clean up.", picture="run")
    visit.presses("Close")
    with visit.browser.page.expect_download() as saved:
        visit.presses("Export CSV")
    lines = Path(saved.value.path()).read_text("utf-8-sig").splitlines()
    if not lines[0].startswith("id,kind,") or "20261120T100000-push-lead" not in lines[1]:
        raise BrowserFault(f"The file says {lines}.")
    visit.presses("Details")
    visit.presses("lead-2")
    visit.sees("← Records", "lead-2")


def runs_a_sync_and_watches_it(visit: Visit) -> None:
    """An operator runs a pull, watches it grow, and sees it end."""
    pulled = {"id": "pulled", "source": "lead", "sobject": "Contact", "direction": "pull", "enabled": True}
    visit.stack.backend("POST", "syncs", pulled)
    visit.opens("operator", "syncs", id="pulled")
    visit.presses("Run now")
    visit.sees("running", "Cancel run")
    (job,) = visit.stack.use.jobs.queued
    visit.stack.use.pull_history.progress("acme", job.run, {"created": 1234, "deleted": 5}, 3)
    visit.sees("1,239 read, 1,234 created, 5 deleted", picture="run-now")
    visit.stack.use.pull_history.ended("acme", job.run, "completed")
    visit.sees("completed")


CITIES = [{"value": "Nairobi", "validFor": ["Africa"]}, {"value": "Zurich", "validFor": ["Europe"]}]
PICKLISTS = [
    {"name": "Continent__c", "label": "Continent", "type": "picklist", "picklistValues": ["Africa", "Europe"]},
    {
        "name": "City__c",
        "label": "City",
        "type": "picklist",
        "controllerName": "Continent__c",
        "picklistValues": CITIES,
    },
]
DEPENDENT = {"sobjects": [{"name": "Account", "fields": PICKLISTS}]}


def looks_through_the_data_model(visit: Visit) -> None:
    """An integrator names the product's fields, and looks through the org's objects."""
    requests.post(f"{visit.stack.connect.org_url}/_control/schema", json=DEPENDENT, timeout=10).raise_for_status()
    visit.stack.backend("PUT", "sources/lead/fields", {"fields": [{"name": "score", "type": "number"}]})
    a_sync(visit, enabled=False, mappings=[{"product": "score", "salesforce": "Description"}])
    visit.opens("integrator", "model")
    visit.sees("score", "Contact.Description")
    visit.types("Label of score", "Lead score")
    visit.presses("Save")
    visit.sees("Fields saved.", picture="model-product")
    if visit.stack.backend("GET", "sources/lead/fields")[1]["fields"][0]["label"] != "Lead score":
        raise BrowserFault("The label was not saved.")
    visit.presses("Salesforce")
    visit.chooses("Salesforce object", "Account")
    visit.types("Find a field", "industry")
    visit.sees("Industry", "picklist", picture="model-org")
    visit.types("Find a field", "city__c")
    visit.presses("2 values")
    visit.sees("Depends on: Continent__c", "Nairobi", "with Africa")


def looks_up_a_record(visit: Visit) -> None:
    """A viewer searches for a record that nothing is known of, and reads so."""
    visit.opens("viewer", "records")
    visit.sees("What happened to a record?", picture="records")
    visit.types("Key, email address or Salesforce Id", "ada@example.com")
    visit.presses("Find")
    visit.sees("No record found", "ada@example.com", picture="records-none")


def sees_every_tenant(visit: Visit) -> None:
    """An operator sees every tenant and opens one, which the page says from then on; a manager does not."""
    visit.stack.walk("second-tenant")
    visit.stack.walk("third-tenant")
    visit.stack.use.parked.put([parked(number)._replace(tenant="second-tenant") for number in range(1234)])
    visit.stack.use.parked.put([parked(number)._replace(tenant="third-tenant") for number in range(12)])
    visit.opens("operator", "tenants")
    visit.sees("acme", "second-tenant", "Connected", "1,000+", "12", picture="tenants")
    if "second-tenant" not in visit.browser.page.locator("tbody tr").first.inner_text():
        raise BrowserFault("The tenant that needs somebody most is not the first.")
    visit.types("Find a tenant", "second")
    visit.sees("second-tenant")
    _opens_a_tenant(visit)
    visit.opens("manager", "tenants")
    visit.sees("Overview")
    visit.lacks("Tenants", "second-tenant")


def _opens_a_tenant(visit: Visit) -> None:
    visit.presses("Open second-tenant")
    visit.sees("Work as second-tenant?", picture="tenant-question")
    visit.pressable("Open").click()  # the page is loaded anew, and begins as any page does
    visit.sees("You work as the tenant second-tenant, as operator ada@acme.example.", picture="tenant-opened")
    if "cws_" in visit.browser.page.url:
        raise BrowserFault("The token stayed in the address.")
    visit.presses("Other tenants")
    visit.sees("open here")


def sets_what_a_tenant_may_do(visit: Visit) -> None:
    """An operator gives a tenant a share of its own and two templates; its integrator is offered these; a manager sets nothing."""
    a_sync(visit)
    visit.opens("operator", "overview")
    visit.presses("Limits")
    visit.sees("What acme may do", "Empty: 80\u00a0%, as everywhere.")
    visit.types("Share of the org’s API calls, in percent", "101")
    visit.presses("Save")
    visit.sees("What acme may do")  # the browser says what fits, beside the field
    if not visit.field("Share of the org’s API calls, in percent").evaluate(
        "(each) => each === document.activeElement"
    ):
        raise BrowserFault("The field that does not fit has not the focus.")
    visit.types("Share of the org’s API calls, in percent", "55")
    visit.field("All").uncheck()
    for name in ("Companies", "Conversations", "Deals", "Support tickets", "Meetings"):
        visit.field(name).uncheck()
    visit.sees("Webinar attendees", picture="policy")
    visit.presses("Save")
    visit.sees("Limits saved.")
    visit.presses("Limits")
    if visit.field("Share of the org’s API calls, in percent").input_value() != "55":
        raise BrowserFault("The share was not kept.")
    visit.opens("integrator", "overview")
    visit.sees("Needs you")
    visit.lacks("Limits")
    visit.opens("integrator", "syncs")
    visit.presses("New sync")
    visit.sees("Webinar attendees")
    visit.lacks("Support tickets")


VISITS: tuple[Callable[[Visit], None], ...] = (
    sets_up_the_first_sync,
    sees_what_needs_a_person_first,
    reads_why_a_change_is_parked_and_sends_it_again,
    keeps_a_filter_of_parked_changes,
    reads_the_history,
    runs_a_sync_and_watches_it,
    looks_through_the_data_model,
    looks_up_a_record,
    sees_every_tenant,
    sets_what_a_tenant_may_do,
)
