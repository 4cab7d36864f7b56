"""The steps of the demo, each with what it must show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from local.demo.connecting import connect
from local.demo.customers import SOURCE, TENANT, customers, message, syncs
from local.demo.report import check, heading, say, table
from local.demo.stack_client import Refused, StackClient
from local.stack.waiting import PATIENCE_S, Seen

CUSTOMERS, WITH_COMPANY = 59, 10
WITHOUT_COMPANY = CUSTOMERS - WITH_COMPANY
CONFLICT = 409


@dataclass
class Sending:
    """What came of one message: its outcomes by (key, sObject), the API calls it cost, describe apart."""

    outcomes: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    calls: int = 0
    describes: int = 0
    writes: list[dict[str, Any]] = field(default_factory=list)

    def of(self, sobject: str, result: str) -> list[dict[str, Any]]:
        """Return the outcomes of one sObject with one result."""
        return [item for item in self.outcomes.values() if (item["sobject"], item["result"]) == (sobject, result)]


def prepare(client: StackClient) -> None:
    """Connect the demo's tenant and save its two syncs."""
    heading("Connecting tenant 'chinook' to the simulated Salesforce org")
    connection = connect(client, TENANT)
    check(connection["status"] == "connected", f"connected as {connection['username']} to org {connection['org_id']}")
    heading("Saving a Contact sync and a Lead sync")
    for sync in syncs():
        saved = _saved(client, sync)
        errors = [problem["message"] for problem in saved["problems"] if problem["level"] == "error"]
        check(
            saved["enabled"] and not errors,
            f"{saved['id']} → {saved['sobject']}: {len(saved['mappings'])} fields, live",
        )


def _saved(client: StackClient, sync: dict[str, Any]) -> dict[str, Any]:
    """Return the sync as the API keeps it; one that an unanswered call has saved already is read."""
    syncs_path = f"/v1/tenants/{TENANT}/syncs"
    try:
        saved: dict[str, Any] = client.call("POST", syncs_path, sync)
    except Refused as refused:
        if refused.status != CONFLICT:
            raise
        saved = client.call("GET", f"{syncs_path}/{sync['id']}")
    return saved


def run(client: StackClient) -> None:
    """Run every step of the main job; raise Unmet when a promise does not hold."""
    prepare(client)
    costs = [
        ("59 customers, first time", first_sending(client)),
        ("the same 59 again", second_sending(client)),
        ("one new phone number", new_phone(client)),
        ("a conversation", conversation(client)),
    ]
    heading("What it cost in Salesforce API calls")
    rows = [[name, str(sent.calls), str(sent.describes), str(len(sent.writes))] for name, sent in costs]
    table(["step", "API calls", "describe calls", "records written"], rows)


def first_sending(client: StackClient) -> Sending:
    """Send everybody once: 59 Contacts, 10 Leads, 49 explained refusals, in at most 4 calls."""
    heading("Sending 59 customers through the push queue, in one message")
    sent = send(client, customers())
    _show_people(sent)
    check(len(sent.of("Contact", "created")) == CUSTOMERS, f"{CUSTOMERS} Contacts created")
    check(len(sent.of("Lead", "created")) == WITH_COMPANY, f"{WITH_COMPANY} Leads created")
    refused = sent.of("Lead", "rejected")
    codes = Counter(item["code"] for item in refused)
    check(
        codes == {"missing_required_field": WITHOUT_COMPANY}, f"{WITHOUT_COMPANY} Leads refused: a Lead needs a company"
    )
    warned = [item for item in sent.of("Contact", "created") if _email_left_out(item)]
    check(len(warned) == 1, "one Contact created without its Email, with the reason decided before sending")
    check(sent.calls <= 4, f"API calls: {sent.calls} (4 at most)")
    check(_parked(client) == WITHOUT_COMPANY, f"{WITHOUT_COMPANY} refusals parked with their reason")
    return sent


def second_sending(client: StackClient) -> Sending:
    """Send everybody again: nothing is written, nothing is parked twice."""
    heading("Sending the same 59 again")
    sent = send(client, customers())
    check(len(sent.of("Contact", "unchanged")) == CUSTOMERS, f"{CUSTOMERS} Contacts unchanged")
    check(len(sent.of("Lead", "unchanged")) == WITH_COMPANY, f"{WITH_COMPANY} Leads unchanged")
    check(len(sent.of("Lead", "rejected")) == WITHOUT_COMPANY, f"{WITHOUT_COMPANY} Leads refused again")
    check(not sent.writes, "no record written")
    check(sent.calls <= 2, f"API calls: {sent.calls} (2 at most)")
    check(_parked(client) == WITHOUT_COMPANY, "no second parked entry")
    return sent


def new_phone(client: StackClient) -> Sending:
    """Change one field of a person without a company: one field of one record is written."""
    heading("One person without a company has a new phone number")
    person = next(item for item in customers() if "company" not in item["fields"])
    person["fields"]["phone"] = "+49 0711 0000001"
    sent = send(client, [person])
    updated = sent.of("Contact", "updated")
    check([item["fields_written"] for item in updated] == [["Phone"]], "one Contact updated, field Phone alone")
    check(len(sent.writes) == 1, "one record written")
    return sent


def conversation(client: StackClient) -> Sending:
    """Let a conversation land in Description, readable."""
    heading("A conversation with one of them lands in Description")
    person = {**customers()[0], "conversation": _talk()}
    sent = send(client, [person])
    changed = [item for item in sent.outcomes.values() if item["result"] == "updated"]
    check(
        bool(changed),
        f"{len(changed)} records updated, fields {sorted({f for i in changed for f in i['fields_written']})}",
    )
    contact_id = sent.outcomes[person["key"], "Contact"]["salesforce_id"]
    record = next(row for row in client.org("records/Contact")["records"] if row["Id"] == contact_id)
    for line in record.get("Description", "").splitlines():
        say(f"│ {line}")
    check("shipping" in record.get("Description", ""), "the transcript is in the Contact's Description")
    return sent


def _talk() -> list[dict[str, str]]:
    return [
        {"at": "2026-11-20T09:58:00Z", "speaker": "lead", "text": "Hello! Do you ship to Brazil?"},
        {"at": "2026-11-20T09:58:20Z", "speaker": "agent", "text": "We do, shipping takes about five days."},
        {"at": "2026-11-20T09:59:05Z", "speaker": "lead", "text": "Great, please call me on Monday."},
    ]


def send(client: StackClient, changes: list[dict[str, Any]]) -> Sending:
    """Push the changes in one message and wait for every outcome of both syncs."""
    before, seen = client.org_calls(), len(client.org("audit")["entries"])
    client.push(message(changes))
    say(
        f"sent; waiting for the outcomes of both syncs for {len(changes)} people …"
        if len(changes) > 1
        else "sent; waiting …"
    )
    sending = Sending(outcomes=_awaited(client, {item["key"] for item in changes}))
    after = client.org_calls()
    sending.describes = after.get("describe", 0) - before.get("describe", 0)
    sending.calls = after["all"] - before["all"] - sending.describes
    sending.writes = [effect for entry in client.org("audit")["entries"][seen:] for effect in entry["effects"]]
    return sending


def _awaited(client: StackClient, keys: set[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """
    Return the outcomes of both syncs by (key, sObject) once all are there.

    A killed batch is silent until the queue shows it again, so patience is longer than that may take.
    """
    outcomes: dict[tuple[str, str], dict[str, Any]] = {}
    wanted = len(keys) * len(syncs())

    def look() -> Seen[dict[tuple[str, str], dict[str, Any]]]:
        for published in client.outbound():
            if (published["tenant"], published["source"]) == (TENANT, SOURCE):
                outcomes.update({(item["key"], item["sobject"]): item for item in published["outcomes"]})
        if len(outcomes) >= wanted:
            return Seen(outcomes, "")
        calls = client.org_calls()["all"]
        state = f"{len(outcomes)} of {wanted} outcomes; {client.push_queue()}; {calls} API calls at the org"
        return Seen(None, state, (len(outcomes), calls))

    patience_s = max(PATIENCE_S, client.stack["recovery_bound_s"] + 60)
    replace(client.waiter, patience_s=patience_s).wait("the outcomes", look)
    say(f"{len(outcomes)} of {wanted} outcomes")
    return outcomes


def _show_people(sent: Sending) -> None:
    names = {item["key"]: item["fields"] for item in customers()}
    rows = []
    for key, fields in names.items():
        contact, lead = sent.outcomes[key, "Contact"], sent.outcomes[key, "Lead"]
        why = lead["detail"] or "; ".join(warning["detail"] for warning in contact["warnings"])
        rows.append([f"{fields['first_name']} {fields['last_name']}", contact["result"], lead["result"], why or ""])
    table(["person", "Contact", "Lead", "why"], rows)
    for item in sent.of("Contact", "created"):
        for warning in item["warnings"]:
            say(f"note on {item['key']}, {warning['field']}: {warning['detail']}")


def _email_left_out(outcome: dict[str, Any]) -> bool:
    return any(warning["field"] == "Email" for warning in outcome["warnings"])


def _parked(client: StackClient) -> int:
    count, token = 0, ""
    while True:
        path = f"/v1/tenants/{TENANT}/parked?code=missing_required_field" + (f"&next={token}" if token else "")
        answer = client.call("GET", path)
        count += len(answer["parked"])
        token = answer.get("next") or ""
        if not token:
            return count
