"""What the org works out by itself when a record is saved."""

from __future__ import annotations

from local.org.data.derived.derived_values import formatted_number
from tests.support.org.data import NOON, StoppedClock, a_contact, a_lead, an_org_store, created, row_of, the_user


def test_a_name_is_made_of_its_parts_without_the_salutation() -> None:
    """Source: Object Reference, Contact: Name is the concatenation of the name fields, read-only."""
    store = an_org_store()
    contact = created(store, "Contact", **a_contact(Salutation="Ms."))
    assert row_of(store, contact)["Name"] == "Ada Lovelace"
    store.update(None, "Contact", contact, {"FirstName": None})
    assert row_of(store, contact)["Name"] == "Lovelace"


def test_an_address_is_one_compound_value() -> None:
    """Source: SOAP API guide, compound address fields."""
    store = an_org_store()
    contact = created(store, "Contact", **a_contact(MailingCity="Delft", MailingCountry="NL"))
    address = row_of(store, contact)["MailingAddress"]
    assert (address["city"], address["country"], address["street"]) == ("Delft", "NL", None)
    store.update(None, "Contact", contact, {"MailingCity": None, "MailingCountry": None})
    assert "MailingAddress" not in row_of(store, contact)


def test_audit_fields_say_who_and_when_at_second_precision() -> None:
    """Source: Object Reference, system fields; Object Reference: second granularity, .000+0000."""
    store = an_org_store()
    clock = store.clock
    assert isinstance(clock, StoppedClock)
    clock.ms += 789
    jane = the_user(store, "jane@northwind.example")
    contact = str(store.create(jane, "Contact", a_contact()).id)
    row = row_of(store, contact)
    assert row["CreatedDate"] == row["SystemModstamp"] == NOON
    assert row["CreatedById"] == row["OwnerId"] == jane.user_id
    clock.advance(60)
    store.update(None, "Contact", contact, {"Title": "CEO"})
    row = row_of(store, contact)
    assert (row["CreatedDate"], row["LastModifiedDate"]) == (NOON, "2026-06-01T12:01:00.000+0000")
    assert row["SystemModstamp"] == row["LastModifiedDate"]
    assert row["LastModifiedById"] != jane.user_id


def test_defaults_are_those_of_a_new_org() -> None:
    """Source: Object Reference, Lead.Status, Task.Status and Task.Priority default."""
    store = an_org_store()
    assert row_of(store, created(store, "Lead", **a_lead()))["Status"] == "Open - Not Contacted"
    task = row_of(store, created(store, "Task", Subject="Call"))
    assert (task["Status"], task["Priority"], task["IsClosed"]) == ("Not Started", "Normal", False)


def test_a_completed_task_is_closed() -> None:
    """Source: Object Reference, Task: status Completed closes."""
    store = an_org_store()
    task = created(store, "Task", Subject="Call", Status="Completed")
    assert row_of(store, task)["IsClosed"] is True


def test_a_task_belongs_to_the_account_of_its_contact() -> None:
    """Source: Object Reference, Task: AccountId is derived."""
    store = an_org_store()
    account = created(store, "Account", Name="Acme")
    contact = created(store, "Contact", **a_contact(AccountId=account))
    row = row_of(store, created(store, "Task", Subject="Call", WhoId=contact))
    assert (row["AccountId"], row["WhoCount"], row["WhatCount"]) == (account, 1, 0)


def test_the_stage_decides_probability_and_whether_a_deal_is_won() -> None:
    store = an_org_store()
    deal = created(store, "Opportunity", Name="Deal", StageName="Value Proposition", CloseDate="2026-08-15", Amount=200)
    row = row_of(store, deal)
    assert (row["Probability"], row["ExpectedRevenue"], row["IsClosed"], row["FiscalQuarter"]) == (50, 100, False, 3)
    store.update(None, "Opportunity", deal, {"StageName": "Closed Won"})
    row = row_of(store, deal)
    assert (row["Probability"], row["IsWon"], row["IsClosed"], row["ForecastCategory"]) == (100, True, True, "Closed")


def test_cases_are_numbered() -> None:
    store = an_org_store()
    numbers = [row_of(store, created(store, "Case", Subject="Help"))["CaseNumber"] for _ in range(2)]
    assert numbers == ["00000001", "00000002"]


def test_an_auto_number_follows_its_display_format() -> None:
    assert formatted_number("A-{0000}", 7) == "A-0007"


def test_a_campaign_member_shows_its_person() -> None:
    store = an_org_store()
    campaign, lead = created(store, "Campaign", Name="Spring"), created(store, "Lead", **a_lead())
    member = row_of(store, created(store, "CampaignMember", CampaignId=campaign, LeadId=lead))
    assert (member["Type"], member["Name"], member["CompanyOrAccount"]) == (
        "Lead",
        "Ada Lovelace",
        "Analytical Engines",
    )


def test_an_events_times_follow_from_one_another() -> None:
    """Source: Object Reference, Event: StartDateTime, EndDateTime, DurationInMinutes and ActivityDate."""
    store = an_org_store()
    event = created(store, "Event", Subject="Meeting", StartDateTime="2026-06-02T09:00:00Z", DurationInMinutes=90)
    row = row_of(store, event)
    assert (row["EndDateTime"], row["ActivityDate"]) == ("2026-06-02T10:30:00.000+0000", "2026-06-02")
    store.update(None, "Event", event, {"EndDateTime": "2026-06-02T11:00:00Z"})
    assert row_of(store, event)["DurationInMinutes"] == 120
    store.update(None, "Event", event, {"StartDateTime": "2026-06-02T10:00:00Z", "EndDateTime": "2026-06-02T10:15:00Z"})
    assert row_of(store, event)["DurationInMinutes"] == 15
    store.update(None, "Event", event, {"DurationInMinutes": 45})
    assert row_of(store, event)["EndDateTime"] == "2026-06-02T10:45:00.000+0000"


def test_a_bounced_address_is_flagged() -> None:
    """Source: Object Reference, Contact.IsEmailBounced: true once a bounce date is set."""
    store = an_org_store()
    contact = created(store, "Contact", **a_contact(EmailBouncedDate="2026-06-01T12:00:00Z"))
    assert row_of(store, contact)["IsEmailBounced"] is True
    assert row_of(store, created(store, "Contact", LastName="Byron"))["IsEmailBounced"] is False
