"""What may be sold at which price: price book entries and the line items of opportunities (Object Reference)."""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.row import Row
from ..storage.records import Records
from .save_results import RecordError, Save

NO_STANDARD_PRICE = ("STANDARD_PRICE_NOT_DEFINED", "No standard price defined for this product")  # C: clients' reports
ENTRY_EXISTS = (
    "DUPLICATE_VALUE",
    "This price definition already exists in this price book",
)  # C: clients' reports
OTHER_PRICE_BOOK = (  # R the text; D that the price books must be the same
    "FIELD_INTEGRITY_EXCEPTION",
    "pricebook entry is in a different pricebook than the one assigned to the opportunity",
)
INACTIVE_ENTRY = ("FIELD_INTEGRITY_EXCEPTION", "pricebook entry is inactive")  # C: clients' reports
TWO_PRICES = (  # R the text; D that one of the two is given
    "FIELD_INTEGRITY_EXCEPTION",
    "Specify only one of these fields: UnitPrice, TotalPrice",
)


def price_book_entry(save: Save) -> Iterator[RecordError]:
    """Refuse a price in a custom price book before the standard price, and a second price of a product in one book."""
    if save.sobject.name != "PricebookEntry" or save.before is not None:
        return
    row = save.row
    entries = entries_of(save.records, row.get("Product2Id"))
    if any(each.get("Pricebook2Id") == row.get("Pricebook2Id") and each["Id"] != row["Id"] for each in entries):
        yield RecordError(*ENTRY_EXISTS)
    elif not _is_standard(save.records, row.get("Pricebook2Id")) and standard_entry(save.records, row) is None:
        yield RecordError(*NO_STANDARD_PRICE)


def opportunity_line_item(save: Save) -> Iterator[RecordError]:
    """Refuse a line item without an entry or a price, of an inactive entry, or of another price book than the deal's."""
    if save.sobject.name != "OpportunityLineItem":
        return
    if {"UnitPrice", "TotalPrice"} <= {name for name, value in save.changes.items() if value is not None}:
        yield RecordError(*TWO_PRICES, ["UnitPrice", "TotalPrice"])
    if save.before is not None:
        return
    entry = entry_of_line(save.records, save.row)
    if entry is None:
        yield RecordError(
            "REQUIRED_FIELD_MISSING", "Required fields are missing: [PricebookEntryId]", ["PricebookEntryId"]
        )
        return
    if save.row.get("UnitPrice") is None and save.row.get("TotalPrice") is None:
        yield RecordError("REQUIRED_FIELD_MISSING", "Required fields are missing: [UnitPrice]", ["UnitPrice"])
    if not entry.get("IsActive"):
        yield RecordError(*INACTIVE_ENTRY, ["PricebookEntryId"])
    deal = save.records.raw(save.row.get("OpportunityId") or "") or {}
    if deal.get("Pricebook2Id") not in (None, entry.get("Pricebook2Id")):
        yield RecordError(*OTHER_PRICE_BOOK, ["PricebookEntryId"])


def entries_of(records: Records, product_id: str | None) -> list[Row]:
    """Return the prices of a product that are not deleted."""
    table = records.table("PricebookEntry")
    field = table.sobject.field("Product2Id")
    found = table.find(field, [product_id]) if field is not None and product_id else ()
    return [row for row in found if not row.get("IsDeleted")]


def standard_entry(records: Records, row: Row) -> Row | None:
    """Return the standard price of the product of an entry."""
    entries = entries_of(records, row.get("Product2Id"))
    return next((each for each in entries if _is_standard(records, each.get("Pricebook2Id"))), None)


def entry_of_line(records: Records, row: Row) -> Row | None:
    """Return the price that a line item uses: the one it names, or the one of its product in the deal's price book."""
    if row.get("PricebookEntryId"):
        return records.raw(row["PricebookEntryId"])
    deal = records.raw(row.get("OpportunityId") or "") or {}
    entries = entries_of(records, row.get("Product2Id"))
    return next((each for each in entries if each.get("Pricebook2Id") == deal.get("Pricebook2Id")), None)


def _is_standard(records: Records, price_book_id: str | None) -> bool:
    return bool((records.raw(price_book_id or "") or {}).get("IsStandard"))
