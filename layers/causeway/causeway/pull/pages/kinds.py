"""What a pulled row means to the product: created, updated, deleted, merged, converted, or outside the rule (docs/pull.md). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Kind = Literal["created", "updated", "deleted", "merged", "converted", "left_rule"]


def kind_of(row: Mapping[str, Any], *, is_new: bool) -> Kind:
    """
    Return the kind of one row, first that fits (docs/pull.md); `is_new`: the product does not have the record.

    `row` is a Salesforce record with IsDeleted, and MasterRecordId and IsConverted where the sObject has them.
    """
    if row.get("IsDeleted"):
        return "merged" if row.get("MasterRecordId") else "deleted"
    if row.get("IsConverted"):
        return "converted"
    return "created" if is_new else "updated"


def converted_of(row: Mapping[str, Any]) -> dict[str, str | None] | None:
    """Return the Ids that a converted lead became, None for any other row."""
    if not row.get("IsConverted"):
        return None
    return {
        "contact_id": row.get("ConvertedContactId"),
        "account_id": row.get("ConvertedAccountId"),
        "opportunity_id": row.get("ConvertedOpportunityId"),
    }
