"""Every standard sObject of a new org."""

from __future__ import annotations

from ..schema.sobjects import Schema
from . import activities, files, people, rules, sales, setup, stamps


def standard_schema() -> Schema:
    """Return a fresh schema with the standard sObjects."""
    return Schema(
        [
            people.lead(),
            people.contact(),
            people.account(),
            sales.opportunity(),
            sales.case(),
            sales.campaign(),
            sales.campaign_member(),
            sales.campaign_member_status(),
            activities.task(),
            activities.event(),
            setup.user(),
            setup.group(),
            setup.group_member(),
            setup.queue_sobject(),
            setup.profile(),
            setup.user_role(),
            setup.record_type(),
            setup.organization(),
            setup.name(),
            setup.event_relay_feedback(),
            files.attachment(),
            stamps.login_history(),
            *stamps.history_and_share_objects(),
            rules.duplicate_rule(),
            rules.matching_rule(),
            rules.assignment_rule(),
        ]
    )
