"""Product2, Pricebook2, PricebookEntry and OpportunityLineItem: what is sold, and at which price (Object Reference)."""

from __future__ import annotations

from typing import Any

from ..schema.sobjects import SObjectType
from .fields import (
    READ_ONLY,
    checkbox,
    day,
    decimal,
    is_deleted,
    picklist,
    record_id,
    reference,
    system_fields,
    text,
    textarea,
    url,
    whole,
)

STANDARD_PRICE_BOOK = "Standard Price Book"
FIXED: dict[str, Any] = {"updateable": False, "permissionable": False}
DERIVED: dict[str, Any] = {"permissionable": False, **READ_ONLY}


def product() -> SObjectType:
    """Return Product2."""
    fields = [
        record_id("Product"),
        text("Name", "Product Name", 255, nillable=False, name_field=True, permissionable=False),
        text("ProductCode", "Product Code", 255),
        textarea("Description", "Product Description", 4000),
        checkbox("IsActive", "Active"),
        *system_fields(),
        picklist("Family", "Product Family", "None"),
        reference("ExternalDataSourceId", "External Data Source ID", "ExternalDataSource"),
        text("ExternalId", "External ID", 255),
        url("DisplayUrl", "Display URL"),
        picklist("QuantityUnitOfMeasure", "Quantity Unit Of Measure", "Each"),
        is_deleted(),
        checkbox("IsArchived", "Archived", **DERIVED),
        text("StockKeepingUnit", "Product SKU", 180),
    ]
    return SObjectType("Product2", "Product", "01t", fields)


def price_book() -> SObjectType:
    """Return Pricebook2: the org has one standard price book, which holds the standard prices."""
    fields = [
        record_id("Price Book"),
        is_deleted(),
        text("Name", "Price Book Name", 255, nillable=False, name_field=True, permissionable=False),
        *system_fields(),
        checkbox("IsActive", "Active"),
        checkbox("IsArchived", "Archived", **DERIVED),
        text("Description", "Description", 255),
        checkbox("IsStandard", "Is Standard Price Book", **DERIVED),
    ]
    return SObjectType("Pricebook2", "Price Book", "01s", fields)


def price_book_entry() -> SObjectType:
    """Return PricebookEntry: the price of one product in one price book."""
    fixed: dict[str, Any] = {"nillable": False, "cascade_delete": True, **FIXED}
    fields = [
        record_id("Price Book Entry"),
        text("Name", "Product Name", 255, name_field=True, **DERIVED),
        reference("Pricebook2Id", "Price Book ID", "Pricebook2", children="PricebookEntries", **fixed),
        reference("Product2Id", "Product ID", "Product2", children="PricebookEntries", **fixed),
        decimal("UnitPrice", "List Price", 18, 2, type="currency", nillable=False, permissionable=False),
        checkbox("IsActive", "Active"),
        checkbox("UseStandardPrice", "Use Standard Price"),
        *system_fields(viewed=False),
        text("ProductCode", "Product Code", 255, **DERIVED),
        is_deleted(),
        checkbox("IsArchived", "Archived", **DERIVED),
    ]
    return SObjectType("PricebookEntry", "Price Book Entry", "01u", fields, undeletable=False)


def opportunity_line_item() -> SObjectType:
    """Return OpportunityLineItem: a product of an opportunity, by an entry of the opportunity's price book."""
    fields = [
        record_id("Line Item"),
        reference(
            "OpportunityId",
            "Opportunity ID",
            "Opportunity",
            children="OpportunityLineItems",
            nillable=False,
            cascade_delete=True,
            **FIXED,
        ),
        whole("SortOrder", "Sort Order", 9, **DERIVED),
        reference(
            "PricebookEntryId", "Price Book Entry ID", "PricebookEntry", children="OpportunityLineItems", **FIXED
        ),
        reference("Product2Id", "Product ID", "Product2", children="OpportunityLineItems", **FIXED),
        text("ProductCode", "Product Code", 255, **DERIVED),
        text("Name", "Opportunity Product Name", 376, name_field=True, **DERIVED),
        decimal("Quantity", "Quantity", 12, 2, nillable=False, permissionable=False),
        decimal("Discount", "Discount", 5, 2, type="percent"),
        decimal("Subtotal", "Subtotal", 18, 2, type="currency", **READ_ONLY),
        decimal("TotalPrice", "Total Price", 18, 2, type="currency", permissionable=False),
        decimal("UnitPrice", "Sales Price", 18, 2, type="currency", permissionable=False),
        decimal("ListPrice", "List Price", 18, 2, type="currency", **READ_ONLY),
        day("ServiceDate", "Date"),
        text("Description", "Line Description", 255),
        *system_fields(),
        is_deleted(),
    ]
    return SObjectType("OpportunityLineItem", "Opportunity Product", "00k", fields, undeletable=False)
