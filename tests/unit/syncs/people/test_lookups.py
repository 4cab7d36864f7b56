"""Look-ups ask for exactly the records that are needed, in statements of bounded size."""

from __future__ import annotations

from itertools import product

from causeway.gateways.salesforce.composite import soql_of
from causeway.syncs.people.lookups import MAX_TEXT, lookups

COLUMNS = ("Id",)


def test_several_match_fields_are_all_in_the_condition_and_the_field_with_most_values_is_listed() -> None:
    pairs = [(("CampaignId", "701A"), ("ContactId", f"003{number}")) for number in range(3)]
    pairs.append((("CampaignId", "701B"), ("ContactId", "0039")))
    assert [soql_of(each) for each in lookups("CampaignMember", COLUMNS, {"Id": ["00v1"]}, together=pairs)] == [
        "SELECT Id FROM CampaignMember WHERE Id IN ('00v1')",
        "SELECT Id FROM CampaignMember WHERE ((CampaignId IN ('701A')) AND (ContactId IN ('0030','0031','0032'))) OR "
        "((CampaignId IN ('701B')) AND (ContactId IN ('0039')))",
    ]


def test_each_statement_asks_for_the_values_of_one_field_or_of_the_same_fields_together() -> None:
    pairs = [(("A__c", "1"), ("B__c", "2")), (("A__c", "1"), ("C__c", "2"))]
    criteria = {"Email": ["b@example.com", "a@example.com"], "Id": ["0031"], "Key__c": []}
    assert [soql_of(each).partition(" WHERE ")[2] for each in lookups("Contact", COLUMNS, criteria, pairs)] == [
        "Email IN ('a@example.com','b@example.com')",
        "Id IN ('0031')",
        "(B__c IN ('2')) AND (A__c IN ('1'))",
        "(C__c IN ('2')) AND (A__c IN ('1'))",
    ]


def test_the_order_of_the_match_fields_makes_no_difference_to_what_is_listed() -> None:
    pairs = [(("ContactId", f"003{number}"), ("CampaignId", "701A")) for number in range(3)]
    (lookup,) = lookups("CampaignMember", COLUMNS, {}, together=pairs)
    assert lookup.all_of == ((("CampaignId", ("701A",)), ("ContactId", ("0030", "0031", "0032"))),)


def test_combinations_are_split_into_statements_that_salesforce_takes_without_losing_one() -> None:
    pairs = {(("A__c", f"{a:0200}"), ("B__c", f"{b:0200}")) for a, b in product(range(40), range(40))}
    found = list(lookups("X__c", COLUMNS, {}, together=pairs))
    conditions = [dict(each) for lookup in found for each in lookup.all_of]
    asked = {(("A__c", a), ("B__c", b)) for each in conditions for a, b in product(each["A__c"], each["B__c"])}
    assert asked == pairs
    assert all(len(soql_of(lookup)) < MAX_TEXT + 5_000 for lookup in found)
