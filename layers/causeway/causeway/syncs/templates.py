"""Propose new syncs with the usual columns: each row can be removed, and none is enabled until a person enables it."""

from __future__ import annotations

from typing import Literal

from causeway.syncs.sync import Mapping, PushRules, Sync

Template = Literal["people", "companies"]

PEOPLE_COLUMNS = (("first_name", "FirstName"), ("last_name", "LastName"))
LEAD_COLUMNS = (*PEOPLE_COLUMNS, ("company", "Company"))
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
_PROPOSED = {"Contact": PEOPLE_COLUMNS, "Lead": LEAD_COLUMNS}


def proposed_syncs() -> tuple[Sync, ...]:
    """Return what a new connection proposes: `lead` → Contact (update) and `lead` → Lead (update and create), both disabled."""
    return (
        Sync(id="lead-contact", source="lead", sobject="Contact", position=1, mappings=proposed_mappings("Contact")),
        Sync(
            id="lead-lead",
            source="lead",
            sobject="Lead",
            position=2,
            push=PushRules(update_existing=True, create_when_missing=True),
            mappings=proposed_mappings("Lead"),
        ),
    )


def proposed_mappings(sobject: str) -> tuple[Mapping, ...]:
    """
    Return the rows that a new sync of `sobject` begins with, none where nothing is usual.

    A person's Email needs no row: it is mapped automatically (`email: automatic | off`). A Lead's Company is proposed too,
    because no Lead can be created without it.
    """
    return _rows(_PROPOSED.get(sobject, ()))


def template_mappings(template: Template, sobject: str) -> tuple[Mapping, ...]:
    """Return a template's rows: people (for Contact or Lead) or companies (for Account)."""
    if template == "companies":
        return _rows(COMPANY_COLUMNS)
    return proposed_mappings(sobject) + _rows(PERSON_DETAILS + (LEAD_ADDRESS if sobject == "Lead" else CONTACT_ADDRESS))


def template_sync(template: Template, sync_id: str, source: str, sobject: str) -> Sync:
    """Return a disabled sync made of a template; companies are matched by their name."""
    return Sync(
        id=sync_id,
        source=source,
        sobject=sobject,
        push=PushRules(match_fields=("Name",) if template == "companies" else ()),
        mappings=template_mappings(template, sobject),
    )


def _rows(columns: tuple[tuple[str, str], ...]) -> tuple[Mapping, ...]:
    return tuple(Mapping(product=product, salesforce=salesforce) for product, salesforce in columns)
