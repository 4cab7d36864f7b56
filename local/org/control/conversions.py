"""What REST cannot do and people do in the org: convert a lead (SOAP API guide, convertLead) and merge records (merge)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from local.org.control.ports import ControlOrg
from local.org.data.saving.derived_values import derive
from local.org.data.saving.recycle_bin import put_in_recycle_bin
from local.org.data.saving.saving import changed_row, new_row
from local.org.schema.ids import normalized
from local.org.schema.row import Row
from local.org.schema.sobjects import SObjectType
from local.org.standard.people import CONVERTED_STATUS
from local.org.wire import facts
from local.org.wire.call import Call, Route
from local.org.wire.caller import Caller
from local.org.wire.messages import OrgError, Response

if TYPE_CHECKING:
    from local.org.data.store import Store

MERGEABLE = frozenset({"Account", "Contact", "Lead", "Case"})
MOST_LOSERS = 2  # D SOAP API guide, merge: up to three records become one
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
    store: Store,
    caller: Caller | None,
    lead_id: str,
    *,
    account_id: str | None = None,
    contact_id: str | None = None,
    opportunity: bool = False,
    status: str = CONVERTED_STATUS,
) -> dict[str, str | None]:
    """Turn a lead into a contact of an account, new ones unless given; return the Ids it became."""
    lead_type, lead = _live(store, lead_id, "Lead")
    if lead.get("IsConverted"):
        raise OrgError("CANNOT_UPDATE_CONVERTED_LEAD", facts.CONVERTED_LEAD_MESSAGE)
    with store.transaction(caller):
        contact = _live(store, contact_id, "Contact")[1] if contact_id else None
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
        _repoint(store, caller, lead["Id"], became)
    return {"account_id": normalized(account), "contact_id": normalized(became), "opportunity_id": deal}


def merge(
    store: Store, caller: Caller | None, master_id: str, loser_ids: Iterable[str], values: Row | None = None
) -> None:
    """
    Merge up to two records into a master of the same sObject.

    The losers are deleted with MasterRecordId = master, their children move to the master, whose stamp moves.
    """
    master_type, master = _live(store, master_id)
    losers = [_live(store, each, master_type.name)[1] for each in loser_ids]
    if master_type.name not in MERGEABLE:
        raise OrgError("INVALID_TYPE", f"{master_type.name} records cannot be merged.")
    if not 1 <= len(losers) <= MOST_LOSERS or master["Id"] in {each["Id"] for each in losers}:
        raise OrgError("INVALID_INPUT", f"A merge takes one or {MOST_LOSERS} records besides the master.")
    with store.transaction(caller):
        for loser in losers:
            _repoint(store, caller, loser["Id"], master["Id"])
            marked = loser | {"MasterRecordId": master["Id"]}
            put_in_recycle_bin(store, caller, master_type, marked)
        row = changed_row(store, caller, master, dict(values or {}))
        derive(store, master_type, row)
        store.write(master_type, row, master["Id"], "merged", {"losers": [each["Id"] for each in losers]})


def _live(store: Store, record_id: str, sobject: str | None = None) -> tuple[SObjectType, Row]:
    full = normalized(record_id) or record_id
    kind, row = store.schema.of_id(full), store.raw(full)
    if kind is None or row is None or (sobject is not None and kind.name != sobject):
        raise OrgError(*facts.UNKNOWN_REFERENCE, status=404, fields=[])
    if row.get("IsDeleted"):
        raise OrgError(*facts.DELETED_REFERENCE, status=404, fields=[])
    return kind, row


def _insert(store: Store, caller: Caller | None, sobject: str, values: Row) -> str:
    kind = store.table(sobject).sobject
    row = new_row(store, caller, kind, values)
    derive(store, kind, row)
    store.write(kind, row, row["Id"], "created", values)
    store.after_save(caller, kind, row)
    return str(row["Id"])


def _person_contact(store: Store, account_id: str) -> str | None:
    """Return the contact that mirrors an account, if that is a person's."""
    account = store.raw(normalized(account_id) or "") or {}
    return account.get("PersonContactId")


def _account(lead: Row) -> Row:
    """Return the account a lead becomes; a person's where the lead names no company (only with person accounts)."""
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


def _opportunity(store: Store, lead: Row, account_id: str) -> Row:
    return {
        "Name": f"{lead.get('Company') or lead['Name']}-",
        "StageName": "Prospecting",
        "CloseDate": store.stamp()[:10],
        "AccountId": normalized(account_id),
        "OwnerId": _owner(lead),
        "LeadSource": lead.get("LeadSource"),
    }


def _owner(lead: Row) -> str | None:
    """Return the lead's owner, unless a queue owns it: contacts and accounts belong to users."""
    owner = lead.get("OwnerId")
    return str(owner) if owner and owner.startswith("005") else None


def _repoint(store: Store, caller: Caller | None, from_id: str, to_id: str) -> None:
    """Move every reference to one record to another."""
    kind = store.schema.of_id(from_id)
    for relation in kind.children if kind else ():
        child_type = store.schema.sobject(relation.child_sobject)
        field = child_type.field(relation.field) if child_type else None
        target = store.schema.of_id(to_id)
        if child_type is None or field is None or target is None or target.name not in field.reference_to:
            continue
        if field.name in ("MasterRecordId", "ConvertedAccountId", "ConvertedContactId"):
            continue
        for child in list(store.table(child_type.name).find(field, [from_id])):
            row = changed_row(store, caller, child, {field.name: normalized(to_id)})
            derive(store, child_type, row)
            store.write(child_type, row, child["Id"], "updated")


def convert_route(call: Call[ControlOrg], lead_id: str) -> Response:
    """POST leads/<id>/convert `{"account_id"?, "contact_id"?, "opportunity"?}`: what a sales rep does with a good lead."""
    body: dict[str, Any] = call.request.json() if call.request.body.strip() else {}
    return Response(
        200,
        convert_lead(
            call.org.store,
            None,
            lead_id,
            account_id=body.get("account_id"),
            contact_id=body.get("contact_id"),
            opportunity=bool(body.get("opportunity")),
        ),
    )


def merge_route(call: Call[ControlOrg]) -> Response:
    """POST merge `{"master", "losers": [...], "values"?: {...}}`: what a person does with duplicates."""
    body = call.request.json()
    try:
        merge(call.org.store, None, body["master"], body["losers"], body.get("values"))
    except (KeyError, TypeError) as error:
        raise OrgError("JSON_PARSER_ERROR", "A merge takes master and losers.") from error
    return Response(200, {"master": normalized(body["master"])})


def delete_route(call: Call[ControlOrg]) -> Response:
    """POST delete `{"ids": [...], "hard"?: true}`: what a person deletes, into the recycle bin or past it."""
    body = call.request.json()
    for record_id in body.get("ids", []):
        if body.get("hard"):
            call.org.store.hard_delete(None, record_id)
        else:
            kind, row = _live(call.org.store, record_id)
            with call.org.store.transaction(None):
                put_in_recycle_bin(call.org.store, None, kind, row)
    return Response(204)


def undelete_route(call: Call[ControlOrg]) -> Response:
    """POST undelete `{"ids": [...]}`: take records out of the recycle bin."""
    for record_id in call.request.json().get("ids", []):
        call.org.store.undelete(None, record_id)
    return Response(204)


def empty_route(call: Call[ControlOrg]) -> Response:
    """POST recycle-bin/empty: what is deleted is gone for good, as after 15 days."""
    return Response(200, {"removed": call.org.store.empty_recycle_bin()})


CONTROL_ROUTES: list[Route[ControlOrg]] = [
    ("POST", "/leads/(?P<lead_id>[0-9A-Za-z]+)/convert", convert_route),
    ("POST", "/merge", merge_route),
    ("POST", "/delete", delete_route),
    ("POST", "/undelete", undelete_route),
    ("POST", "/recycle-bin/empty", empty_route),
]
