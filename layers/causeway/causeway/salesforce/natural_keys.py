"""The sObjects of which Salesforce takes one record per combination of fields only, however it is created (Object Reference). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.values.texts import text_of

NATURAL_KEYS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "AccountContactRelation": (("AccountId", "ContactId"),),
    "AccountTeamMember": (("AccountId", "UserId"),),
    "CampaignMember": (("CampaignId", "ContactId"), ("CampaignId", "LeadId"), ("CampaignId", "AccountId")),
    "CampaignMemberStatus": (("CampaignId", "Label"),),
    "CaseTeamMember": (("ParentId", "MemberId"),),
    "ContentDocumentLink": (("LinkedEntityId", "ContentDocumentId"),),
    "EntitySubscription": (("ParentId", "SubscriberId"),),
    "EventRelation": (("EventId", "RelationId"),),
    "GroupMember": (("GroupId", "UserOrGroupId"),),
    "OpportunityContactRole": (("OpportunityId", "ContactId"),),
    "OpportunityTeamMember": (("OpportunityId", "UserId"),),
    "PermissionSetAssignment": (("PermissionSetId", "AssigneeId"), ("PermissionSetGroupId", "AssigneeId")),
    "PricebookEntry": (("Pricebook2Id", "Product2Id", "CurrencyIsoCode"), ("Pricebook2Id", "Product2Id")),
    "QueueSobject": (("QueueId", "SobjectType"),),
    "TaskRelation": (("TaskId", "RelationId"),),
    "TopicAssignment": (("TopicId", "EntityId"),),
}


def natural_key(describe: SObjectDescribe, given: Collection[str]) -> tuple[str, ...]:
    """Return the fields that say which record is meant, as far as `given` (names in any case) has all of them; else nothing."""
    names = {name.lower() for name in given}
    return next((key for key in _keys(describe) if names.issuperset(name.lower() for name in key)), ())


def natural_values(describe: SObjectDescribe, values: Mapping[str, Any]) -> dict[str, str]:
    """Return what a record is to hold in the fields of which there is one record only, nothing unless it holds all of them."""
    texts = {name: text for name, value in values.items() if (text := text_of(value))}
    return {name: texts[name] for name in natural_key(describe, texts)}


def natural_keys(describe: SObjectDescribe) -> tuple[tuple[str, ...], ...]:
    """Return every combination of fields of which the sObject has one record only, as far as the user sees the fields."""
    return tuple(_keys(describe))


def _keys(describe: SObjectDescribe) -> Iterable[tuple[str, ...]]:
    return (key for key in NATURAL_KEYS.get(describe.name, ()) if all(describe.field(name) is not None for name in key))
