"""Which fields say which record of a junction is meant: as far as they are given, and the user sees them."""

from __future__ import annotations

from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.natural_keys import NATURAL_KEYS, natural_key, natural_keys


def described(name: str, *fields: str) -> SObjectDescribe:
    return SObjectDescribe(name, name, fields=tuple(FieldDescribe(each, each, "reference") for each in fields))


def test_the_combination_is_the_one_that_is_given_whole() -> None:
    member = described("CampaignMember", "CampaignId", "ContactId", "LeadId")
    assert natural_key(member, {"campaignid", "LeadId", "Status"}) == ("CampaignId", "LeadId")
    assert natural_key(member, {"CampaignId", "ContactId"}) == ("CampaignId", "ContactId")
    assert natural_key(member, {"CampaignId", "Status"}) == ()


def test_fields_that_the_user_does_not_see_are_no_part_of_it() -> None:
    assert natural_keys(described("PricebookEntry", "Pricebook2Id", "Product2Id")) == (("Pricebook2Id", "Product2Id"),)
    assert natural_keys(described("Contact", "AccountId")) == ()


def test_every_combination_of_the_table_is_found() -> None:
    for sobject, keys in NATURAL_KEYS.items():
        for key in keys:
            assert natural_key(described(sobject, *key), key) == key
