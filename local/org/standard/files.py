"""Attachment, and the files of Salesforce Files: ContentVersion, ContentDocument, ContentDocumentLink (Object Reference)."""

from __future__ import annotations

from typing import Any

from ..schema.sobjects import FieldType, SObjectType
from .fields import (
    READ_ONLY,
    checkbox,
    is_deleted,
    owner,
    picklist,
    record_id,
    reference,
    system_fields,
    text,
    textarea,
    whole,
)
from .stamps import stamps

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


LINKED = "Account,Campaign,CaseComment,Case,Contact,Event,Lead,Opportunity,Organization,Product2,Task,User"
DERIVED: dict[str, Any] = {"permissionable": False, **READ_ONLY}


def content_version() -> SObjectType:
    """Return ContentVersion: one version of a file; its VersionData is base64 in a create, and a path in an answer."""
    fields = [
        record_id("ContentVersion"),
        reference(
            "ContentDocumentId", "ContentDocument ID", "ContentDocument", children="ContentVersions", updateable=False
        ),
        checkbox("IsLatest", "Is Latest", **DERIVED),
        text("VersionNumber", "Version Number", 20, **DERIVED),
        text("Title", "Title", 255, name_field=True),
        textarea("Description", "Description", 1000),
        text("ReasonForChange", "Reason For Change", 1000, updateable=False),
        text("PathOnClient", "Path On Client", 500, updateable=False),
        picklist("Origin", "Content Origin", "C;H", length=1, default="C", updateable=False, restricted_picklist=True),
        picklist("ContentLocation", "Content Origin", "S;E;L", length=1, default="S", updateable=False),
        text("FileType", "File Type", 20, **DERIVED),
        FieldType("VersionData", "Version Data", "base64", permissionable=False, **UNFILTERABLE),
        whole("ContentSize", "Size", 9, **DERIVED),
        text("FileExtension", "File Extension", 40, **DERIVED),
        text("Checksum", "Checksum", 50, **DERIVED),
        reference("FirstPublishLocationId", "First Publish Location ID", LINKED, updateable=False),
        owner(),
        is_deleted(),
        *system_fields(viewed=False),
        text("ExternalDocumentInfo1", "External Document Info1", 1000),
    ]
    return SObjectType(
        "ContentVersion", "Content Version", "068", fields, deletable=False, undeletable=False, replicateable=False
    )


def content_document() -> SObjectType:
    """Return ContentDocument: a file in all its versions; it comes with its first version."""
    fields = [
        record_id("ContentDocument"),
        is_deleted(),
        checkbox("IsArchived", "Is Archived"),
        text("Title", "Title", 255, nillable=False, name_field=True),
        reference("LatestPublishedVersionId", "Latest Published Version ID", "ContentVersion", **DERIVED),
        text("FileType", "File Type", 20, **DERIVED),
        text("FileExtension", "File Extension", 40, **DERIVED),
        whole("ContentSize", "Size", 9, **DERIVED),
        textarea("Description", "Description", 1000),
        owner(),
        *system_fields(),
    ]
    return SObjectType("ContentDocument", "Content Document", "069", fields, createable=False, replicateable=False)


def content_document_link() -> SObjectType:
    """Return ContentDocumentLink: where a file is shared; a query names the file or the place."""
    detail: dict[str, Any] = {"nillable": False, "updateable": False, "cascade_delete": True}
    fields = [
        record_id("ContentDocumentLink"),
        reference("LinkedEntityId", "Linked Entity ID", LINKED, children="ContentDocumentLinks", **detail),
        reference(
            "ContentDocumentId", "ContentDocument ID", "ContentDocument", children="ContentDocumentLinks", **detail
        ),
        is_deleted(),
        *stamps("SystemModstamp"),
        picklist("ShareType", "Share Type", "V;C;I", length=40, default="V", restricted_picklist=True),
        picklist("Visibility", "Visibility", "AllUsers;InternalUsers;SharedUsers", length=40, default="AllUsers"),
    ]
    return SObjectType(
        "ContentDocumentLink", "Content Document Link", "06A", fields, undeletable=False, replicateable=False
    )
