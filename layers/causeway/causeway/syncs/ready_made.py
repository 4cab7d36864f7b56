"""The ready templates: for each kind of record that products usually have, the sObject, the rules and the rows. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from causeway.syncs.mapping.rows import ABOUT, CONVERSATION
from causeway.syncs.sync import Mapping, PushRules

CREATING = PushRules(create_when_missing=True)

Template = Literal["people", "companies", "conversations", "deals", "tickets", "attendees", "meetings"]

PERSON_DETAILS = (("phone", "Phone"), ("mobile_phone", "MobilePhone"), ("title", "Title"))
CONTACT_ADDRESS = (
    ("street", "MailingStreet"),
    ("city", "MailingCity"),
    ("state", "MailingState"),
    ("postal_code", "MailingPostalCode"),
    ("country", "MailingCountry"),
)
LEAD_ADDRESS = (
    ("street", "Street"),
    ("city", "City"),
    ("state", "State"),
    ("postal_code", "PostalCode"),
    ("country", "Country"),
)
COMPANY_COLUMNS = (
    ("name", "Name"),
    ("website", "Website"),
    ("phone", "Phone"),
    ("industry", "Industry"),
    ("employees", "NumberOfEmployees"),
    ("street", "BillingStreet"),
    ("city", "BillingCity"),
    ("state", "BillingState"),
    ("postal_code", "BillingPostalCode"),
    ("country", "BillingCountry"),
)


def plain_rows(columns: tuple[tuple[str, str], ...]) -> tuple[Mapping, ...]:
    """Return a row for each pair of product field and Salesforce field."""
    return tuple(Mapping(product=product, salesforce=salesforce) for product, salesforce in columns)


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """
    A template: the source that it usually serves, the sObjects that it fits (the first one by default), and what it is for.

    People have rows of their own per sObject (templates.py), so theirs are empty here.
    """

    title: str
    purpose: str
    source: str
    sobjects: tuple[str, ...]
    push: PushRules = CREATING
    rows: tuple[Mapping, ...] = ()


_ACTIVITY = "linked to the person it is about, and updated in place when it is sent again"

TEMPLATES: dict[Template, ReadyMade] = {
    "people": ReadyMade("People", "People with phone, title and address.", "lead", ("Contact", "Lead"), PushRules()),
    "companies": ReadyMade(
        "Companies",
        "Companies, found by their name.",
        "company",
        ("Account",),
        PushRules(match_fields=("Name",)),
        plain_rows(COMPANY_COLUMNS),
    ),
    "conversations": ReadyMade(
        "Conversations",
        f"Each conversation is one completed task with subject and transcript, {_ACTIVITY}.",
        "conversation",
        ("Task",),
        rows=(
            Mapping(product="subject", salesforce="Subject", default="Conversation"),
            Mapping(product=CONVERSATION, salesforce="Description"),
            Mapping(product="date", salesforce="ActivityDate"),
            Mapping(product="'Completed'", salesforce="Status", write_rule="create_only"),
        ),
    ),
    "deals": ReadyMade(
        "Deals",
        "Deals are opportunities of their company's account; a table turns the product's stages into those of the org.",
        "deal",
        ("Opportunity",),
        rows=(
            Mapping(product="name", salesforce="Name"),
            Mapping(
                product="stage",
                salesforce="StageName",
                default="Prospecting",
                values={
                    "new": "Prospecting",
                    "qualified": "Qualification",
                    "demo": "Needs Analysis",
                    "proposal": "Proposal/Price Quote",
                    "negotiation": "Negotiation/Review",
                    "won": "Closed Won",
                    "lost": "Closed Lost",
                },
                fallback="Qualification",
            ),
            Mapping(product="close_date", salesforce="CloseDate"),
            Mapping(product="amount", salesforce="Amount"),
            Mapping(product="company", salesforce="Account.Name", create_related=True),
            Mapping(product="next_step", salesforce="NextStep"),
            Mapping(product="description", salesforce="Description"),
        ),
    ),
    "tickets": ReadyMade(
        "Support tickets",
        "Support tickets are cases of the contact they are about; tables turn status, priority and channel into those of the org.",
        "ticket",
        ("Case",),
        rows=(
            Mapping(product="subject", salesforce="Subject"),
            Mapping(product="description", salesforce="Description"),
            Mapping(
                product="status",
                salesforce="Status",
                default="New",
                values={
                    "new": "New",
                    "open": "Working",
                    "pending": "Working",
                    "on_hold": "Working",
                    "escalated": "Escalated",
                    "solved": "Closed",
                    "closed": "Closed",
                },
                fallback="Working",
            ),
            Mapping(
                product="priority",
                salesforce="Priority",
                values={"low": "Low", "normal": "Medium", "medium": "Medium", "high": "High", "urgent": "High"},
            ),
            Mapping(
                product="channel",
                salesforce="Origin",
                write_rule="create_only",
                default="Web",
                values={"email": "Email", "phone": "Phone", "chat": "Web", "web": "Web"},
                fallback="Web",
            ),
            Mapping(product=ABOUT, salesforce="ContactId", write_rule="if_empty"),
            Mapping(product="email", salesforce="SuppliedEmail"),
        ),
    ),
    "attendees": ReadyMade(
        "Webinar attendees",
        "Attendees are members of the campaign by its name, as the contact or lead they are; each person once.",
        "attendee",
        ("CampaignMember",),
        CREATING.model_copy(update={"match_fields": ("CampaignId", "ContactId", "LeadId")}),
        rows=(
            Mapping(product="campaign", salesforce="Campaign.Name", write_rule="create_only"),
            Mapping(product=ABOUT, salesforce="ContactId", write_rule="create_only"),
            Mapping(product=ABOUT, salesforce="LeadId", write_rule="create_only"),
            Mapping(
                product="status",
                salesforce="Status",
                default="Sent",
                values={
                    "invited": "Sent",
                    "registered": "Sent",
                    "no_show": "Sent",
                    "attended": "Responded",
                    "responded": "Responded",
                },
            ),
        ),
    ),
    "meetings": ReadyMade(
        "Meetings",
        f"Each meeting is one event with its times and place, {_ACTIVITY}.",
        "meeting",
        ("Event",),
        rows=(
            Mapping(product="subject", salesforce="Subject", default="Meeting"),
            Mapping(product="starts_at", salesforce="StartDateTime"),
            Mapping(product="ends_at", salesforce="EndDateTime"),
            Mapping(product="location", salesforce="Location"),
            Mapping(product="description", salesforce="Description"),
        ),
    ),
}
