"""Syncs as an admin saves, changes and loses them."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.errors import Conflict, Forbidden, InvalidRequest, NotConnected, NotFound, OrgUnavailable
from causeway.salesforce.describe import describe_from_json
from causeway.syncs.checks.org_check import SyncHasErrors
from causeway.syncs.discovery.describes import Discovery
from causeway.syncs.discovery.product_fields import ProductField
from causeway.syncs.drafts import SyncDraft
from causeway.syncs.limits import MAX_PROBLEMS
from causeway.syncs.management import Syncs
from causeway.syncs.sync import Mapping, PullRules, Sync

from tests.support.api.factories import a_describe, a_field, a_sync
from tests.support.api.fakes import FakeDescribeCache, FakeOrg, FakeSyncStore


class NoFields:
    def get(self, tenant: str, source: str) -> list[ProductField]:
        return []


class World:
    """The syncs of tenant acme, its org, and what was published."""

    def __init__(self, *syncs: Sync) -> None:
        self.org, self.store, self.now_ms = FakeOrg(), FakeSyncStore(*syncs), 1_000_000
        self.org.bodies = {
            "contact": a_describe("Contact"),
            "lead": a_describe("Lead"),
            "account": a_describe("Account"),
        }
        self.published: list[tuple[str, dict[str, Any]]] = []
        self.is_connected = True
        self.discovery = Discovery(self._org, FakeDescribeCache(), lambda: self.now_ms)
        self.syncs = Syncs(
            self.store,
            self.discovery,
            NoFields(),
            lambda kind, detail: self.published.append((kind, detail)),
            lambda: self.now_ms,
        )

    def _org(self, tenant: str) -> FakeOrg:
        if not self.is_connected:
            raise NotConnected("No org is connected.", "Connect one.")
        return self.org

    def create(self, *, may_set_pull_rules: bool = False, **draft: Any) -> Sync:
        return self.syncs.create("acme", SyncDraft.model_validate(draft), may_set_pull_rules=may_set_pull_rules)

    def change(self, sync_id: str = "lead-contact", *, may_set_pull_rules: bool = False, **draft: Any) -> Sync:
        return self.syncs.change(
            "acme", sync_id, SyncDraft.model_validate(draft), may_set_pull_rules=may_set_pull_rules
        )


def codes(sync: Sync) -> set[str]:
    return {problem.code for problem in sync.problems}


def test_a_new_people_sync_begins_with_the_proposed_rows_and_disabled() -> None:
    saved = World().create(source="lead", sobject="Contact")
    assert [(row.product, row.salesforce) for row in saved.mappings] == [
        ("first_name", "FirstName"),
        ("last_name", "LastName"),
    ]
    assert (saved.id, saved.enabled, saved.email, saved.position) == ("lead-contact", False, "automatic", 1)


def test_rows_that_the_caller_names_even_none_are_taken_as_they_are() -> None:
    assert World().create(source="lead", sobject="Contact", mappings=()).mappings == ()


def test_an_id_in_use_gets_a_number_when_made_and_a_conflict_when_named() -> None:
    world = World()
    world.create(source="interaction:quiz 42".replace(" ", "-"), sobject="Contact")
    assert world.create(source="interaction:quiz-42", sobject="Contact").id == "interaction-quiz-42-contact-2"
    with pytest.raises(Conflict):
        world.create(id="interaction-quiz-42-contact", source="lead", sobject="Contact")


def test_a_new_sync_comes_last_among_those_of_its_source() -> None:
    world = World(a_sync(position=4))
    assert world.create(source="lead", sobject="Lead").position == 5
    assert world.create(source="deal", sobject="Lead").position == 1


@pytest.mark.parametrize("draft", [{"source": "lead"}, {"sobject": "Lead"}, {}])
def test_a_sync_needs_a_source_and_an_sobject(draft: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        World().create(**draft)


def test_the_id_of_a_route_can_not_be_the_id_of_a_sync() -> None:
    with pytest.raises(InvalidRequest):
        World().create(id="proposed", source="lead", sobject="Lead")


def test_a_sync_is_exported_and_imported_by_its_json() -> None:
    exported = World(a_sync(revision=7, position=3)).syncs.get("acme", "lead-contact").model_dump_json()
    imported = World().syncs.create("acme", SyncDraft.model_validate_json(exported), may_set_pull_rules=False)
    assert imported == a_sync(revision=1, position=3, described_at_ms=1_000_000)  # when it was checked, here


def test_errors_block_enabling_and_are_all_listed() -> None:
    rows = (Mapping(product="a", salesforce="Nope__c"), Mapping(product="b", salesforce="Neither__c"))
    world = World()
    with pytest.raises(SyncHasErrors) as refused:
        world.create(source="lead", sobject="Contact", mappings=rows, enabled=True)
    assert refused.value.fields == ("Nope__c", "Neither__c")
    assert {problem.code for problem in refused.value.problems} >= {"unknown_field"}
    assert world.syncs.list("acme") == []


def test_a_sync_with_errors_is_saved_disabled_with_its_problems() -> None:
    saved = World().create(source="lead", sobject="Contact", mappings=(Mapping(product="a", salesforce="Nope__c"),))
    assert "unknown_field" in codes(saved)


def test_warnings_do_not_block_enabling() -> None:
    world = World()
    world.org.bodies["contact"] = a_describe("Contact", a_field("LastName"), a_field("X__c", createable=False))
    saved = world.create(
        source="lead", sobject="Contact", mappings=(Mapping(product="x", salesforce="X__c"),), enabled=True
    )
    assert saved.enabled
    assert saved.problems
    assert {problem.level for problem in saved.problems} == {"warning"}


def test_before_an_error_is_reported_the_org_is_asked_again() -> None:
    world = World()
    world.discovery.described("acme", "Contact")
    world.org.bodies["contact"] = a_describe(
        "Contact", a_field("LastName"), a_field("Email"), a_field("Added_Just_Now__c")
    )
    rows = (Mapping(product="x", salesforce="Added_Just_Now__c"),)
    assert world.create(source="lead", sobject="Contact", mappings=rows, enabled=True).problems == ()


def test_an_sobject_that_the_org_does_not_show_is_an_error() -> None:
    assert codes(World().create(source="lead", sobject="Gone__c")) == {"sobject_not_found"}
    with pytest.raises(SyncHasErrors):
        World().create(source="lead", sobject="Gone__c", enabled=True)


def test_without_a_connection_a_sync_can_be_saved_but_not_enabled() -> None:
    world = World()
    world.is_connected = False
    assert codes(world.create(source="lead", sobject="Contact")) == {"not_checked"}
    with pytest.raises(NotConnected):
        world.change(enabled=True)


def test_an_org_that_does_not_answer_enables_nothing_unchecked() -> None:
    world = World(a_sync(enabled=False))
    world.org.failure = OrgUnavailable("Down.")
    with pytest.raises(OrgUnavailable):
        world.change(enabled=True)


def test_a_change_keeps_what_it_does_not_name() -> None:
    world = World(a_sync(position=3))
    changed = world.change(email="off", revision=1)
    assert changed == a_sync(position=3, email="off", revision=2, described_at_ms=1_000_000)


def test_a_change_made_from_an_old_revision_is_refused() -> None:
    world = World(a_sync(revision=4))
    with pytest.raises(Conflict):
        world.change(email="off", revision=3)
    assert world.syncs.get("acme", "lead-contact").email == "automatic"


def test_what_was_read_can_be_sent_back() -> None:
    world = World(a_sync())
    read = world.syncs.get("acme", "lead-contact").model_dump_json()
    draft = SyncDraft.model_validate_json(read)
    changed = world.syncs.change("acme", "lead-contact", draft, may_set_pull_rules=False)
    assert changed == a_sync(revision=2, described_at_ms=1_000_000)


def test_the_id_of_a_sync_never_changes() -> None:
    with pytest.raises(InvalidRequest):
        World(a_sync()).change(id="other")


def test_another_tenants_sync_is_not_there() -> None:
    world = World(a_sync())
    with pytest.raises(NotFound):
        world.syncs.get("other", "lead-contact")
    with pytest.raises(NotFound):
        world.syncs.change("other", "lead-contact", SyncDraft(email="off"), may_set_pull_rules=True)
    with pytest.raises(NotFound):
        world.syncs.delete("other", "lead-contact")


@pytest.mark.parametrize(
    "change", [{"pull": PullRules(deletes=False)}, {"direction": "pull"}, {"direction": "bidirectional"}]
)
def test_only_operators_set_pull_rules(change: dict[str, Any]) -> None:
    world = World(a_sync())
    with pytest.raises(Forbidden):
        world.change(**change)
    assert world.change(may_set_pull_rules=True, **change).revision == 2
    with pytest.raises(Forbidden):
        World().create(source="lead", sobject="Contact", **change)


def test_an_admin_may_change_the_rest_of_a_pull_sync() -> None:
    world = World(a_sync(direction="pull", pull=PullRules(deletes=False)))
    assert world.change(enabled=False, pull=PullRules(deletes=False), direction="pull").enabled is False


def test_a_new_connection_proposes_the_two_people_syncs_disabled() -> None:
    proposed = World().syncs.proposed("lead", None, None)
    assert [(sync.sobject, sync.enabled, sync.push.create_when_missing) for sync in proposed] == [
        ("Contact", False, False),
        ("Lead", False, True),
    ]


def test_a_template_proposes_its_columns() -> None:
    (proposed,) = World().syncs.proposed("company", "Account", "companies")
    assert proposed.id == "company-account"
    assert "Website" in {row.salesforce for row in proposed.mappings}


def test_parents_of_relationship_rows_are_checked_too() -> None:
    world = World()
    account = a_field("AccountId", "reference", referenceTo=["Account"], relationshipName="Account")
    world.org.bodies["contact"] = a_describe("Contact", a_field("LastName"), account)
    world.org.bodies["account"] = a_describe("Account", a_field("Name"))
    saved = world.create(
        source="lead", sobject="Contact", mappings=(Mapping(product="company", salesforce="Account.Nope"),)
    )
    assert "unknown_field" in codes(saved)


def test_a_filter_through_a_parent_is_checked_against_the_parent() -> None:
    world = World()
    account = a_field("AccountId", "reference", referenceTo=["Account"], relationshipName="Account")
    world.org.bodies["contact"] = a_describe("Contact", a_field("LastName"), account)
    world.org.bodies["account"] = a_describe("Account", a_field("Industry"))
    for name, expected in (("Industry", set()), ("Nope", {"filter_unknown_field"})):
        condition = {"field": f"Account.{name}", "operator": "equals", "value": "Energy"}
        pull = PullRules(filter={"all": [{"any": [condition]}]})
        saved = world.create(source="x", sobject="Contact", direction="pull", pull=pull, may_set_pull_rules=True)
        assert codes(saved) & {"filter_unknown_field"} == expected


def test_a_vanished_field_shows_on_the_sync_and_is_published_once() -> None:
    world = World(a_sync(mappings=(Mapping(product="phone", salesforce="Phone"),)), a_sync(id="other", sobject="Lead"))
    before = describe_from_json(a_describe("Contact"))
    after = describe_from_json(a_describe("Contact", a_field("LastName"), a_field("Email", "email")))
    world.syncs.note_drift("acme", before, after)
    stored = world.syncs.get("acme", "lead-contact")
    assert (codes(stored), stored.revision) == ({"unknown_field"}, 1)
    assert [(kind, detail["sync"]) for kind, detail in world.published] == [("sync.drift_detected", "lead-contact")]
    world.syncs.note_drift("acme", after, after)
    assert len(world.published) == 1


def test_the_event_of_a_drift_names_as_many_fields_as_are_shown_with_the_sync() -> None:
    rows = tuple(Mapping(product=f"p{place}", salesforce=f"F{place}__c") for place in range(300))
    world = World(a_sync(mappings=rows))
    fields = [a_field(f"F{place}__c") for place in range(300)]
    world.syncs.note_drift(
        "acme", describe_from_json(a_describe("Contact", *fields)), describe_from_json(a_describe("Contact"))
    )
    ((_, detail),) = world.published
    assert len(detail["problems"]) == MAX_PROBLEMS + 1
    assert "100 more" in detail["problems"][-1]["message"]


def test_an_enabled_pull_is_due_by_its_schedule_and_any_other_enabled_sync_daily() -> None:
    world = World()
    world.create(source="a", sobject="Contact", direction="pull", enabled=True, may_set_pull_rules=True)
    world.create(source="b", sobject="Contact", direction="pull", may_set_pull_rules=True)
    world.create(source="c", sobject="Contact", enabled=True)
    due = world.store.due_at_ms
    assert due["b-contact"] is None
    assert due["a-contact"] is not None
    assert due["c-contact"] is not None
    assert world.now_ms < due["c-contact"] <= world.now_ms + 86_400_000
    assert world.now_ms < due["a-contact"] <= world.now_ms + 15 * 60_000
    world.change("a-contact", enabled=False)
    assert world.store.due_at_ms["a-contact"] is None
