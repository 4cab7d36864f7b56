"""Lead, Contact and Account (Object Reference: Lead, Contact, Account)."""

from __future__ import annotations

from ..schema.sobjects import FieldType, SObjectType
from .fields import (
    READ_ONLY,
    address,
    checkbox,
    day,
    decimal,
    email,
    is_deleted,
    moment,
    owner,
    person_name,
    phone,
    picklist,
    record_id,
    reference,
    system_fields,
    text,
    textarea,
    url,
    whole,
)

INDUSTRIES = (
    "Agriculture;Apparel;Banking;Biotechnology;Chemicals;Communications;Construction;Consulting;Education;Electronics;Energy;"
    "Engineering;Entertainment;Environmental;Finance;Food & Beverage;Government;Healthcare;Hospitality;Insurance;Machinery;"
    "Manufacturing;Media;Not For Profit;Other;Recreation;Retail;Shipping;Technology;Telecommunications;Transportation;Utilities"
)
LEAD_SOURCES = "Web;Phone Inquiry;Partner Referral;Purchased List;Other"
RATINGS = "Hot;Warm;Cold"
CLEAN_STATUSES = "Matched;Different;Acknowledged;NotFound;Inactive;Pending;SelectMatch;Skipped"
CONVERTED_STATUS = "Closed - Converted"
LEAD_STATUSES = f"Open - Not Contacted;Working - Contacted;{CONVERTED_STATUS};Closed - Not Converted"


def _master_record(sobject: str) -> FieldType:
    return reference("MasterRecordId", "Master Record ID", sobject, permissionable=False, **READ_ONLY)


def _bounce_fields() -> list[FieldType]:
    return [
        text("EmailBouncedReason", "Email Bounced Reason", 255),
        moment("EmailBouncedDate", "Email Bounced Date"),
    ]


def _conversion_fields() -> list[FieldType]:
    return [
        checkbox("IsConverted", "Converted", updateable=False, permissionable=False),
        day("ConvertedDate", "Converted Date", permissionable=False, **READ_ONLY),
        reference("ConvertedAccountId", "Converted Account ID", "Account", permissionable=False, **READ_ONLY),
        reference("ConvertedContactId", "Converted Contact ID", "Contact", permissionable=False, **READ_ONLY),
        reference(
            "ConvertedOpportunityId", "Converted Opportunity ID", "Opportunity", permissionable=False, **READ_ONLY
        ),
        checkbox("IsUnreadByOwner", "Unread By Owner", permissionable=False),
    ]


def lead() -> SObjectType:
    """Return Lead: LastName and Company required, Status defaulted, owned by users or queues."""
    fields = [
        record_id("Lead"),
        is_deleted(),
        _master_record("Lead"),
        *person_name(),
        text("Title", "Title", 128),
        text("Company", "Company", 255, nillable=False, permissionable=False),
        *address("", "", "Address"),
        phone("Phone", "Phone"),
        phone("MobilePhone", "Mobile Phone"),
        phone("Fax", "Fax"),
        email("Email", "Email", id_lookup=True),
        url("Website", "Website"),
        url("PhotoUrl", "Photo URL", **READ_ONLY),
        textarea("Description", "Description", 32000),
        picklist("LeadSource", "Lead Source", LEAD_SOURCES),
        picklist(
            "Status", "Status", LEAD_STATUSES, default="Open - Not Contacted", nillable=False, permissionable=False
        ),
        picklist("Industry", "Industry", INDUSTRIES),
        picklist("Rating", "Rating", RATINGS),
        decimal("AnnualRevenue", "Annual Revenue", 18, 0, type="currency"),
        whole("NumberOfEmployees", "Employees"),
        owner(queues=True),
        checkbox("HasOptedOutOfEmail", "Email Opt Out"),
        checkbox("HasOptedOutOfFax", "Fax Opt Out"),
        checkbox("DoNotCall", "Do Not Call"),
        *_conversion_fields(),
        *system_fields(activity=True),
        text("Jigsaw", "Data.com Key", 20),
        text("JigsawContactId", "Jigsaw Contact ID", 20, **READ_ONLY),
        picklist("CleanStatus", "Clean Status", CLEAN_STATUSES, length=40, restricted_picklist=True),
        text("CompanyDunsNumber", "Company D-U-N-S Number", 9),
        *_bounce_fields(),
    ]
    return SObjectType("Lead", "Lead", "00Q", fields, mergeable=True, activities=True)


def contact() -> SObjectType:
    """Return Contact: LastName required, owned by users, tied to an Account."""
    fields = [
        record_id("Contact"),
        is_deleted(),
        _master_record("Contact"),
        reference("AccountId", "Account ID", "Account", children="Contacts"),
        *person_name(),
        *address("Other", "Other"),
        *address("Mailing", "Mailing"),
        phone("Phone", "Business Phone"),
        phone("Fax", "Business Fax"),
        phone("MobilePhone", "Mobile Phone"),
        phone("HomePhone", "Home Phone"),
        phone("OtherPhone", "Other Phone"),
        phone("AssistantPhone", "Asst. Phone"),
        reference("ReportsToId", "Reports To ID", "Contact"),
        email("Email", "Email", id_lookup=True),
        text("Title", "Title", 128),
        text("Department", "Department", 80),
        text("AssistantName", "Assistant's Name", 40),
        picklist("LeadSource", "Lead Source", LEAD_SOURCES),
        day("Birthdate", "Birthdate"),
        textarea("Description", "Contact Description", 32000),
        owner(),
        checkbox("HasOptedOutOfEmail", "Email Opt Out"),
        checkbox("HasOptedOutOfFax", "Fax Opt Out"),
        checkbox("DoNotCall", "Do Not Call"),
        *system_fields(activity=True),
        moment("LastCURequestDate", "Last Stay-in-Touch Request Date", permissionable=False, **READ_ONLY),
        moment("LastCUUpdateDate", "Last Stay-in-Touch Save Date", permissionable=False, **READ_ONLY),
        *_bounce_fields(),
        checkbox("IsEmailBounced", "Is Email Bounced", permissionable=False, **READ_ONLY),
        url("PhotoUrl", "Photo URL", **READ_ONLY),
        text("Jigsaw", "Data.com Key", 20),
        text("JigsawContactId", "Jigsaw Contact ID", 20, **READ_ONLY),
        picklist("CleanStatus", "Clean Status", CLEAN_STATUSES, length=40, restricted_picklist=True),
    ]
    return SObjectType("Contact", "Contact", "003", fields, mergeable=True, activities=True)


def _company_fields() -> list[FieldType]:
    return [
        text("Jigsaw", "Data.com Key", 20),
        text("JigsawCompanyId", "Jigsaw Company ID", 20, **READ_ONLY),
        picklist("CleanStatus", "Clean Status", CLEAN_STATUSES, length=40, restricted_picklist=True),
        picklist("AccountSource", "Account Source", LEAD_SOURCES),
        text("DunsNumber", "D-U-N-S Number", 9),
        text("Tradestyle", "Tradestyle", 255),
        text("NaicsCode", "NAICS Code", 8),
        text("NaicsDesc", "NAICS Description", 120),
        text("YearStarted", "Year Started", 4),
        text("SicDesc", "SIC Description", 80),
    ]


def _account_name() -> FieldType:
    more = {"name_field": True, "permissionable": False, "extra_type_info": "switchablepersonname"}
    return text("Name", "Account Name", 255, nillable=False, **more)


def account() -> SObjectType:
    """Return Account (business accounts; person accounts are added on request)."""
    fields = [
        record_id("Account"),
        is_deleted(),
        _master_record("Account"),
        _account_name(),
        picklist(
            "Type",
            "Account Type",
            "Prospect;Customer - Direct;Customer - Channel;Channel Partner / Reseller;Installation Partner;Technology Partner;Other",
        ),
        reference("ParentId", "Parent Account ID", "Account", children="ChildAccounts"),
        *address("Billing", "Billing"),
        *address("Shipping", "Shipping"),
        phone("Phone", "Account Phone"),
        phone("Fax", "Account Fax"),
        text("AccountNumber", "Account Number", 40),
        url("Website", "Website"),
        url("PhotoUrl", "Photo URL", **READ_ONLY),
        text("Sic", "SIC Code", 20),
        picklist("Industry", "Industry", INDUSTRIES),
        decimal("AnnualRevenue", "Annual Revenue", 18, 0, type="currency"),
        whole("NumberOfEmployees", "Employees"),
        picklist("Ownership", "Ownership", "Public;Private;Subsidiary;Other"),
        text("TickerSymbol", "Ticker Symbol", 20),
        textarea("Description", "Account Description", 32000),
        picklist("Rating", "Account Rating", RATINGS),
        text("Site", "Account Site", 80),
        owner(),
        *system_fields(activity=True),
        *_company_fields(),
    ]
    return SObjectType("Account", "Account", "001", fields, mergeable=True, activities=True)
