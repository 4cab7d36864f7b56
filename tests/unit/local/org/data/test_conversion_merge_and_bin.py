"""Lead conversion, merges, the recycle bin and what is gone for good."""

from __future__ import annotations

from contextlib import suppress

import pytest

from local.org.data.saving.lead_conversion import convert_lead
from local.org.data.saving.merging import merge
from local.org.data.store import Store
from local.org.wire.messages import OrgError
from tests.support.org.data import StoppedClock, a_contact, a_lead, an_org_store, codes, created, row_of, the_user


def later(store: Store, seconds: float = 60) -> None:
    assert isinstance(store.clock, StoppedClock)
    store.clock.advance(seconds)


def test_a_converted_lead_names_what_it_became_and_its_stamp_moves() -> None:
    """Source: SOAP API guide, convertLead; conversion bumps the lead's SystemModstamp."""
    store = an_org_store()
    lead = created(store, "Lead", **a_lead(Phone="123"))
    before = row_of(store, lead)["SystemModstamp"]
    later(store)
    became = convert_lead(store, None, lead, opportunity=True)
    row = row_of(store, lead)
    assert row["IsConverted"] is True
    assert row["Status"] == "Closed - Converted"
    assert row["SystemModstamp"] > before
    assert (row["ConvertedAccountId"], row["ConvertedContactId"]) == (became["account_id"], became["contact_id"])
    assert row_of(store, became["contact_id"])["Email"] == "ada@example.com"
    assert row_of(store, became["contact_id"])["AccountId"] == became["account_id"]
    assert row_of(store, became["account_id"])["Name"] == "Analytical Engines"
    assert row_of(store, became["opportunity_id"])["AccountId"] == became["account_id"]


def test_conversion_into_an_existing_contact_keeps_it() -> None:
    store = an_org_store()
    account = created(store, "Account", Name="Acme")
    contact = created(store, "Contact", **a_contact(AccountId=account))
    became = convert_lead(store, None, created(store, "Lead", **a_lead())[:15], contact_id=contact)
    assert (became["account_id"], became["contact_id"]) == (account, contact)
    assert len(store.table("Contact").rows) == 1


def test_activities_follow_the_converted_lead() -> None:
    store = an_org_store()
    lead = created(store, "Lead", **a_lead())
    task = created(store, "Task", Subject="Call", WhoId=lead)
    became = convert_lead(store, None, lead)
    assert row_of(store, task)["WhoId"] == became["contact_id"]
    assert row_of(store, task)["AccountId"] == became["account_id"]


def test_a_converted_lead_cannot_be_changed() -> None:
    """Source: status codes of the REST API guide, captured answers: CANNOT_UPDATE_CONVERTED_LEAD, "cannot reference converted lead"."""
    store = an_org_store()
    lead = created(store, "Lead", **a_lead())
    convert_lead(store, None, lead)
    result = store.update(None, "Lead", lead, {"Title": "CEO"})
    assert [failure.message for failure in result.failures] == ["cannot reference converted lead"]
    assert codes(result) == ["CANNOT_UPDATE_CONVERTED_LEAD"]
    with pytest.raises(OrgError, match="cannot reference converted lead"):
        convert_lead(store, None, lead)


def test_the_status_of_a_conversion_cannot_be_set_by_hand() -> None:
    """Source: SOAP API guide, convertLead: setting Status to a converted one fails."""
    store = an_org_store()
    lead = created(store, "Lead", **a_lead())
    assert not store.update(None, "Lead", lead, {"Status": "Closed - Converted"}).success


def test_is_converted_may_be_given_at_create_but_not_changed() -> None:
    """Source: Object Reference, Lead: IsConverted is createable, not updateable."""
    store = an_org_store()
    lead_type = store.schema.sobject("Lead")
    field = lead_type.field("IsConverted") if lead_type else None
    assert field is not None
    assert (field.createable, field.updateable) == (True, False)


def test_a_merge_deletes_the_loser_and_names_the_survivor() -> None:
    """Source: Object Reference: the loser is deleted with MasterRecordId; the survivor's stamp moves."""
    store = an_org_store()
    master, loser = created(store, "Contact", **a_contact()), created(store, "Contact", **a_contact())
    task = created(store, "Task", Subject="Call", WhoId=loser)
    later(store)
    before = row_of(store, master)["SystemModstamp"]
    merge(store, None, master, [loser], {"Title": "CEO"})
    gone = row_of(store, loser)
    assert (gone["IsDeleted"], gone["MasterRecordId"]) == (True, master)
    assert row_of(store, master)["SystemModstamp"] > before
    assert row_of(store, master)["Title"] == "CEO"
    assert row_of(store, task)["WhoId"] == master
    assert row_of(store, task)["IsDeleted"] is False


def test_merged_accounts_hand_their_contacts_over() -> None:
    store = an_org_store()
    master, loser = created(store, "Account", Name="Acme"), created(store, "Account", Name="ACME Inc")
    contact = created(store, "Contact", **a_contact(AccountId=loser))
    merge(store, None, master, [loser])
    assert row_of(store, contact)["AccountId"] == master
    assert row_of(store, contact)["IsDeleted"] is False


@pytest.mark.parametrize("losers", [0, 3])
def test_a_merge_takes_one_or_two_losers(losers: int) -> None:
    """Source: SOAP API guide, merge: up to three records."""
    store = an_org_store()
    master, *others = [created(store, "Contact", **a_contact()) for _ in range(losers + 1)]
    with pytest.raises(OrgError):
        merge(store, None, master, others)


def test_a_deleted_record_waits_in_the_recycle_bin_with_a_new_stamp() -> None:
    store = an_org_store()
    contact = created(store, "Contact", **a_contact())
    before = row_of(store, contact)["SystemModstamp"]
    later(store)
    assert store.delete(None, "Contact", contact).success
    assert store.view(None).row(contact) is None
    assert store.view(None).row(contact, include_deleted=True) is not None
    assert row_of(store, contact)["SystemModstamp"] > before


def test_what_is_deleted_cannot_be_changed_or_deleted_again() -> None:
    """Source: status codes of the REST API guide, captured answers: ENTITY_IS_DELETED."""
    store = an_org_store()
    contact = created(store, "Contact", **a_contact())
    store.delete(None, "Contact", contact)
    assert codes(store.update(None, "Contact", contact, {"Title": "CEO"})) == ["ENTITY_IS_DELETED"]
    assert codes(store.delete(None, "Contact", contact)) == ["ENTITY_IS_DELETED"]


def test_contacts_go_and_come_back_with_their_account() -> None:
    """Source: Object Reference, Account: deleting an account deletes its contacts and opportunities."""
    store = an_org_store()
    account = created(store, "Account", Name="Acme")
    contact = created(store, "Contact", **a_contact(AccountId=account))
    task = created(store, "Task", Subject="Call", WhoId=contact)
    store.delete(None, "Account", account)
    assert row_of(store, contact)["IsDeleted"] is row_of(store, task)["IsDeleted"] is True
    store.undelete(None, account)
    assert row_of(store, contact)["IsDeleted"] is row_of(store, task)["IsDeleted"] is False


def test_a_plain_lookup_is_cleared() -> None:
    store = an_org_store()
    boss = created(store, "Contact", **a_contact())
    report = created(store, "Contact", LastName="Byron", ReportsToId=boss)
    store.delete(None, "Contact", boss)
    assert "ReportsToId" not in row_of(store, report)
    assert row_of(store, report)["IsDeleted"] is False


def test_what_is_hard_deleted_is_nowhere_but_remembered_as_deleted() -> None:
    """Source: Object Reference, system fields: hard-deleted rows vanish from queryAll; getDeleted still tells of them."""
    store = an_org_store()
    contact = created(store, "Contact", **a_contact())
    store.hard_delete(None, contact[:15])
    assert store.raw(contact) is None
    assert [(sobject, record_id) for sobject, record_id, _ in store.deletions] == [("Contact", contact)]
    assert codes(store.update(None, "Contact", contact, {"Title": "CEO"})) == ["INVALID_CROSS_REFERENCE_KEY"]


@pytest.mark.parametrize("record_id", ["0038M0000016Wv8QAE", "zzz8M0000016Wv8QAE", "nothing"])
def test_what_is_not_there_cannot_be_deleted_or_brought_back(record_id: str) -> None:
    store = an_org_store()
    with pytest.raises(OrgError, match="invalid cross reference id"):
        store.hard_delete(None, record_id)
    with pytest.raises(OrgError, match="invalid cross reference id"):
        store.undelete(None, record_id)


def test_what_is_not_deleted_cannot_be_brought_back() -> None:
    store = an_org_store()
    with pytest.raises(OrgError, match="not in the recycle bin"):
        store.undelete(None, created(store, "Contact", **a_contact()))


def test_an_undone_deletion_is_not_remembered() -> None:
    store = an_org_store()
    contact = created(store, "Contact", **a_contact())
    with suppress(LookupError), store.transaction(None):
        store.delete(None, "Contact", contact)
        raise LookupError
    assert store.deletions == []
    assert row_of(store, contact)["IsDeleted"] is False


def test_an_emptied_recycle_bin_keeps_nothing() -> None:
    store = an_org_store()
    kept = created(store, "Contact", LastName="Byron")
    store.delete(None, "Contact", created(store, "Contact", **a_contact()))
    assert store.empty_recycle_bin() == 1
    assert list(store.table("Contact").rows) == [kept]


def test_a_user_with_the_permission_changes_converted_leads() -> None:
    """Source: Object Reference, Lead: read-only after conversion unless "View and Edit Converted Leads"."""
    store = an_org_store()
    jane = the_user(store, "jane@northwind.example")
    lead = created(store, "Lead", **a_lead())
    convert_lead(store, None, lead)
    assert codes(store.update(jane, "Lead", lead, {"Title": "CEO"})) == ["CANNOT_UPDATE_CONVERTED_LEAD"]
    store.declare({"permissions": {jane.username: {"system": {"ViewEditConvertedLeads": True}}}})
    assert store.update(jane, "Lead", lead, {"Title": "CEO"}).success
