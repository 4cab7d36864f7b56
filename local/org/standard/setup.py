"""User, groups, Profile, UserRole, RecordType, Organization, EventRelayFeedback and the Name of polymorphic owners (Object Reference)."""

from __future__ import annotations

from typing import Any

from ..schema.sobjects import FieldType, SObjectType
from .fields import (
    READ_ONLY,
    address,
    checkbox,
    email,
    moment,
    phone,
    picklist,
    record_id,
    reference,
    system_fields,
    text,
    whole,
)

SETUP_OBJECT: dict[str, Any] = {"createable": False, "updateable": False, "deletable": False, "undeletable": False}
TIME_ZONES = "America/Los_Angeles;America/New_York;Europe/Amsterdam;Europe/London;Europe/Paris;Asia/Tokyo;GMT"
LOCALES = "en_US;en_GB;nl_NL;fr_FR;de_DE;ja_JP"
USER_TYPES = "Standard;PowerPartner;CSPLitePortal;CustomerSuccess;PowerCustomerSuccess;CsnOnly;Guest;SelfService"


def user() -> SObjectType:
    """Return User."""
    choice: dict[str, Any] = {"nillable": False, "restricted_picklist": True, "length": 40}
    fields = [
        record_id("User"),
        text("Username", "Username", 80, nillable=False, id_lookup=True, unique=True),
        text("LastName", "Last Name", 80, nillable=False, compound_field_name="Name"),
        text("FirstName", "First Name", 40, compound_field_name="Name"),
        text("Name", "Full Name", 121, nillable=False, name_field=True, extra_type_info="personname", **READ_ONLY),
        text("CompanyName", "Company Name", 80),
        text("Division", "Division", 80),
        text("Department", "Department", 80),
        text("Title", "Title", 80),
        *address("", "", "Address"),
        email("Email", "Email", nillable=False, id_lookup=True),
        phone("Phone", "Phone"),
        phone("Fax", "Fax"),
        phone("MobilePhone", "Mobile"),
        text("Alias", "Alias", 8, nillable=False),
        text("CommunityNickname", "Nickname", 40, nillable=False),
        checkbox("IsActive", "Active"),
        picklist("TimeZoneSidKey", "Time Zone", TIME_ZONES, **choice),
        reference("UserRoleId", "Role ID", "UserRole", children="Users"),
        picklist("LocaleSidKey", "Locale", LOCALES, **choice),
        picklist("EmailEncodingKey", "Email Encoding", "UTF-8;ISO-8859-1", **choice),
        reference("ProfileId", "Profile ID", "Profile", nillable=False, children="Users"),
        picklist("UserType", "User Type", USER_TYPES, length=40, restricted_picklist=True, **READ_ONLY),
        picklist("LanguageLocaleKey", "Language", LOCALES, **choice),
        text("EmployeeNumber", "Employee Number", 20),
        reference("ManagerId", "Manager ID", "User", children="ManagedUsers"),
        moment("LastLoginDate", "Last Login", **READ_ONLY),
        text("FederationIdentifier", "SAML Federation ID", 512, unique=True, case_sensitive=True),
        *system_fields(),
    ]
    return SObjectType("User", "User", "005", fields, deletable=False)


def group() -> SObjectType:
    """Return Group: public groups and, with Type 'Queue', the queues that may own Leads and Cases."""
    fields = [
        record_id("Group"),
        text("Name", "Name", 40, nillable=False, name_field=True),
        text("DeveloperName", "Developer Name", 80),
        reference("RelatedId", "Related ID", "User,UserRole", relationship="Related", **READ_ONLY),
        picklist(
            "Type",
            "Type",
            "Regular;Role;RoleAndSubordinates;Organization;Queue",
            length=40,
            nillable=False,
            updateable=False,
            restricted_picklist=True,
        ),
        email("Email", "Email"),
        reference("OwnerId", "Owner ID", "Organization,User", nillable=False, defaulted_on_create=True, **READ_ONLY),
        checkbox("DoesSendEmailToMembers", "Send Email to Members"),
        checkbox("DoesIncludeBosses", "Include Bosses"),
        *system_fields(viewed=False),
    ]
    return SObjectType("Group", "Group", "00G", fields, undeletable=False)


def group_member() -> SObjectType:
    """Return GroupMember: a user in a group or queue."""
    fields = [
        record_id("Group Member"),
        reference(
            "GroupId",
            "Group ID",
            "Group",
            nillable=False,
            updateable=False,
            children="GroupMembers",
            cascade_delete=True,
        ),
        reference("UserOrGroupId", "User/Group ID", "Group,User", nillable=False, updateable=False),
        moment("SystemModstamp", "System Modstamp", nillable=False, defaulted_on_create=True, **READ_ONLY),
    ]
    return SObjectType("GroupMember", "Group Member", "011", fields, updateable=False, undeletable=False)


def queue_sobject() -> SObjectType:
    """Return QueueSobject: which sObjects a queue may own."""
    fields = [
        record_id("Queue Sobject"),
        reference(
            "QueueId",
            "Queue ID",
            "Group",
            nillable=False,
            updateable=False,
            children="QueueSobjects",
            cascade_delete=True,
        ),
        picklist("SobjectType", "Sobject Type", "Lead;Case;Task", length=40, nillable=False, restricted_picklist=True),
        moment("SystemModstamp", "System Modstamp", nillable=False, defaulted_on_create=True, **READ_ONLY),
    ]
    return SObjectType("QueueSobject", "Queue Sobject", "03g", fields, updateable=False, undeletable=False)


def profile() -> SObjectType:
    """Return Profile."""
    fields = [
        record_id("Profile"),
        text("Name", "Name", 255, nillable=False, name_field=True),
        picklist("UserType", "User Type", USER_TYPES, length=40, restricted_picklist=True, **READ_ONLY),
        text("Description", "Description", 255),
        *system_fields(),
    ]
    return SObjectType("Profile", "Profile", "00e", fields, **SETUP_OBJECT)


def user_role() -> SObjectType:
    """Return UserRole."""
    fields = [
        record_id("Role"),
        text("Name", "Name", 80, nillable=False, name_field=True),
        reference("ParentRoleId", "Parent Role ID", "UserRole", relationship="ParentRole"),
        text("DeveloperName", "Developer Name", 80),
        moment("LastModifiedDate", "Last Modified Date", nillable=False, defaulted_on_create=True, **READ_ONLY),
        reference(
            "LastModifiedById", "Last Modified By ID", "User", nillable=False, defaulted_on_create=True, **READ_ONLY
        ),
        moment("SystemModstamp", "System Modstamp", nillable=False, defaulted_on_create=True, **READ_ONLY),
    ]
    return SObjectType("UserRole", "Role", "00E", fields, undeletable=False)


def record_type() -> SObjectType:
    """Return RecordType."""
    fields = [
        record_id("Record Type"),
        text("Name", "Name", 80, nillable=False, name_field=True),
        text("DeveloperName", "Developer Name", 80, nillable=False),
        text("NamespacePrefix", "Namespace Prefix", 15, **READ_ONLY),
        text("Description", "Description", 255),
        picklist(
            "SobjectType",
            "SObject Type Name",
            "",
            length=40,
            nillable=False,
            updateable=False,
            restricted_picklist=True,
        ),
        checkbox("IsActive", "Active"),
        checkbox("IsPersonType", "Is Person Type", **READ_ONLY),
        *system_fields(viewed=False),
    ]
    return SObjectType("RecordType", "Record Type", "012", fields, **SETUP_OBJECT)


def organization() -> SObjectType:
    """Return Organization: the single record that names the org, its edition and its time zone."""
    fields = [
        record_id("Organization"),
        text("Name", "Name", 80, nillable=False, name_field=True),
        text("Division", "Division", 80),
        *address("", "", "Address"),
        phone("Phone", "Phone"),
        text("PrimaryContact", "Primary Contact", 80),
        picklist("DefaultLocaleSidKey", "Locale", LOCALES, length=40, nillable=False, restricted_picklist=True),
        picklist("TimeZoneSidKey", "Time Zone", TIME_ZONES, length=40, nillable=False, restricted_picklist=True),
        picklist("LanguageLocaleKey", "Language", LOCALES, length=40, nillable=False, restricted_picklist=True),
        whole("FiscalYearStartMonth", "Fiscal Year Starts In", 9),
        text("NamespacePrefix", "Namespace Prefix", 15),
        text("InstanceName", "Instance Name", 5),
        checkbox("IsSandbox", "Is Sandbox"),
        picklist(
            "OrganizationType",
            "Edition",
            "Team Edition;Professional Edition;Enterprise Edition;Developer Edition;Personal Edition;Unlimited Edition;"
            "Contact Manager Edition;Base Edition",
            length=40,
        ),
        moment("TrialExpirationDate", "Trial Expiration Date"),
        *system_fields(viewed=False),
    ]
    return SObjectType("Organization", "Organization", "00D", _read_only(fields), **SETUP_OBJECT)


def event_relay_feedback() -> SObjectType:
    """Return EventRelayFeedback: how an event relay does."""
    fields = [
        record_id("Event Relay Feedback"),
        text("EventRelayNumber", "Event Relay Feedback Name", 255, name_field=True),
        text("EventRelayConfigId", "Event Relay Config ID", 18),
        text("RemoteResource", "Remote Resource", 255),
        picklist("Status", "Current Status", "RUNNING;STOPPED;PAUSED;ERROR;DELETED", length=255),
        moment("LastRelayedEventTime", "Last Relayed Event Timestamp"),
        text("ErrorCode", "Error Code", 128),
        text("ErrorMessage", "Error Message", 255),
        moment("ErrorTime", "Error Time"),
        *system_fields(viewed=False),
    ]
    return SObjectType("EventRelayFeedback", "Event Relay Feedback", "7k3", _read_only(fields), **SETUP_OBJECT)


def name() -> SObjectType:
    """Return Name: the fields that a polymorphic owner or Who shares across its sObjects (Object Reference: Name)."""
    fields = [
        record_id("Name"),
        text("Name", "Name", 121, name_field=True),
        text("LastName", "Last Name", 80),
        text("FirstName", "First Name", 40),
        picklist("Type", "Type", "User;Queue;Group;Contact;Lead;Account;Opportunity;Case;Campaign", length=40),
        text("Alias", "Alias", 8),
        reference("UserRoleId", "Role ID", "UserRole"),
        reference("ProfileId", "Profile ID", "Profile"),
        text("Username", "Username", 80),
        text("Title", "Title", 80),
        email("Email", "Email"),
        phone("Phone", "Phone"),
        checkbox("IsActive", "Active"),
    ]
    return SObjectType("Name", "Name", "", _read_only(fields), queryable=False, **SETUP_OBJECT)


def _read_only(fields: list[FieldType]) -> list[FieldType]:
    for each in fields:
        each.createable = each.updateable = False
    return fields
