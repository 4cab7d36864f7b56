"""The org's own save rules, beyond a field's: required fields, references, owners, record types, converted leads, uniqueness."""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.row import Row
from ...schema.sobjects import FieldType, SObjectType
from ...standard.people import CONVERTED_STATUS
from ..storage.records import Records
from ..storage.tables import key_of
from . import facts
from .addresses import bad_addresses
from .field_values import bad_picklist_value
from .products import opportunity_line_item, price_book_entry
from .references import bad_owner, bad_references
from .save_results import RecordError, Save


def missing_fields(save: Save) -> Iterator[RecordError]:
    """Refuse a create without, or an update that clears, a required field; all in one error."""
    missing = [
        field.name
        for field in save.sobject.fields
        if not field.nillable
        and field.type != "boolean"
        and (field.createable or field.updateable)
        and save.row.get(field.name) is None
        and not (field.defaulted_on_create and save.before is None)
    ]
    if missing:
        yield RecordError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing)


def converted_lead(save: Save) -> Iterator[RecordError]:
    """Refuse changes of a converted lead, and a status that only conversion may set (SOAP API guide, convertLead)."""
    if save.sobject.name != "Lead":
        return
    if save.before is not None and save.before.get("IsConverted"):
        if not save.records.rights(save.caller).has("ViewEditConvertedLeads"):
            yield RecordError("CANNOT_UPDATE_CONVERTED_LEAD", facts.CONVERTED_LEAD_MESSAGE)
    elif save.changes.get("Status") == CONVERTED_STATUS and not save.row.get("IsConverted"):
        yield RecordError(*facts.CONVERTED_STATUS_BY_API, ["Status"])


def activity_relations(save: Save) -> Iterator[RecordError]:
    """Refuse a WhatId together with a lead as WhoId (Object Reference, Task)."""
    if (
        save.sobject.name in {"Task", "Event"}
        and save.row.get("WhatId")
        and save.row.get("WhoId", "").startswith("00Q")
    ):
        yield RecordError(
            "FIELD_INTEGRITY_EXCEPTION", "Related To ID: a lead cannot be related to something else.", ["WhatId"]
        )


def event_times(save: Save) -> Iterator[RecordError]:
    """Refuse an event without a start, without an end or duration, or with an end before its start (Object Reference, Event)."""
    if save.sobject.name != "Event":
        return
    duration = save.row.get("DurationInMinutes")
    if save.row.get("StartDateTime") is None:
        yield RecordError(
            "REQUIRED_FIELD_MISSING", "Required fields are missing: [ActivityDateTime]", ["ActivityDateTime"]
        )
    elif (
        save.before is None
        and not {"EndDateTime", "DurationInMinutes"} & save.changes.keys()
        and not save.row.get("IsAllDayEvent")
    ):
        yield RecordError(
            "REQUIRED_FIELD_MISSING", "Required fields are missing: [DurationInMinutes]", ["DurationInMinutes"]
        )
    elif isinstance(duration, int) and duration < 0:
        yield RecordError("FIELD_INTEGRITY_EXCEPTION", "End date can not precede start date.", ["EndDateTime"])


def campaign_member(save: Save) -> Iterator[RecordError]:
    """Refuse a member without a person, with an unknown status, or twice in a campaign (Object Reference, CampaignMember)."""
    if save.sobject.name != "CampaignMember":
        return
    person_field = "LeadId" if save.row.get("LeadId") else "ContactId"
    person_id = save.row.get(person_field)
    if person_id is None:
        yield RecordError(
            "REQUIRED_FIELD_MISSING", "Required fields are missing: [LeadId, ContactId]", ["LeadId", "ContactId"]
        )
        return
    statuses = {row["Label"] for row in campaign_statuses(save.records, save.row.get("CampaignId"))}
    status = save.sobject.field("Status")
    if status is not None and statuses and save.row.get("Status") not in statuses:
        yield bad_picklist_value(status, str(save.row.get("Status")))
    key = save.sobject.field(person_field)
    for other in save.records.table("CampaignMember").find(key, [person_id]) if key else ():
        if other.get("CampaignId") == save.row.get("CampaignId") and other["Id"] != save.row["Id"]:
            yield RecordError("DUPLICATE_VALUE", "Already a campaign member.")


def campaign_statuses(records: Records, campaign_id: str | None) -> list[Row]:
    """Return the statuses that the members of a campaign may have."""
    table = records.table("CampaignMemberStatus")
    field = table.sobject.field("CampaignId")
    found = table.find(field, [campaign_id]) if field is not None and campaign_id else ()
    return [row for row in found if not row.get("IsDeleted")]


def record_type_picklists(save: Save) -> Iterator[RecordError]:
    """Refuse values of restricted picklists that the record's type does not offer."""
    record_type = save.sobject.record_type(save.row.get("RecordTypeId", ""))
    if record_type is None:
        return
    for name, offered in record_type.picklists.items():
        field, value = save.sobject.field(name), save.changes.get(name)
        if field is not None and value is not None and field.restricted_picklist and value not in offered:
            yield bad_picklist_value(field, value)


def dependent_picklists(save: Save) -> Iterator[RecordError]:
    """Refuse a restricted dependent value that does not go with its controlling value, where the org enforces that."""
    if not save.records.settings.dependent_picklists_enforced:
        return
    for field in save.sobject.fields:
        controller = save.sobject.field(field.controller_name) if field.controller_name else None
        value = save.row.get(field.name)
        entry = field.picklist_value(value) if value is not None and field.restricted_picklist else None
        if controller is None or entry is None or entry.valid_for is None:
            continue
        if _index(controller, save.row) not in entry.valid_for:
            yield bad_picklist_value(field, str(value))


def _index(controller: FieldType, row: Row) -> int:
    value = row.get(controller.name)
    if controller.type == "boolean":
        return int(bool(value))
    return next((i for i, each in enumerate(controller.picklist_values) if each.value == value), -1)


def repeated_values(save: Save) -> Iterator[RecordError]:
    """Refuse a value that a unique field of another record already has; deleted records do not count."""
    table = save.records.table(save.sobject.name)
    for field in save.sobject.fields:
        value = save.changes.get(field.name)
        if not field.unique or value is None:
            continue
        for other in table.find(field, [value]):
            same = (
                other.get(field.name) == value
                if field.case_sensitive
                else key_of(other.get(field.name)) == key_of(value)
            )
            if same and other["Id"] != save.row["Id"] and not other.get("IsDeleted"):
                yield _taken(save, field, other)
                break


def _taken(save: Save, field: FieldType, holder: Row) -> RecordError:
    """Return the refusal of a value that another record has, which is named unless the caller may not see it."""
    name, record_id = field.name, holder["Id"][:15]
    if save.records.is_unshared(holder["Id"], save.caller):
        name = record_id = facts.UNSEEN_HOLDER
    return RecordError(
        "DUPLICATE_VALUE", f"duplicate value found: {name} duplicates value on record with id: {record_id}"
    )


def undeletable(records: Records, sobject: SObjectType, row: Row) -> Iterator[RecordError]:
    """Refuse to delete a person account's contact on its own, and an account that has cases."""
    if sobject.name == "Contact" and row.get("IsPersonAccount"):
        yield RecordError(*facts.PERSON_CONTACT_WRITE)
    if sobject.name == "Account":
        table = records.table("Case")
        field = table.sobject.field("AccountId")
        cases = [
            case["CaseNumber"]
            for case in (table.find(field, [row["Id"]]) if field else ())
            if not case.get("IsDeleted")
        ]
        if cases:
            yield RecordError(
                "DELETE_FAILED", facts.ACCOUNT_HAS_CASES.format(name=row.get("Name"), cases=", ".join(cases))
            )


FIRST_RULES = (missing_fields, converted_lead)
RULES = (
    bad_references,
    bad_owner,
    bad_addresses,
    activity_relations,
    event_times,
    record_type_picklists,
    dependent_picklists,
    campaign_member,
    price_book_entry,
    opportunity_line_item,
)


def failures_of(save: Save, field_failures: list[RecordError]) -> list[RecordError]:
    """Return why the org itself refuses a save: the first group of rules that finds something."""
    unstorable = {name for failure in field_failures for name in failure.fields}
    for rule in FIRST_RULES:
        found = [error for error in rule(save) if not unstorable.issuperset(error.fields or [""])]
        if found:
            return found
    failures = field_failures + [error for rule in RULES for error in rule(save)]
    return failures or list(repeated_values(save))
