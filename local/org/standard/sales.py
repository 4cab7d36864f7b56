"""Opportunity, Case, Campaign and CampaignMember (Object Reference)."""

from __future__ import annotations

from typing import Any

from ..schema.sobjects import FieldType, SObjectType
from .fields import (
    READ_ONLY,
    checkbox,
    day,
    decimal,
    email,
    is_deleted,
    moment,
    owner,
    phone,
    picklist,
    record_id,
    reference,
    system_fields,
    text,
    textarea,
    whole,
)
from .people import LEAD_SOURCES

STAGES = {
    "Prospecting": (10, "Pipeline"),
    "Qualification": (10, "Pipeline"),
    "Needs Analysis": (20, "Pipeline"),
    "Value Proposition": (50, "Pipeline"),
    "Id. Decision Makers": (60, "Pipeline"),
    "Perception Analysis": (70, "Pipeline"),
    "Proposal/Price Quote": (75, "Pipeline"),
    "Negotiation/Review": (90, "Pipeline"),
    "Closed Won": (100, "Closed"),
    "Closed Lost": (0, "Omitted"),
}
"""Stage → probability in percent and forecast category, as a new org has them."""
CLOSED_CASE_STATUS = "Closed"
MEMBER_STATUSES = "Sent;Responded"


def _forecast_fields(derived: dict[str, Any]) -> list[FieldType]:
    return [
        checkbox("IsClosed", "Closed", **derived),
        checkbox("IsWon", "Won", **derived),
        picklist(
            "ForecastCategory",
            "Forecast Category",
            "Omitted;Pipeline;BestCase;MostLikely;Forecast;Closed",
            length=40,
            nillable=False,
            defaulted_on_create=True,
            restricted_picklist=True,
            **derived,
        ),
        picklist(
            "ForecastCategoryName",
            "Forecast Category",
            "Omitted;Pipeline;Best Case;Commit;Closed",
            defaulted_on_create=True,
            restricted_picklist=True,
        ),
    ]


def opportunity() -> SObjectType:
    """Return Opportunity: Name, StageName and CloseDate required; the stage decides probability, closed and won."""
    derived: dict[str, Any] = {"permissionable": False, **READ_ONLY}
    fields = [
        record_id("Opportunity"),
        is_deleted(),
        reference("AccountId", "Account ID", "Account", children="Opportunities"),
        checkbox("IsPrivate", "Private"),
        text("Name", "Name", 120, nillable=False, name_field=True, permissionable=False),
        textarea("Description", "Description", 32000),
        picklist("StageName", "Stage", ";".join(STAGES), nillable=False, permissionable=False),
        decimal("Amount", "Amount", 18, 2, type="currency"),
        decimal("Probability", "Probability (%)", 3, 0, type="percent", defaulted_on_create=True),
        decimal("ExpectedRevenue", "Expected Amount", 18, 2, type="currency", **READ_ONLY),
        decimal("TotalOpportunityQuantity", "Quantity", 18, 2),
        day("CloseDate", "Close Date", nillable=False, permissionable=False),
        picklist(
            "Type",
            "Opportunity Type",
            "Existing Customer - Upgrade;Existing Customer - Replacement;Existing Customer - Downgrade;New Customer",
        ),
        text("NextStep", "Next Step", 255),
        picklist("LeadSource", "Lead Source", LEAD_SOURCES),
        *_forecast_fields(derived),
        reference("CampaignId", "Campaign ID", "Campaign", children="Opportunities"),
        checkbox("HasOpportunityLineItem", "Has Line Item", **derived),
        reference("Pricebook2Id", "Price Book ID", "Pricebook2", children="Opportunities"),
        owner(),
        *system_fields(activity=True),
        whole("FiscalQuarter", "Fiscal Quarter", 9, **derived),
        whole("FiscalYear", "Fiscal Year", 9, **derived),
        text("Fiscal", "Fiscal Period", 6, **derived),
        reference("ContactId", "Contact ID", "Contact", updateable=False, children="Opportunities"),
    ]
    return SObjectType("Opportunity", "Opportunity", "006", fields, label_plural="Opportunities", activities=True)


def _fields_of_the_contact() -> list[FieldType]:
    return [
        phone("ContactPhone", "Contact Phone", **READ_ONLY),
        phone("ContactMobile", "Contact Mobile", **READ_ONLY),
        email("ContactEmail", "Contact Email", **READ_ONLY),
        phone("ContactFax", "Contact Fax", **READ_ONLY),
    ]


def _supplied_fields() -> list[FieldType]:
    return [
        text("SuppliedName", "Name", 80),
        email("SuppliedEmail", "Email Address"),
        text("SuppliedPhone", "Phone", 40),
        text("SuppliedCompany", "Company", 80),
    ]


def _case_number() -> FieldType:
    return text(
        "CaseNumber",
        "Case Number",
        30,
        nillable=False,
        defaulted_on_create=True,
        auto_number=True,
        name_field=True,
        id_lookup=True,
        permissionable=False,
        display_format="{00000000}",
        **READ_ONLY,
    )


def case() -> SObjectType:
    """Return Case: numbered by the org, owned by users or queues."""
    fields = [
        record_id("Case"),
        is_deleted(),
        reference("MasterRecordId", "Master Record ID", "Case", permissionable=False, **READ_ONLY),
        _case_number(),
        reference("ContactId", "Contact ID", "Contact", children="Cases"),
        reference("AccountId", "Account ID", "Account", children="Cases"),
        reference("ParentId", "Parent Case ID", "Case", children="Cases"),
        *_supplied_fields(),
        picklist("Type", "Case Type", "Mechanical;Electrical;Electronic;Structural;Other"),
        picklist("Status", "Status", f"New;Working;Escalated;{CLOSED_CASE_STATUS}", default="New"),
        picklist(
            "Reason",
            "Case Reason",
            "Installation;Equipment Complexity;Performance;Breakdown;Equipment Design;Feedback;Other",
        ),
        picklist("Origin", "Case Origin", "Phone;Email;Web"),
        text("Subject", "Subject", 255),
        picklist("Priority", "Priority", "High;Medium;Low", default="Medium"),
        textarea("Description", "Description", 32000),
        checkbox("IsClosed", "Closed", permissionable=False, **READ_ONLY),
        moment("ClosedDate", "Closed Date", permissionable=False, **READ_ONLY),
        checkbox("IsEscalated", "Escalated"),
        owner(queues=True),
        *system_fields(),
        *_fields_of_the_contact(),
        textarea("Comments", "Internal Comments", 4000),
    ]
    return SObjectType("Case", "Case", "500", fields, activities=True)


def campaign() -> SObjectType:
    """Return Campaign."""
    counts = ("Leads", "ConvertedLeads", "Contacts", "Responses", "Opportunities", "WonOpportunities")
    fields = [
        record_id("Campaign"),
        is_deleted(),
        text("Name", "Name", 80, nillable=False, name_field=True, permissionable=False),
        reference("ParentId", "Parent Campaign ID", "Campaign", children="ChildCampaigns"),
        picklist(
            "Type",
            "Type",
            "Conference;Webinar;Trade Show;Public Relations;Partners;Referral Program;Advertisement;Banner Ads;Direct Mail;Email;"
            "Telemarketing;Other",
        ),
        picklist("Status", "Status", "Planned;In Progress;Completed;Aborted", default="Planned"),
        day("StartDate", "Start Date"),
        day("EndDate", "End Date"),
        decimal("ExpectedRevenue", "Expected Revenue", 18, 0, type="currency"),
        decimal("BudgetedCost", "Budgeted Cost", 18, 0, type="currency"),
        decimal("ActualCost", "Actual Cost", 18, 0, type="currency"),
        decimal("ExpectedResponse", "Expected Response (%)", 10, 2, type="percent"),
        decimal("NumberSent", "Num Sent", 18, 0),
        checkbox("IsActive", "Active"),
        textarea("Description", "Description", 32000),
        *(whole(f"NumberOf{what}", f"{what} in Campaign", **READ_ONLY) for what in counts),
        owner(),
        *system_fields(activity=True),
    ]
    return SObjectType("Campaign", "Campaign", "701", fields, activities=True)


def campaign_member() -> SObjectType:
    """Return CampaignMember: one Lead or Contact in one Campaign, once."""
    fixed: dict[str, Any] = {"updateable": False, "permissionable": False}
    copied: dict[str, Any] = {"permissionable": False, **READ_ONLY}
    fields = [
        record_id("Campaign Member"),
        is_deleted(),
        reference(
            "CampaignId",
            "Campaign ID",
            "Campaign",
            nillable=False,
            children="CampaignMembers",
            cascade_delete=True,
            **fixed,
        ),
        reference("LeadId", "Lead ID", "Lead", children="CampaignMembers", cascade_delete=True, **fixed),
        reference("ContactId", "Contact ID", "Contact", children="CampaignMembers", cascade_delete=True, **fixed),
        picklist("Status", "Status", MEMBER_STATUSES, default="Sent", length=40),
        checkbox("HasResponded", "Responded", **copied),
        day("FirstRespondedDate", "First Responded Date", **copied),
        text("Name", "Name", 255, name_field=True, **copied),
        text("FirstName", "First Name", 40, **copied),
        text("LastName", "Last Name", 80, **copied),
        text("Title", "Title", 128, **copied),
        email("Email", "Email", **copied),
        phone("Phone", "Phone", **copied),
        text("CompanyOrAccount", "Company (Account)", 255, **copied),
        picklist("Type", "Type", "Lead;Contact", length=40, restricted_picklist=True, **copied),
        reference("LeadOrContactId", "Related Record ID", "Account,Contact,Lead", **copied),
        reference("LeadOrContactOwnerId", "Related Record Owner ID", "Group,User", **copied),
        *system_fields(viewed=False),
    ]
    return SObjectType("CampaignMember", "Campaign Member", "00v", fields, undeletable=False)


def campaign_member_status() -> SObjectType:
    """Return CampaignMemberStatus: the statuses the members of one Campaign may have."""
    fields = [
        record_id("Campaign Member Status"),
        is_deleted(),
        reference(
            "CampaignId",
            "Campaign ID",
            "Campaign",
            nillable=False,
            updateable=False,
            cascade_delete=True,
            children="CampaignMemberStatuses",
        ),
        text("Label", "Label", 765, nillable=False),
        whole("SortOrder", "Sort Order"),
        checkbox("IsDefault", "Is Default"),
        checkbox("HasResponded", "Responded"),
        *system_fields(viewed=False),
    ]
    return SObjectType(
        "CampaignMemberStatus", "Campaign Member Status", "01Y", fields, label_plural="Campaign Member Status"
    )
