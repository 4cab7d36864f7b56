"""Attachment: a file at a record (Object Reference)."""

from __future__ import annotations

from typing import Any

from ..schema.sobjects import FieldType, SObjectType
from .fields import (
    READ_ONLY,
    checkbox,
    is_deleted,
    owner,
    record_id,
    reference,
    system_fields,
    text,
    whole,
)

PARENTS = "Account,Campaign,Case,Contact,Event,Lead,Opportunity,Task"
UNFILTERABLE: dict[str, Any] = {"filterable": False, "sortable": False, "groupable": False, "aggregatable": False}


def attachment() -> SObjectType:
    """Return Attachment: its Body is base64 in a create, and a path in what REST answers."""
    fields = [
        record_id("Attachment"),
        is_deleted(),
        reference("ParentId", "Parent ID", PARENTS, nillable=False, children="Attachments", cascade_delete=True),
        text("Name", "File Name", 255, nillable=False, name_field=True),
        checkbox("IsPrivate", "Private"),
        text("ContentType", "Content Type", 120),
        whole("BodyLength", "Body Length", 9, **READ_ONLY),
        FieldType("Body", "Body", "base64", nillable=False, permissionable=False, **UNFILTERABLE),
        owner(),
        *system_fields(viewed=False),
        text("Description", "Description", 500),
    ]
    return SObjectType("Attachment", "Attachment", "00P", fields)
