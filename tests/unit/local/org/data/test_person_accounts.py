"""Person accounts: off until the org enables them (Object Reference, Account: person account fields)."""

from __future__ import annotations

from typing import Any

from local.org.data.saving.lead_conversion import convert_lead
from local.org.data.store import Store
from tests.support.org.data import an_org_store, codes, created, row_of

ADA = {"FirstName": "Ada", "LastName": "Lovelace", "PersonEmail": "ada@example.com", "PersonMailingCity": "London"}


def a_person(store: Store, **values: Any) -> dict[str, Any]:
    return row_of(store, created(store, "Account", **{**ADA, **values}))


def test_without_the_feature_the_fields_do_not_exist() -> None:
    """Source: Object Reference: the fields exist only if enabled; describe tells."""
    store = an_org_store()
    account = store.schema.sobject("Account")
    assert account is not None
    assert account.field("PersonEmail") is None
    assert codes(store.create(None, "Account", ADA)) == ["INVALID_FIELD"]


def test_an_account_with_a_last_name_is_a_person_with_a_contact() -> None:
    store = an_org_store(person_accounts=True)
    account = a_person(store)
    assert (account["Name"], account["IsPersonAccount"]) == ("Ada Lovelace", True)
    contact = row_of(store, account["PersonContactId"])
    assert (contact["AccountId"], contact["IsPersonAccount"]) == (account["Id"], True)
    assert (contact["Name"], contact["Email"], contact["MailingCity"]) == ("Ada Lovelace", "ada@example.com", "London")


def test_changes_of_the_account_reach_its_contact() -> None:
    store = an_org_store(person_accounts=True)
    account = a_person(store)
    assert store.update(None, "Account", account["Id"], {"PersonEmail": "new@example.com", "LastName": "Byron"}).success
    contact = row_of(store, account["PersonContactId"])
    assert (contact["Email"], contact["Name"]) == ("new@example.com", "Ada Byron")
    assert row_of(store, account["Id"])["Name"] == "Ada Byron"
    assert len(store.table("Contact").rows) == 1


def test_the_contact_is_not_written_past_its_account() -> None:
    """Source: Object Reference, Contact.IsPersonAccount: written through the account; code and text unverified."""
    store = an_org_store(person_accounts=True)
    contact = a_person(store)["PersonContactId"]
    assert codes(store.update(None, "Contact", contact, {"Title": "CEO"})) == ["INVALID_OPERATION"]
    assert codes(store.delete(None, "Contact", contact)) == ["INVALID_OPERATION"]
    assert row_of(store, contact)["IsDeleted"] is False


def test_business_and_person_fields_do_not_mix() -> None:
    """Source: captured texts: "Account: bad field names on insert/update call: ..."."""
    store = an_org_store(person_accounts=True)
    business = store.create(None, "Account", {"Name": "Acme", "PersonEmail": "a@example.com"})
    assert [failure.message for failure in business.failures] == [
        "Account: bad field names on insert/update call: PersonEmail"
    ]
    assert codes(store.update(None, "Account", a_person(store)["Id"], {"Name": "Acme"})) == [
        "INVALID_FIELD_FOR_INSERT_UPDATE"
    ]


def test_deleting_the_account_deletes_its_contact() -> None:
    store = an_org_store(person_accounts=True)
    account = a_person(store)
    assert store.delete(None, "Account", account["Id"]).success
    assert row_of(store, account["PersonContactId"])["IsDeleted"] is True


def test_a_lead_without_company_becomes_a_person() -> None:
    """Source: Object Reference, Lead: Company null means person-account conversion where enabled."""
    store = an_org_store(person_accounts=True)
    lead = created(store, "Lead", FirstName="Ada", LastName="Lovelace", Email="ada@example.com")
    became = convert_lead(store, None, lead)
    account = row_of(store, became["account_id"])
    assert (account["IsPersonAccount"], account["PersonEmail"]) == (True, "ada@example.com")
    assert became["contact_id"] == account["PersonContactId"]
