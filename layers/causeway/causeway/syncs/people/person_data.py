"""The account, the owner and the data that outcomes and pulled records carry of a person (docs/messages.md). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from causeway.salesforce.calls import Row
from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.values.texts import text_of
from causeway.syncs.mapping.parent_rows import keys_of
from causeway.syncs.mapping.rows import normalized_name

USER_PREFIX = "005"


def rows_by_name(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return live rows by normalized name."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if not row.get("IsDeleted"):
            found.setdefault(normalized_name(str(row.get("Name") or "")), []).append(row)
    return found


def rows_by_field(rows: Iterable[Row], field: FieldDescribe) -> dict[str, list[Row]]:
    """Return live rows by the value of a field, under the key that `keys_of` gives where case counts in it, or does not."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        text = text_of(row.get(field.name))
        if text and not row.get("IsDeleted"):
            exact, folded = keys_of(text)
            found.setdefault(exact if field.case_sensitive else folded, []).append(row)
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
    """Return the data of a person by its published names; what is not known is null."""
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
