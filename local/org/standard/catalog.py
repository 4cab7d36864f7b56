"""Every standard sObject of a new org."""

from __future__ import annotations

from ..schema.sobjects import Schema
from . import activities, captured, definitions, files, people, products, relations, sales, setup, stamps

CONSTRUCTORS = (
    people.lead,
    people.contact,
    people.account,
    sales.opportunity,
    sales.case,
    sales.campaign,
    sales.campaign_member,
    sales.campaign_member_status,
    activities.task,
    activities.event,
    activities.activity_history,
    activities.open_activity,
    setup.user,
    setup.group,
    setup.group_member,
    setup.queue_sobject,
    setup.profile,
    setup.user_role,
    setup.record_type,
    setup.organization,
    setup.name,
    setup.event_relay_feedback,
    files.attachment,
    stamps.login_history,
    definitions.duplicate_rule,
    definitions.matching_rule,
    definitions.assignment_rule,
    products.product,
    products.price_book,
    products.price_book_entry,
    products.opportunity_line_item,
    relations.opportunity_contact_role,
    relations.case_comment,
    relations.note,
    relations.permission_set,
    relations.permission_set_assignment,
    files.content_version,
    files.content_document,
    files.content_document_link,
    definitions.entity_definition,
    definitions.field_definition,
)


def standard_schema() -> Schema:
    """Return a fresh schema with the standard sObjects."""
    sobjects = [construct() for construct in CONSTRUCTORS]
    return Schema(captured.as_captured([*sobjects, *stamps.history_and_share_objects()]))
