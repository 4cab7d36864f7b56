"""What is read of people in one call, and the account and owner data made of it (product.md §6). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from causeway.salesforce.calls import Lookup, Row
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.soql import parent_of
from causeway.syncs.mapping.mappings import normalized_name

type Parents = Mapping[str, SObjectDescribe | None]
"""What is known of sObjects that lookups lead to, None for one that the user can not see; any other is thought to be visible."""
NONE_KNOWN: Parents = {}

ACCOUNT_FIELDS = ("Id", "Name", "Website", "OwnerId", "Owner.Name", "Owner.Email")
OWNER_FIELDS = ("OwnerId", "Owner.Name", "Owner.Email", "Owner.IsActive")
_ALWAYS = {
    "Lead": ("Id", "IsDeleted", "MasterRecordId", "CreatedDate", "Email", "IsConverted", "Company", *OWNER_FIELDS),
    "Contact": (
        "Id",
        "IsDeleted",
        "MasterRecordId",
        "CreatedDate",
        "Email",
        "AccountId",
        "IsPersonAccount",
        *OWNER_FIELDS,
    ),
}
_TOLD_OF = {"Account": ("Name", "Website", "OwnerId"), "User": ("Name", "Email", "IsActive")}
_CONVERTED = ("ConvertedContactId", "ConvertedAccountId")
_ACCOUNT_OF = {"Lead": "ConvertedAccount", "Contact": "Account"}
USER_PREFIX = "005"
MAX_VALUES = 3_000  # per lookup: an Id and an email of one person find one row, and a page of the answer holds 2,000
ROOM = 90_000


def person_fields(
    describe: SObjectDescribe, more: Iterable[str], account_fields: Iterable[str] = (), parents: Parents = NONE_KNOWN
) -> tuple[str, ...]:
    """
    Return what to select of people: identity, conversion, owner, account, and what mappings and expressions name.

    What the user can not see of accounts and owners is left out, unless an expression names it: its sync can not do without.
    """
    names = [*_ALWAYS[describe.name], *(_CONVERTED if describe.name == "Lead" else ())]
    relation = _ACCOUNT_OF[describe.name]
    names += [f"{relation}.{name}" for name in ACCOUNT_FIELDS]
    named = [f"{relation}.{name}" for name in account_fields] if describe.relationship(relation) else []
    return _once([*_visible(describe, names, parents), *named, *more])


def account_fields(
    describe: SObjectDescribe, more: Iterable[str] = (), parents: Parents = NONE_KNOWN
) -> tuple[str, ...]:
    """Return what to select of accounts that are found by name."""
    return _once(_visible(describe, ("Id", "IsDeleted", "CreatedDate", *ACCOUNT_FIELDS[1:], *more), parents))


def record_fields(describe: SObjectDescribe, more: Iterable[str] = ()) -> tuple[str, ...]:
    """Return what to select of other sObjects: identity, and what mappings and expressions name."""
    return _once(_visible(describe, ("Id", "IsDeleted", "MasterRecordId", "CreatedDate", *more), NONE_KNOWN))


def _visible(describe: SObjectDescribe, names: Iterable[str], parents: Parents) -> Iterator[str]:
    return (name for name in names if is_visible(describe, name, parents))


def is_visible(describe: SObjectDescribe, name: str, parents: Parents) -> bool:
    """Tell whether the user can see a field, or what a relationship path leads to, as far as its parents are known."""
    first, _, rest = name.partition(".")
    if not rest:
        return describe.field(first) is not None
    lookup = describe.relationship(first)
    if lookup is None or not lookup.reference_to:  # a lookup to what the user can not see may name no sObject
        return False
    parent = parent_of(lookup)
    if parent is None or parent not in parents:
        return True
    there = parents[parent]
    return there is not None and is_visible(there, rest, parents)


def hides_something(sobject: str, describe: SObjectDescribe | None) -> bool:
    """Tell whether the user can not see everything of an account, or of a user, that is told beside a person."""
    return describe is None or any(describe.field(name) is None for name in _TOLD_OF.get(sobject, ()))


def _once(names: Iterable[str]) -> tuple[str, ...]:
    chosen: dict[str, str] = {}
    for name in names:
        chosen.setdefault(name.lower(), name)
    return tuple(chosen.values())


def lookups(
    sobject: str, fields: tuple[str, ...], criteria: Mapping[str, Iterable[Any]], via: str = ""
) -> Iterator[Lookup]:
    """Yield lookups of one sObject, split so that each fits a statement and mostly one page."""
    values = [(name, value) for name, found in criteria.items() for value in sorted(set(found))]
    chunk: list[tuple[str, Any]] = []
    used = 0
    for name, value in values:
        size = len(str(value)) + 8
        if chunk and (len(chunk) >= MAX_VALUES or used + size > ROOM):
            yield _lookup(sobject, fields, chunk, via)
            chunk, used = [], 0
        chunk.append((name, value))
        used += size
    if chunk:
        yield _lookup(sobject, fields, chunk, via)


def _lookup(sobject: str, fields: tuple[str, ...], chunk: list[tuple[str, Any]], via: str) -> Lookup:
    by_field: dict[str, list[Any]] = {}
    for name, value in chunk:
        by_field.setdefault(name, []).append(value)
    return Lookup(sobject, fields, tuple((name, tuple(found)) for name, found in by_field.items()), via)


def rows_by_name(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return live rows by normalized name."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if not row.get("IsDeleted"):
            found.setdefault(normalized_name(str(row.get("Name") or "")), []).append(row)
    return found


def account_of(lead: Row | None, contact: Row | None, named: Iterable[Row]) -> Row | None:
    """Return the account: the one a converted lead became, that of the newest contact, the newest of the company's name."""
    if lead and lead.get("IsConverted") and lead.get("ConvertedAccountId"):
        return lead.get("ConvertedAccount") or {"Id": lead["ConvertedAccountId"]}
    if contact and contact.get("AccountId"):
        return contact.get("Account") or {"Id": contact["AccountId"]}
    return max(named, key=lambda row: (str(row.get("CreatedDate") or ""), row["Id"]), default=None)


def owner_of(lead: Row | None, contact: Row | None) -> dict[str, Any] | None:
    """Return the assigned sales rep: the lead's owner, else the contact's; only an active user, never a queue."""
    for row in (lead, contact):
        owner = (row or {}).get("Owner") or {}
        owner_id = str((row or {}).get("OwnerId") or "")
        if owner.get("IsActive") is True and owner_id.startswith(USER_PREFIX):
            return {"Id": owner_id, "Name": owner.get("Name"), "Email": owner.get("Email")}
    return None


def person_data(lead: Row | None, contact: Row | None, account: Row | None, owner: Row | None) -> dict[str, Any]:
    """Return the names of product.md §6; what is not known is null."""
    account, owner = account or {}, owner or {}
    account_owner = account.get("Owner") or {}
    return {
        "salesforce_lead_id": lead["Id"] if lead else None,
        "salesforce_contact_id": contact["Id"] if contact else None,
        "salesforce_account_id": account.get("Id"),
        "salesforce_account_name": account.get("Name"),
        "salesforce_account_website": account.get("Website"),
        "salesforce_account_owner_id": account.get("OwnerId"),
        "salesforce_account_owner_name": account_owner.get("Name"),
        "salesforce_account_owner_email": account_owner.get("Email"),
        "salesforce_assigned_sales_rep_id": owner.get("Id"),
        "salesforce_assigned_sales_rep_name": owner.get("Name"),
        "salesforce_assigned_sales_rep_email": owner.get("Email"),
    }
