"""What new syncs propose."""

from __future__ import annotations

import pytest
from causeway.errors import InvalidRequest
from causeway.syncs.changes import proposals
from causeway.syncs.ready_made import TEMPLATES, Template
from causeway.syncs.templates import proposed_mappings, proposed_syncs, template_mappings, template_sync


def test_a_new_connection_proposes_contacts_to_update_and_leads_to_update_and_create() -> None:
    contact, lead = proposed_syncs()
    assert (contact.source, contact.sobject, contact.push.update_existing, contact.push.create_when_missing) == (
        "lead",
        "Contact",
        True,
        False,
    )
    assert (lead.source, lead.sobject, lead.push.update_existing, lead.push.create_when_missing) == (
        "lead",
        "Lead",
        True,
        True,
    )
    assert contact.position < lead.position


def test_proposals_are_off_until_they_are_saved() -> None:
    assert not any(sync.enabled for sync in proposed_syncs())
    assert not template_sync("people", "a", "lead", "Contact").enabled


def test_people_are_proposed_first_name_last_name_and_automatic_email() -> None:
    for sync in proposed_syncs():
        assert {"FirstName", "LastName"} <= {row.salesforce for row in sync.mappings}
        assert sync.email == "automatic"
    assert "Company" in {row.salesforce for row in proposed_mappings("Lead")}
    assert proposed_mappings("Thing__c") == ()


EACH = [(template, sobject) for template, ready in TEMPLATES.items() for sobject in ready.sobjects]


@pytest.mark.parametrize(("template", "sobject"), EACH)
def test_a_template_names_each_field_once_and_is_off_until_it_is_saved(template: Template, sobject: str) -> None:
    (sync,) = proposals(None, sobject, template)
    targets = [row.salesforce for row in sync.mappings]
    assert targets
    assert len(targets) == len(set(targets))
    assert (sync.enabled, sync.source, sync.sobject) == (False, TEMPLATES[template].source, sobject)


def test_a_template_is_used_for_its_usual_source_and_sobject_unless_others_are_named() -> None:
    (usual,) = proposals(None, None, "deals")
    assert (usual.id, usual.source, usual.sobject) == ("deal-opportunity", "deal", "Opportunity")
    (named,) = proposals("interaction:pipeline", "opportunity", "deals")
    assert (named.source, named.sobject) == ("interaction:pipeline", "Opportunity")


def test_a_template_for_another_sobject_is_refused_with_those_it_fits() -> None:
    with pytest.raises(InvalidRequest, match="'people' is for Contact or Lead, not for Account"):
        proposals("lead", "Account", "people")


@pytest.mark.parametrize(
    ("template", "sobject", "usual"),
    [("people", "Contact", "MailingCity"), ("people", "Lead", "City"), ("companies", "Account", "BillingCity")],
)
def test_templates_name_each_field_once_in_the_words_of_their_sobject(
    template: Template, sobject: str, usual: str
) -> None:
    targets = [row.salesforce for row in template_mappings(template, sobject)]
    assert len(targets) == len(set(targets))
    assert usual in targets


def test_companies_are_matched_by_their_name() -> None:
    sync = template_sync("companies", "company-account", "company", "Account")
    assert sync.push.match_fields == ("Name",)
    assert "Name" in {row.salesforce for row in sync.mappings}
