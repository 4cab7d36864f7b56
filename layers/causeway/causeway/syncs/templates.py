"""Propose new syncs with the usual columns: each row can be removed, and none is enabled until a person enables it."""

from __future__ import annotations

from causeway.errors import InvalidRequest
from causeway.syncs.ready_made import CONTACT_ADDRESS, LEAD_ADDRESS, PERSON_DETAILS, TEMPLATES, Template, plain_rows
from causeway.syncs.sync import Mapping, PushRules, Sync

PEOPLE_COLUMNS = (("first_name", "FirstName"), ("last_name", "LastName"))
LEAD_COLUMNS = (*PEOPLE_COLUMNS, ("company", "Company"))
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
    return plain_rows(_PROPOSED.get(sobject, ()))


def template_mappings(template: Template, sobject: str) -> tuple[Mapping, ...]:
    """Return a template's rows for one of its sObjects."""
    if template != "people":
        return TEMPLATES[template].rows
    address = LEAD_ADDRESS if sobject == "Lead" else CONTACT_ADDRESS
    return proposed_mappings(sobject) + plain_rows(PERSON_DETAILS + address)


def template_sobject(template: Template, sobject: str | None) -> str:
    """Return the sObject that a template is used for; raises InvalidRequest for one that it does not fit."""
    ready = TEMPLATES[template]
    fitting = [name for name in ready.sobjects if sobject is None or name.lower() == sobject.lower()]
    if not fitting:
        message = f"The template '{template}' is for {' or '.join(ready.sobjects)}, not for {sobject}."
        remedy = "Leave the sObject out, or begin with the sObject without a template."
        raise InvalidRequest(message, remedy, fields=("sobject",))
    return fitting[0]


def template_sync(template: Template, sync_id: str, source: str, sobject: str) -> Sync:
    """Return a disabled sync made of a template."""
    return Sync(
        id=sync_id,
        source=source,
        sobject=sobject,
        push=TEMPLATES[template].push,
        mappings=template_mappings(template, sobject),
    )
