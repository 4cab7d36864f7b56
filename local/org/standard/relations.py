"""OpportunityContactRole, CaseComment, Note, PermissionSet and PermissionSetAssignment (Object Reference)."""

from __future__ import annotations

from typing import Any

from ..schema.sobjects import SObjectType
from .fields import (
    READ_ONLY,
    checkbox,
    is_deleted,
    moment,
    owner,
    picklist,
    record_id,
    reference,
    system_fields,
    text,
    textarea,
)

CONTACT_ROLES = (
    "Business User;Decision Maker;Economic Buyer;Economic Decision Maker;Evaluator;Executive Sponsor;Influencer;"
    "Technical Buyer;Other"
)
NOTE_PARENTS = "Account,Campaign,Case,Contact,Lead,Opportunity,Product2"
PERMISSIONS = (
    "ApiEnabled ViewSetup ViewAllData ModifyAllData ManageUsers BulkApiHardDelete ConvertLeads EditTask EditEvent"
)
DETAIL: dict[str, Any] = {"nillable": False, "updateable": False, "cascade_delete": True, "permissionable": False}


def opportunity_contact_role() -> SObjectType:
    """Return OpportunityContactRole: a contact's part in an opportunity; one of them is primary."""
    fields = [
        record_id("Contact Role"),
        reference("OpportunityId", "Opportunity ID", "Opportunity", children="OpportunityContactRoles", **DETAIL),
        reference("ContactId", "Contact ID", "Contact", children="OpportunityContactRoles", **DETAIL),
        picklist("Role", "Role", CONTACT_ROLES, length=40),
        checkbox("IsPrimary", "Primary"),
        *system_fields(viewed=False),
        is_deleted(),
    ]
    return SObjectType("OpportunityContactRole", "Opportunity Contact Role", "00K", fields, undeletable=False)


def case_comment() -> SObjectType:
    """Return CaseComment."""
    fields = [
        record_id("Case Comment"),
        reference("ParentId", "Parent ID", "Case", children="CaseComments", **DETAIL),
        checkbox("IsPublished", "Published"),
        textarea("CommentBody", "Body", 4000),
        *system_fields(viewed=False),
        is_deleted(),
    ]
    return SObjectType("CaseComment", "Case Comment", "00a", fields)


def note() -> SObjectType:
    """Return Note: a text at a record."""
    fields = [
        record_id("Note"),
        is_deleted(),
        reference("ParentId", "Parent ID", NOTE_PARENTS, children="Notes", **{**DETAIL, "updateable": True}),
        text("Title", "Title", 80, nillable=False, name_field=True, permissionable=False),
        checkbox("IsPrivate", "Private"),
        textarea("Body", "Body", 32000),
        owner(),
        *system_fields(viewed=False),
    ]
    return SObjectType("Note", "Note", "002", fields)


def permission_set() -> SObjectType:
    """Return PermissionSet: a set of permissions, or those of one profile."""
    fields = [
        record_id("Permission Set"),
        text("Name", "Permission Set Name", 80, nillable=False, name_field=True),
        text("Label", "Permission Set Label", 80, nillable=False),
        reference("LicenseId", "License ID", "PermissionSetLicense,UserLicense", updateable=False),
        reference("ProfileId", "Profile ID", "Profile", permissionable=False, **READ_ONLY),
        checkbox("IsOwnedByProfile", "Is Owned By Profile", permissionable=False, **READ_ONLY),
        checkbox("IsCustom", "Custom", permissionable=False, **READ_ONLY),
        *(checkbox(f"Permissions{each}", each) for each in PERMISSIONS.split()),
        text("Description", "Description", 255),
        *system_fields(viewed=False),
        text("NamespacePrefix", "Namespace Prefix", 15, **READ_ONLY),
        checkbox("HasActivationRequired", "Session Activation Required"),
        picklist("Type", "Permission Set Type", "Group;Profile;Regular;Session;Standard", length=40, **READ_ONLY),
    ]
    return SObjectType("PermissionSet", "Permission Set", "0PS", fields, undeletable=False, replicateable=False)


def permission_set_assignment() -> SObjectType:
    """Return PermissionSetAssignment: a user's permission set."""
    fields = [
        record_id("PermissionSetAssignment"),
        reference("PermissionSetId", "PermissionSet ID", "PermissionSet", children="Assignments", **DETAIL),
        reference("PermissionSetGroupId", "Permission Set Group ID", "PermissionSetGroup", updateable=False),
        reference("AssigneeId", "Assignee ID", "User", children="PermissionSetAssignments", **DETAIL),
        moment("SystemModstamp", "Date Assigned", nillable=False, defaulted_on_create=True, **READ_ONLY),
        moment("ExpirationDate", "Expires On"),
        checkbox("IsActive", "Is Active", permissionable=False, **READ_ONLY),
    ]
    return SObjectType(
        "PermissionSetAssignment", "Permission Set Assignment", "0Pa", fields, undeletable=False, replicateable=False
    )
