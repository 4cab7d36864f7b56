"""sObjects without all of the usual stamps: field history, shares, login history (Object Reference)."""

from __future__ import annotations

from typing import Any

from ..schema.sobjects import FieldType, SObjectType
from .fields import (
    READ_ONLY,
    is_deleted,
    moment,
    picklist,
    record_id,
    reference,
    system_fields,
    text,
)

FIXED: dict[str, Any] = {**READ_ONLY, "nillable": False, "defaulted_on_create": True, "permissionable": False}
READ_ONLY_OBJECT: dict[str, Any] = {
    "createable": False,
    "updateable": False,
    "deletable": False,
    "undeletable": False,
    "replicateable": False,
}
HISTORY_PREFIXES = {"Account": "017", "Contact": "01f", "Lead": "01h", "Case": "01i", "Opportunity": "01g"}
"""Made up but for the first: all history sObjects share 017 in Salesforce, but here a prefix leads to one table."""
SHARE_PREFIXES = {"Account": "00r", "Contact": "03s", "Lead": "01o"}


def stamps(*names: str) -> list[FieldType]:
    """Return those of the audit fields, with the user that goes with each date."""
    users = {"CreatedDate": "CreatedById", "LastModifiedDate": "LastModifiedById"}
    wanted = {*names, *(users[name] for name in names if name in users)}
    return [each for each in system_fields(viewed=False) if each.name in wanted]


def history_fields(parent_field: str, parent: str, children: str | None = None) -> list[FieldType]:
    """Return the fields of a field history: stamped when it was created, and never again."""
    unfilterable: dict[str, Any] = {"filterable": False, "sortable": False, "groupable": False, **READ_ONLY}
    return [
        record_id("History"),
        is_deleted(),
        reference(parent_field, f"{parent} ID", parent, children=children, cascade_delete=True, **FIXED),
        *stamps("CreatedDate"),
        text("Field", "Changed Field", 255, **FIXED),
        text("DataType", "Datatype", 40, **READ_ONLY),
        FieldType("OldValue", "Old Value", "anyType", length=255, **unfilterable),
        FieldType("NewValue", "New Value", "anyType", length=255, **unfilterable),
    ]


def share_fields(parent_field: str, parent: str, children: str | None = None) -> list[FieldType]:
    """Return the fields of a sharing table: stamped by its last change alone."""
    access = picklist(
        f"{parent_field.removesuffix('Id')}AccessLevel", "Access", "Read;Edit;All", length=40, restricted_picklist=True
    )
    return [
        record_id("Share"),
        reference(parent_field, f"{parent} ID", parent, children=children, cascade_delete=True, nillable=False),
        reference("UserOrGroupId", "User/Group ID", "Group,User", nillable=False),
        access,
        picklist("RowCause", "Reason for Sharing", "Owner;Manual;Rule", length=40, default="Manual"),
        *stamps("LastModifiedDate"),
        is_deleted(),
    ]


def history_of(parent: str) -> str:
    """Return the name of the sObject that holds the field history of another one."""
    if parent.endswith("__c"):
        return f"{parent.removesuffix('__c')}__History"
    return "OpportunityFieldHistory" if parent == "Opportunity" else f"{parent}History"


def history_and_share_objects() -> list[SObjectType]:
    """Return AccountHistory, AccountShare and their like."""
    histories = [
        SObjectType(
            history_of(parent),
            f"{parent} History",
            prefix,
            history_fields(f"{parent}Id", parent, "Histories"),
            **{**READ_ONLY_OBJECT, "replicateable": True},
        )
        for parent, prefix in HISTORY_PREFIXES.items()
    ]
    shares = [
        SObjectType(
            f"{parent}Share",
            f"{parent} Share",
            prefix,
            share_fields(f"{parent}Id", parent, "Shares"),
            replicateable=False,
            undeletable=False,
        )
        for parent, prefix in SHARE_PREFIXES.items()
    ]
    return [*histories, *shares]


def login_history() -> SObjectType:
    """Return LoginHistory: its only stamp is LoginTime."""
    fields = [
        record_id("Login History"),
        reference("UserId", "User ID", "User", **FIXED),
        moment("LoginTime", "Login Time", **FIXED),
        text("LoginType", "Login Type", 80, **READ_ONLY),
        text("SourceIp", "Source IP", 39, **READ_ONLY),
        text("Browser", "Browser", 64, **READ_ONLY),
        text("Platform", "Platform", 64, **READ_ONLY),
        text("Status", "Status", 128, **READ_ONLY),
        text("Application", "Application", 64, **READ_ONLY),
    ]
    return SObjectType("LoginHistory", "Login History", "0Ya", fields, **READ_ONLY_OBJECT)
