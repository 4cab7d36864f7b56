"""What Salesforce requires at creation though describe calls each field optional: one field of each group (Object Reference). Pure."""

from __future__ import annotations

from typing import Final

REQUIRED_GROUPS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "CampaignMember": (("ContactId", "LeadId", "AccountId"),),
    "Event": (
        ("StartDateTime", "ActivityDateTime", "ActivityDate"),
        ("EndDateTime", "DurationInMinutes", "IsAllDayEvent"),
    ),
    "ContentVersion": (("VersionData", "ContentUrl"),),
    "Note": (("ParentId",),),
    "OpportunityLineItem": (("PricebookEntryId", "Product2Id"), ("UnitPrice", "TotalPrice")),
}
