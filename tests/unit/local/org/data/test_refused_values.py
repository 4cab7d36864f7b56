"""Values that are refused and become acceptable: references, owners, picklists, unique values, members of campaigns."""

from __future__ import annotations

from typing import Any

import pytest

from local.org.data.saving.merging import merge
from local.org.data.store import Store
from local.org.standard.seed import FORMER_USERNAME
from tests.support.org.data import a_contact, an_org_store, codes, created, row_of, the_user
from tests.support.org.edge import API, Client

UNKNOWN_ID = "0018M000001oWgPQAU"


def tiers(*values: str) -> dict[str, Any]:
    field = {"name": "Tier__c", "type": "picklist", "restrictedPicklist": True, "picklistValues": list(values)}
    return {"sobjects": [{"name": "Contact", "fields": [field]}]}


def test_a_restricted_value_is_taken_once_the_list_has_it() -> None:
    store = an_org_store()
    store.declare(tiers("Gold"))
    contact = created(store, "Contact", **a_contact())
    change = {"Tier__c": "Silver"}
    assert codes(store.update(None, "Contact", contact, change)) == ["INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"]
    store.declare(tiers("Gold", "Silver"))
    assert store.update(None, "Contact", contact, change).success


def test_a_field_that_is_declared_while_the_org_runs_is_there_at_once() -> None:
    client = Client()
    headers = client.session()
    path, body = f"{API}/sobjects/Contact", b'{"LastName": "Doe", "New__c": "x"}'
    assert client.send("POST", path, body=body, headers=headers).body[0]["errorCode"] == "INVALID_FIELD"
    client.control("POST", "schema", {"sobjects": [{"name": "Contact", "fields": [{"name": "New__c"}]}]})
    assert client.send("POST", path, body=body, headers=headers).status == 201


def test_an_inactive_user_may_own_what_the_setting_names() -> None:
    """Source: help, Set Audit Fields and Update Records with Inactive Owners: a permission allows it."""
    store = an_org_store(inactive_owners_allowed=["contact"])
    former = the_user(store, FORMER_USERNAME).user_id
    assert store.create(None, "Contact", a_contact(OwnerId=former)).success
    result = store.create(None, "Account", {"Name": "Acme", "OwnerId": former})
    assert codes(result) == ["INACTIVE_OWNER_OR_USER"]


def test_a_reference_to_a_merged_record_is_refused_as_one_to_a_deleted_record() -> None:
    store = an_org_store()
    winner, loser = created(store, "Account", Name="Acme"), created(store, "Account", Name="Acme Inc")
    merge(store, None, winner, [loser])
    assert codes(store.create(None, "Contact", {"LastName": "Doe", "AccountId": loser})) == ["ENTITY_IS_DELETED"]


def test_a_reference_to_a_record_that_sharing_hides_is_refused() -> None:
    """Source: captured answers: INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY with the Id's 15 characters."""
    store = an_org_store()
    account = created(store, "Account", Name="Acme")
    store.settings.unshared_ids = [account[:15]]
    result = store.create(the_user(store), "Contact", {"LastName": "Doe", "AccountId": account})
    assert codes(result) == ["INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"]
    assert result.failures[0].message == f"insufficient access rights on cross-reference id: {account[:15]}"
    store.settings.unshared_ids = []
    assert store.create(the_user(store), "Contact", {"LastName": "Doe", "AccountId": account}).success


def test_a_reference_to_an_sobject_that_the_user_may_not_read_is_refused() -> None:
    store = an_org_store()
    account = created(store, "Account", Name="Acme")
    caller = the_user(store)
    store.declare({"permissions": {caller.username: {"objects": {"Account": {"read": False}}}}})
    result = store.create(caller, "Contact", {"LastName": "Doe", "AccountId": account})
    assert codes(result) == ["INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"]


@pytest.mark.parametrize("code", ["INVALID_CROSS_REFERENCE_KEY", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"])
def test_a_reference_to_nothing_is_refused_as_the_setting_says(code: str) -> None:
    store = an_org_store(unknown_reference_code=code)
    assert codes(store.create(None, "Contact", {"LastName": "Doe", "AccountId": UNKNOWN_ID})) == [code]


def test_a_hidden_record_is_found_by_no_query_and_no_address() -> None:
    client = Client()
    headers = client.session()
    hidden, shown = client.control(
        "POST", "records", {"sobject": "Account", "records": [{"Name": "A"}, {"Name": "B"}]}
    )["ids"]
    client.settings(unshared_ids=[hidden])
    for condition in ("", " WHERE Name IN ('A', 'B')", " ORDER BY SystemModstamp, Id"):
        answer = client.send("GET", f"{API}/query", {"q": f"SELECT Id FROM Account{condition}"}, headers=headers)
        assert [row["Id"] for row in answer.body["records"]] == [shown]
    assert client.send("GET", f"{API}/sobjects/Account/{hidden}", headers=headers).status == 404
    body = b'{"Name": "C"}'
    assert client.send("PATCH", f"{API}/sobjects/Account/{hidden}", body=body, headers=headers).status == 404


def unique_code(store: Store) -> None:
    field = {"name": "Code__c", "type": "string", "unique": True}
    store.declare({"sobjects": [{"name": "Contact", "fields": [field]}]})


def test_a_taken_unique_value_names_its_holder() -> None:
    """Source: status codes of the REST API guide, captured answers: the holder's Id with 15 characters."""
    store = an_org_store()
    unique_code(store)
    holder = created(store, "Contact", LastName="Doe", Code__c="x")
    result = store.create(None, "Contact", {"LastName": "Roe", "Code__c": "x"})
    assert result.failures[0].message == (
        f"duplicate value found: Code__c duplicates value on record with id: {holder[:15]}"
    )


def test_a_unique_value_of_a_record_that_the_user_does_not_see_names_nothing() -> None:
    """Source: captured answers: "duplicate value found: <unknown> duplicates value on record with id: <unknown>"."""
    store = an_org_store()
    unique_code(store)
    store.settings.unshared_ids = [created(store, "Contact", LastName="Doe", Code__c="x")]
    result = store.create(the_user(store), "Contact", {"LastName": "Roe", "Code__c": "x"})
    assert result.failures[0].message == (
        "duplicate value found: <unknown> duplicates value on record with id: <unknown>"
    )


def test_a_member_with_an_unknown_status_gets_the_default_of_its_campaign_where_the_setting_says_so() -> None:
    """Source: early API guides, CampaignMember: a status that the campaign does not have becomes its default status."""
    store = an_org_store(unknown_member_status="default")
    campaign, contact = created(store, "Campaign", Name="Fair"), created(store, "Contact", **a_contact())
    member = created(store, "CampaignMember", CampaignId=campaign, ContactId=contact, Status="Bored")
    assert row_of(store, member)["Status"] == "Sent"


def test_a_member_has_responded_when_its_status_says_so() -> None:
    """Source: Object Reference, CampaignMember: each status implies HasResponded."""
    store = an_org_store()
    campaign, contact = created(store, "Campaign", Name="Fair"), created(store, "Contact", **a_contact())
    store.load("CampaignMemberStatus", [{"CampaignId": campaign, "Label": "Came", "HasResponded": True}])
    member = created(store, "CampaignMember", CampaignId=campaign, ContactId=contact, Status="Came")
    assert row_of(store, member)["HasResponded"] is True


def test_a_person_is_a_member_of_a_campaign_once() -> None:
    """Source: captured answers: DUPLICATE_VALUE, "Already a campaign member."."""
    store = an_org_store()
    campaign, contact = created(store, "Campaign", Name="Fair"), created(store, "Contact", **a_contact())
    created(store, "CampaignMember", CampaignId=campaign, ContactId=contact)
    result = store.create(None, "CampaignMember", {"CampaignId": campaign, "ContactId": contact})
    assert [(each.status_code, each.message) for each in result.failures] == [
        ("DUPLICATE_VALUE", "Already a campaign member.")
    ]
