"""What follows from prices and line items: names, totals, and the amount of the opportunity (Object Reference)."""

from __future__ import annotations

from typing import Any

from ...schema.row import Row
from ..rules.products import entry_of_line, standard_entry
from ..storage.records import Records


def price_book_entry(records: Records, row: Row, before: Row | None) -> None:
    """Copy the product's name and code, and the standard price where the entry uses it."""
    product = records.raw(row.get("Product2Id") or "") or {}
    for name in ("Name", "ProductCode"):
        if product.get(name) is not None:
            row[name] = product[name]
    standard = standard_entry(records, row) if row.get("UseStandardPrice") else None
    if standard is not None:
        row["UnitPrice"] = standard.get("UnitPrice")


def opportunity_line_item(records: Records, row: Row, before: Row | None) -> None:
    """Work out price, total and names; the price that was given last decides the other one."""
    entry = entry_of_line(records, row) or {}
    product = records.raw(entry.get("Product2Id") or row.get("Product2Id") or "") or {}
    deal = records.raw(row.get("OpportunityId") or "") or {}
    known: dict[str, Any] = {
        "PricebookEntryId": entry.get("Id"),
        "Product2Id": product.get("Id"),
        "ProductCode": product.get("ProductCode"),
        "ListPrice": entry.get("UnitPrice"),
        "Name": f"{deal.get('Name', '')} {product.get('Name', '')}".strip() or None,
    }
    row.update({name: value for name, value in known.items() if value is not None})
    _price(row, before or {})


def _price(row: Row, before: Row) -> None:
    quantity, factor = row.get("Quantity") or 0, 1 - (row.get("Discount") or 0) / 100
    by_total = row.get("TotalPrice") is not None and (
        row.get("UnitPrice") is None
        or (row["TotalPrice"] != before.get("TotalPrice") and before.get("UnitPrice") == row["UnitPrice"])
    )
    if by_total and quantity and factor:
        row["UnitPrice"] = round(row["TotalPrice"] / quantity / factor, 2)
    if row.get("UnitPrice") is not None:
        row["Subtotal"] = round(quantity * row["UnitPrice"], 2)
        row["TotalPrice"] = round(quantity * row["UnitPrice"] * factor, 2) if not by_total else row["TotalPrice"]


def line_items(records: Records, opportunity_id: str) -> list[Row]:
    """Return the line items of an opportunity that are not deleted."""
    table = records.table("OpportunityLineItem")
    field = table.sobject.field("OpportunityId")
    found = table.find(field, [opportunity_id]) if field is not None else ()
    return [row for row in found if not row.get("IsDeleted")]


def total_of(records: Records, opportunity: Row) -> Row:
    """Return an opportunity with what its line items say; without any, its amount is its own."""
    lines = line_items(records, opportunity["Id"])
    if not lines:
        return opportunity | {"HasOpportunityLineItem": False}
    entry = records.raw(lines[0].get("PricebookEntryId") or "") or {}
    return opportunity | {
        "HasOpportunityLineItem": True,
        "Amount": round(sum(each.get("TotalPrice") or 0 for each in lines), 2),
        "TotalOpportunityQuantity": sum(each.get("Quantity") or 0 for each in lines),
        "Pricebook2Id": opportunity.get("Pricebook2Id") or entry.get("Pricebook2Id"),
    }
