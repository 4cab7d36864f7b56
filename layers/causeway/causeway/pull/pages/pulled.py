"""What a pulled row means to the product: its kind and the id of the page it travels in (contracts.md §4)."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Literal

Kind = Literal["created", "updated", "deleted", "merged", "converted"]
FINGERPRINT_BYTES = 8
PAGE_BYTES = 1_000_000  # an SQS message holds 1,048,576 bytes; the rest is the envelope's


def kind_of(row: Mapping[str, Any], created_in_window: bool, seen_before: bool) -> Kind:
    """
    Return the kind of one row, first that fits (product.md §5).

    `row` is a Salesforce record with IsDeleted, and MasterRecordId and IsConverted where the sObject has them.
    """
    if row.get("IsDeleted"):
        return "merged" if row.get("MasterRecordId") else "deleted"
    if row.get("IsConverted"):
        return "converted"
    return "created" if created_in_window and not seen_before else "updated"


def converted_of(row: Mapping[str, Any]) -> dict[str, str | None] | None:
    """Return the Ids that a converted lead became, None for any other row."""
    if not row.get("IsConverted"):
        return None
    return {
        "contact_id": row.get("ConvertedContactId"),
        "account_id": row.get("ConvertedAccountId"),
        "opportunity_id": row.get("ConvertedOpportunityId"),
    }


def page_id(tenant: str, org_id: str, sync: str, cut: int) -> str:
    """Return the id to de-duplicate a page by: that of the sync's `cut`th page out of this org, whatever run it belongs to."""
    text = "\x1f".join((tenant, org_id, sync, str(cut)))
    return blake2b(text.encode(), digest_size=16).hexdigest()
