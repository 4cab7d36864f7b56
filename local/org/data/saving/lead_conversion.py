"""Converts a lead into a contact of an account, and an opportunity (SOAP API guide, convertLead)."""

from __future__ import annotations

from datetime import date, timedelta

from ...schema.ids import normalized
from ...schema.row import Row
from ...standard.people import CONVERTED_STATUS
from ...wire.caller import Caller
from ...wire.messages import OrgError
from ..derived.after_save import after_save
from ..derived.derived_values import derive
from ..derived.row_versions import changed_row, live_row, new_row
from ..rules import facts
from ..rules.ruled_records import RuledRecords
from .merging import repoint

CONTACT_FROM_LEAD = (
    "FirstName",
    "LastName",
    "Salutation",
    "Title",
    "Email",
    "Phone",
    "MobilePhone",
    "Fax",
    "LeadSource",
    "Description",
)
ACCOUNT_FROM_LEAD = ("Phone", "Fax", "Website", "Industry", "AnnualRevenue", "NumberOfEmployees", "Rating")
ADDRESS_FIELDS = ("Street", "City", "State", "PostalCode", "Country")


def convert_lead(
    store: RuledRecords,
    caller: Caller | None,
    lead_id: str,
    *,
    account_id: str | None = None,
    contact_id: str | None = None,
    opportunity: bool = False,
    status: str = CONVERTED_STATUS,
) -> dict[str, str | None]:
    """Convert a lead into a contact of an account, new ones unless given; return the Ids of the results."""
    lead_type, lead = live_row(store, lead_id, "Lead")
    if lead.get("IsConverted"):
        raise OrgError("CANNOT_UPDATE_CONVERTED_LEAD", facts.CONVERTED_LEAD_MESSAGE)
    with store.transaction(caller):
        contact = live_row(store, contact_id, "Contact")[1] if contact_id else None
        account = account_id or (contact or {}).get("AccountId") or _insert(store, caller, "Account", _account(lead))
        mirrored = _person_contact(store, account)
        became = contact_id or mirrored or _insert(store, caller, "Contact", _contact(lead, account))
        deal = _insert(store, caller, "Opportunity", _opportunity(store, lead, account)) if opportunity else None
        changes = {
            "IsConverted": True,
            "Status": status,
            "ConvertedDate": store.stamp()[:10],
            "ConvertedAccountId": normalized(account),
            "ConvertedContactId": normalized(became),
            "ConvertedOpportunityId": deal,
            "IsUnreadByOwner": False,
        }
        store.write(lead_type, changed_row(store, caller, lead, changes), lead["Id"], "updated", changes)
        repoint(store, caller, lead["Id"], became)
    return {"account_id": normalized(account), "contact_id": normalized(became), "opportunity_id": deal}


def _insert(store: RuledRecords, caller: Caller | None, sobject: str, values: Row) -> str:
    kind = store.table(sobject).sobject
    row = new_row(store, caller, kind, values)
    derive(store, kind, row)
    store.write(kind, row, row["Id"], "created", values)
    after_save(store, caller, kind, row)
    return str(row["Id"])


def _person_contact(store: RuledRecords, account_id: str) -> str | None:
    """Return the contact of a person account, None for any other account."""
    account = store.raw(normalized(account_id) or "") or {}
    return account.get("PersonContactId")


def _account(lead: Row) -> Row:
    """Return the account a lead becomes; a person account where the lead names no company."""
    values = {name: lead.get(name) for name in ACCOUNT_FROM_LEAD}
    values |= {f"Billing{name}": lead.get(name) for name in ADDRESS_FIELDS}
    values |= {"OwnerId": _owner(lead), "AccountSource": lead.get("LeadSource")}
    if lead.get("Company"):
        return values | {"Name": lead["Company"]}
    names = {name: lead.get(name) for name in ("FirstName", "LastName", "Salutation")}
    return values | names | {"PersonEmail": lead.get("Email"), "PersonTitle": lead.get("Title")}


def _contact(lead: Row, account_id: str) -> Row:
    values = {name: lead.get(name) for name in CONTACT_FROM_LEAD}
    values |= {f"Mailing{name}": lead.get(name) for name in ADDRESS_FIELDS}
    return values | {"AccountId": normalized(account_id), "OwnerId": _owner(lead)}


def _opportunity(store: RuledRecords, lead: Row, account_id: str) -> Row:
    return {
        "Name": f"{lead.get('Company') or lead['Name']}-",
        "StageName": "Prospecting",
        "CloseDate": _end_of_quarter(store),
        "AccountId": normalized(account_id),
        "OwnerId": _owner(lead),
        "LeadSource": lead.get("LeadSource"),
    }


def _end_of_quarter(store: RuledRecords) -> str:
    """Return the last day of the fiscal quarter (help, lead conversion mapping: the close date of the opportunity)."""
    organization = store.raw(store.organization_id) or {}
    today = date.fromisoformat(store.stamp()[:10])
    shift = (organization.get("FiscalYearStartMonth") or 1) - 1
    months_left = 3 - (today.month - 1 - shift) % 3
    year, month = divmod(today.year * 12 + today.month - 1 + months_left, 12)
    return (date(year, month + 1, 1) - timedelta(days=1)).isoformat()


def _owner(lead: Row) -> str | None:
    """Return the lead's owner, unless a queue owns it: contacts and accounts belong to users."""
    owner = lead.get("OwnerId")
    return str(owner) if owner and owner.startswith("005") else None
