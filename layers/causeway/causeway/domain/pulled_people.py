"""The account and owner data that rides on a pulled person (product.md §6): read through the record's own relationships."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from causeway.domain.describe import SObjectDescribe

OWNER_PATHS = ("OwnerId", "Owner.Name", "Owner.Email", "Owner.IsActive")
ACCOUNT_FIELDS = ("Id", "Name", "Website", "OwnerId", "Owner.Name", "Owner.Email")
PEOPLE = {"Contact": "Account", "Lead": "ConvertedAccount"}
USER_PREFIX = "005"


def people_paths(describe: SObjectDescribe) -> tuple[str, ...]:
    """Return what to select beside a person's own fields; nothing for other sObjects or what the user can not see."""
    account = PEOPLE.get(describe.name)
    if account is None:
        return ()
    paths: tuple[str, ...] = OWNER_PATHS if describe.relationship("Owner") else ()
    if describe.relationship(account):
        paths += tuple(f"{account}.{name}" for name in ACCOUNT_FIELDS)
    return paths


def people_data(sobject: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the names of product.md §6 for one Contact or Lead row; an inactive owner or a queue is nobody's rep."""
    relationship = PEOPLE.get(sobject)
    if relationship is None:
        return {}
    account = row.get(relationship) or {}
    account_owner = account.get("Owner") or {}
    return {
        f"salesforce_{sobject.lower()}_id": row["Id"],
        "salesforce_account_id": account.get("Id"),
        "salesforce_account_name": account.get("Name"),
        "salesforce_account_website": account.get("Website"),
        "salesforce_account_owner_id": account.get("OwnerId"),
        "salesforce_account_owner_name": account_owner.get("Name"),
        "salesforce_account_owner_email": account_owner.get("Email"),
        **_representative(row),
    }


def _representative(row: Mapping[str, Any]) -> dict[str, Any]:
    owner = row.get("Owner") or {}
    is_rep = owner.get("IsActive") is True and str(row.get("OwnerId") or "").startswith(USER_PREFIX)
    return {
        "salesforce_assigned_sales_rep_id": row.get("OwnerId") if is_rep else None,
        "salesforce_assigned_sales_rep_name": owner.get("Name") if is_rep else None,
        "salesforce_assigned_sales_rep_email": owner.get("Email") if is_rep else None,
    }
