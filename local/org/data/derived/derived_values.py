"""Values that the org computes when a record is saved: names, addresses, closed flags, activity accounts, auto-numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from ...schema.row import Row
from ...schema.sobjects import SObjectType
from ...standard.activities import CLOSED_TASK_STATUS
from ...standard.sales import CLOSED_CASE_STATUS, STAGES
from ..rules.addresses import has_codes, sync_codes
from ..rules.save_rules import campaign_statuses
from ..storage.records import Records
from . import files, products

ADDRESS_PARTS = {
    "city": "City",
    "country": "Country",
    "geocodeAccuracy": "GeocodeAccuracy",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "postalCode": "PostalCode",
    "state": "State",
    "street": "Street",
}

CODED_PARTS = dict(sorted({**ADDRESS_PARTS, "countryCode": "CountryCode", "stateCode": "StateCode"}.items()))
EVENT_TIMES = ("StartDateTime", "EndDateTime", "ActivityDateTime", "ActivityDate", "DurationInMinutes")

type Derivation = Callable[[Records, Row, Row | None], None]


def derive(records: Records, sobject: SObjectType, row: Row, before: Row | None = None) -> None:
    """Compute what follows from a row's other values and from its earlier version."""
    for name in sobject.addresses:
        coded = has_codes(sobject, name)
        if coded:
            sync_codes(records.settings.countries, row, before, name)
        _set(row, name, _address(row, name.removesuffix("Address"), CODED_PARTS if coded else ADDRESS_PARTS))
    derivation = DERIVATIONS.get(sobject.name) or _of_any(sobject)
    if derivation is not None:
        derivation(records, row, before)


def _of_any(sobject: SObjectType) -> Derivation | None:
    """Return what an sObject without derivations of its own has: a person's Name is made of its parts."""
    name = sobject.field("Name")
    return _person if name is not None and name.extra_type_info == "personname" and not name.createable else None


def number(records: Records, sobject: SObjectType, row: Row) -> None:
    """Give a new record the next value of its auto-number fields."""
    for field in sobject.fields:
        if field.auto_number and field.name not in row:
            row[field.name] = formatted_number(
                field.display_format or "{0}", records.next_number(f"{sobject.name}.{field.name}")
            )


def formatted_number(display_format: str, value: int) -> str:
    """Return an auto-number by its display format: `A-{0000}` gives A-0007."""
    before, _, rest = display_format.partition("{")
    digits, _, after = rest.partition("}")
    return f"{before}{str(value).rjust(len(digits), '0')}{after}"


def person_name(row: Row) -> str:
    """Return a person's full name: first, middle and last name and suffix, without the salutation (Object Reference, Contact)."""
    return " ".join(str(row[part]) for part in ("FirstName", "MiddleName", "LastName", "Suffix") if row.get(part))


def _address(row: Row, prefix: str, names: dict[str, str]) -> dict[str, Any] | None:
    parts = {part: row.get(f"{prefix}{field}") for part, field in names.items()}
    return parts if any(value is not None for value in parts.values()) else None


def _set(row: Row, name: str, value: Any) -> None:
    if value is None:
        row.pop(name, None)
    else:
        row[name] = value


def _person(records: Records, row: Row, before: Row | None) -> None:
    row["Name"] = person_name(row)


def _contact(records: Records, row: Row, before: Row | None) -> None:
    _person(records, row, before)
    row["IsEmailBounced"] = row.get("EmailBouncedDate") is not None


def _account(records: Records, row: Row, before: Row | None) -> None:
    """Make an account with a last name a person account; only orgs with person accounts have that field."""
    if row.get("LastName") is not None:
        row["IsPersonAccount"] = True
        _person(records, row, before)


def _opportunity(records: Records, row: Row, before: Row | None) -> None:
    if before is not None:
        row.update(products.total_of(records, row))
    stage = row.get("StageName", "")
    probability, category = STAGES.get(stage, (None, "Pipeline"))
    row["IsWon"] = stage == "Closed Won"
    row["IsClosed"] = row["IsWon"] or stage == "Closed Lost"
    row["ForecastCategory"] = category
    moved = before is not None and before.get("StageName") != stage
    for name, value in (("Probability", probability), ("ForecastCategoryName", category)):
        if row.get(name) is None or (moved and before is not None and before.get(name) == row[name]):
            _set(row, name, value)
    amount = row.get("Amount")
    _set(row, "ExpectedRevenue", None if amount is None else round(amount * row.get("Probability", 0) / 100, 2))
    close = str(row.get("CloseDate", ""))
    if close:
        row["FiscalYear"], row["FiscalQuarter"] = int(close[:4]), (int(close[5:7]) + 2) // 3
        row["Fiscal"] = f"{row['FiscalYear']} {row['FiscalQuarter']}"


def _case(records: Records, row: Row, before: Row | None) -> None:
    row["IsClosed"] = row.get("Status") == CLOSED_CASE_STATUS
    _set(row, "ClosedDate", (row.get("ClosedDate") or records.stamp()) if row["IsClosed"] else None)
    contact = records.raw(row["ContactId"]) if row.get("ContactId") else None
    person = contact or {}
    if row.get("AccountId") is None:
        _set(row, "AccountId", person.get("AccountId"))
    copies = {"ContactPhone": "Phone", "ContactMobile": "MobilePhone", "ContactEmail": "Email", "ContactFax": "Fax"}
    for target, source in copies.items():
        _set(row, target, person.get(source))


def _activity(records: Records, row: Row, before: Row | None) -> None:
    who = records.raw(row["WhoId"]) if row.get("WhoId") else None
    what = records.raw(row["WhatId"]) if row.get("WhatId") else None
    row["WhoCount"], row["WhatCount"] = int(who is not None), int(what is not None)
    account = row["WhatId"] if row.get("WhatId", "").startswith("001") else (what or {}).get("AccountId")
    _set(row, "AccountId", account or (who or {}).get("AccountId"))


def _task(records: Records, row: Row, before: Row | None) -> None:
    _activity(records, row, before)
    row["IsClosed"] = row.get("Status") == CLOSED_TASK_STATUS
    row["IsHighPriority"] = row.get("Priority") == "High"
    row.setdefault("TaskSubtype", "Task")
    _set(row, "CompletedDateTime", (row.get("CompletedDateTime") or records.stamp()) if row["IsClosed"] else None)


def _event(records: Records, row: Row, before: Row | None) -> None:
    """Compute start, end and duration from each other (Object Reference, Event)."""
    _activity(records, row, before)
    given = {name for name in EVENT_TIMES if row.get(name) != (before or {}).get(name)}
    start = row.get(
        "ActivityDateTime" if "StartDateTime" not in given and "ActivityDateTime" in given else "StartDateTime"
    )
    if start is None and row.get("IsAllDayEvent") and row.get("ActivityDate"):
        start = f"{row['ActivityDate']}T00:00:00.000+0000"
    if start is None:
        return
    started = datetime.fromisoformat(start)
    if row.get("EndDateTime") and ("EndDateTime" in given or "DurationInMinutes" not in given):
        ended = datetime.fromisoformat(row["EndDateTime"])
    else:
        ended = started + timedelta(
            minutes=row.get("DurationInMinutes") or (24 * 60 if row.get("IsAllDayEvent") else 0)
        )
    row |= {"StartDateTime": start, "ActivityDateTime": start, "ActivityDate": start[:10], "EndDateTime": _stamp(ended)}
    row |= {"EndDate": _stamp(ended)[:10], "DurationInMinutes": int((ended - started).total_seconds() // 60)}


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def _campaign_member(records: Records, row: Row, before: Row | None) -> None:
    person_id = row.get("LeadId") or row.get("ContactId") or ""
    person = records.raw(person_id) or {}
    for name in ("FirstName", "LastName", "Title", "Email", "Phone", "Name"):
        _set(row, name, person.get(name))
    account = records.raw(person.get("AccountId", "")) or {}
    _set(row, "CompanyOrAccount", person.get("Company") or account.get("Name"))
    _set(row, "LeadOrContactId", person_id or None)
    _set(row, "LeadOrContactOwnerId", person.get("OwnerId"))
    row["Type"] = "Lead" if row.get("LeadId") else "Contact"
    statuses = {status["Label"]: status for status in campaign_statuses(records, row.get("CampaignId"))}
    if row.get("Status") not in statuses and records.settings.unknown_member_status == "default":
        _set(row, "Status", next((name for name, status in statuses.items() if status.get("IsDefault")), None))
    row["HasResponded"] = bool(statuses.get(row.get("Status"), {}).get("HasResponded"))


def _permission_set(records: Records, row: Row, before: Row | None) -> None:
    """A set that no profile owns is a custom one; an assignment holds until it expires."""
    row["IsCustom"] = not row.get("IsOwnedByProfile")
    row["IsActive"] = str(row.get("ExpirationDate") or "~") > records.stamp()


DERIVATIONS: dict[str, Derivation] = {
    "Lead": _person,
    "Contact": _contact,
    "User": _person,
    "Account": _account,
    "Opportunity": _opportunity,
    "Case": _case,
    "Task": _task,
    "Event": _event,
    "CampaignMember": _campaign_member,
    "Attachment": files.attachment,
    "ContentVersion": files.content_version,
    "PricebookEntry": products.price_book_entry,
    "OpportunityLineItem": products.opportunity_line_item,
    "PermissionSet": _permission_set,
    "PermissionSetAssignment": _permission_set,
}
