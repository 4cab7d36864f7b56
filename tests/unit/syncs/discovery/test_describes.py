"""Describes are read seldom, re-read cheaply, and watched."""

from __future__ import annotations

import pytest
from causeway.errors import NotFound, OrgRefused, OrgUnavailable, StoreUnavailable
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.discovery.describes import FORCED_AGAIN_AFTER_MS, MAX_AGE_MS, Discovery

from tests.support.api.factories import a_describe, a_field
from tests.support.api.fakes import FakeDescribeCache, FakeOrg


class Clock:
    def __init__(self) -> None:
        self.ms = 1_000_000

    def __call__(self) -> int:
        return self.ms


class World:
    """One discovery with its org, cache, clock and what it reported."""

    def __init__(self, cache: FakeDescribeCache | None = None) -> None:
        self.org, self.clock, self.cache = FakeOrg(), Clock(), cache or FakeDescribeCache()
        self.org.bodies = {"contact": a_describe("Contact"), "lead": a_describe("Lead")}
        self.changed: list[tuple[str, SObjectDescribe]] = []
        self.discovery = self.another()

    def another(self) -> Discovery:
        """Return the discovery of another execution environment on the same cache."""
        return Discovery(
            lambda tenant: self.org, self.cache, self.clock, lambda tenant, old, new: self.changed.append((tenant, new))
        )

    def change_contact(self) -> None:
        self.org.bodies["contact"] = a_describe("Contact", a_field("LastName"), a_field("Shoe_Size__c", "double"))
        self.org.version = "2"


def test_a_describe_is_read_from_the_org_once() -> None:
    world = World()
    first = world.discovery.described("acme", "Contact")
    assert first.field("LastName")
    assert world.discovery.described("acme", "contact") == first
    assert world.another().described("acme", "CONTACT") == first
    assert world.org.asked == [("Contact", "")]


def test_an_old_describe_is_asked_for_on_condition_and_kept_when_nothing_changed() -> None:
    world = World()
    world.discovery.described("acme", "Contact")
    world.clock.ms += MAX_AGE_MS
    world.discovery.described("acme", "Contact")
    world.discovery.described("acme", "Contact")
    assert world.org.asked == [("Contact", ""), ("Contact", "1")]
    assert world.changed == []


def test_another_environment_learns_from_the_cache_that_a_describe_was_checked() -> None:
    world = World()
    other = world.another()
    other.described("acme", "Contact")
    world.clock.ms += MAX_AGE_MS
    world.discovery.described("acme", "Contact")
    other.described("acme", "Contact")
    assert len(world.org.asked) == 2


def test_a_describe_that_changed_is_used_at_once_and_reported() -> None:
    world = World()
    world.discovery.described("acme", "Contact")
    world.change_contact()
    world.clock.ms += MAX_AGE_MS
    assert world.discovery.described("acme", "Contact").field("Shoe_Size__c")
    assert [(tenant, new.name) for tenant, new in world.changed] == [("acme", "Contact")]
    assert world.another().described("acme", "Contact").field("Shoe_Size__c")


@pytest.mark.parametrize("is_same_environment", [True, False])
def test_a_change_that_could_not_be_reported_is_reported_by_whoever_looks_next(is_same_environment: bool) -> None:
    world = World()
    world.discovery.described("acme", "Contact")
    world.change_contact()
    world.clock.ms += MAX_AGE_MS

    def refused(tenant: str, old: SObjectDescribe, new: SObjectDescribe) -> None:
        raise StoreUnavailable("The bus does not answer.", "")

    world.discovery._changed, reports = refused, world.discovery._changed
    with pytest.raises(StoreUnavailable):
        world.discovery.described("acme", "Contact")
    world.discovery._changed = reports
    discovery = world.discovery if is_same_environment else world.another()
    assert discovery.described("acme", "Contact").field("Shoe_Size__c")
    assert [(tenant, new.name) for tenant, new in world.changed] == [("acme", "Contact")]
    assert world.another().described("acme", "Contact").field("Shoe_Size__c")
    assert len(world.changed) == 1


def test_who_looks_at_the_describe_while_its_change_is_reported_sees_the_new_one() -> None:
    world = World()
    world.discovery.described("acme", "Contact")
    world.change_contact()
    world.clock.ms += MAX_AGE_MS
    seen: list[SObjectDescribe] = []
    world.discovery._changed = lambda tenant, old, new: seen.append(world.discovery.described(tenant, "Contact"))
    assert seen == [world.discovery.described("acme", "Contact")]


def test_a_refused_field_makes_the_org_be_asked_whatever_is_cached() -> None:
    world = World()
    world.discovery.described("acme", "Contact")
    world.change_contact()
    assert world.discovery.described("acme", "Contact", fresh=True).field("Shoe_Size__c")
    assert world.org.asked == [("Contact", ""), ("Contact", "")]
    assert len(world.changed) == 1


def test_a_batch_full_of_refused_fields_asks_the_org_once() -> None:
    world = World()
    for _ in range(50):
        world.discovery.described("acme", "Contact", fresh=True)
    assert len(world.org.asked) == 1
    world.clock.ms += FORCED_AGAIN_AFTER_MS
    world.discovery.described("acme", "Contact", fresh=True)
    assert len(world.org.asked) == 2


def test_an_sobject_that_the_user_does_not_see_is_not_cached() -> None:
    world = World()
    for _ in range(2):
        with pytest.raises(NotFound):
            world.discovery.described("acme", "Secret__c")
    world.org.bodies["secret__c"] = a_describe("Secret__c")
    assert world.discovery.described("acme", "Secret__c").name == "Secret__c"


def test_whoever_can_do_without_does_not_ask_again_for_what_the_user_does_not_see() -> None:
    world = World()
    for _ in range(2):
        with pytest.raises(NotFound):
            world.discovery.described("acme", "Secret__c", not_found_ms=MAX_AGE_MS)
    assert len(world.org.asked) == 1
    world.org.bodies["secret__c"] = a_describe("Secret__c")
    assert world.discovery.described("acme", "Secret__c").name == "Secret__c"
    assert world.discovery.described("acme", "Secret__c", not_found_ms=MAX_AGE_MS).name == "Secret__c"


def test_what_the_user_did_not_see_is_asked_for_again_after_a_while() -> None:
    world = World()
    with pytest.raises(NotFound):
        world.discovery.described("acme", "Secret__c", not_found_ms=MAX_AGE_MS)
    world.org.bodies["secret__c"] = a_describe("Secret__c")
    world.clock.ms += MAX_AGE_MS
    assert world.discovery.described("acme", "Secret__c", not_found_ms=MAX_AGE_MS).name == "Secret__c"


def test_an_environment_knows_what_it_asked_for_before() -> None:
    world = World()
    world.discovery.described("acme", "Contact")
    with pytest.raises(NotFound):
        world.discovery.described("acme", "Secret__c")
    known = [world.discovery.is_described("acme", name) for name in ("contact", "Secret__c", "Lead")]
    assert (known, world.discovery.is_described("other", "Contact")) == ([True, True, False], False)


def test_orgs_and_tenants_never_share_a_describe() -> None:
    world = World()
    world.discovery.described("acme", "Contact")
    world.discovery.described("other", "Contact")
    world.org = FakeOrg(org_id="00D000000000002EAA")
    world.org.bodies = {"contact": a_describe("Contact", a_field("Other__c"))}
    assert world.discovery.described("acme", "Contact").field("Other__c")
    assert world.changed == []


def test_a_fault_of_the_org_leaves_the_cache_as_it_was() -> None:
    world = World()
    world.discovery.described("acme", "Contact")
    world.clock.ms += MAX_AGE_MS
    world.org.failure = OrgUnavailable("The org is down.")
    with pytest.raises(OrgUnavailable):
        world.discovery.described("acme", "Contact")
    world.org.failure = None
    world.discovery.described("acme", "Contact")
    assert world.org.asked[-1] == ("Contact", "1")


def test_the_list_of_sobjects_is_cached_like_a_describe() -> None:
    world = World()
    assert [line.name for line in world.discovery.sobjects("acme")] == ["Contact", "Lead"]
    assert [line.name for line in world.another().sobjects("acme")] == ["Contact", "Lead"]
    world.clock.ms += MAX_AGE_MS
    world.discovery.sobjects("acme")
    assert world.org.asked == [("*", ""), ("*", "1")]


def test_sobjects_that_can_be_neither_read_nor_created_are_left_out() -> None:
    world = World()
    world.org.describe_global = lambda modified_since="": (  # type: ignore[method-assign]
        {"sobjects": [{"name": "ContactFeed", "label": "Feed"}, {"name": "X__c", "label": "X", "createable": True}]},
        "",
    )
    assert [line.name for line in world.discovery.sobjects("acme")] == ["X__c"]


def test_validation_rules_are_shown_where_the_api_lets_the_user_read_them() -> None:
    world = World()
    world.org.rules = [{"ValidationName": "Needs_Phone", "ErrorMessage": "Enter a phone.", "ErrorDisplayField": None}]
    for discovery in (world.discovery, world.another()):
        rules = discovery.validation_rules("acme", "Contact")
        assert rules is not None
        assert [rule.message for rule in rules] == ["Enter a phone."]
    assert len(world.org.asked) == 1


def test_a_refresh_reads_validation_rules_anew() -> None:
    world = World()
    world.org.rules = [{"ValidationName": "Needs_Phone", "ErrorMessage": "Enter a phone.", "ErrorDisplayField": None}]
    world.discovery.validation_rules("acme", "Contact")
    world.org.rules = []
    assert world.discovery.validation_rules("acme", "Contact", fresh=True) == ()


def test_unreadable_validation_rules_are_unknown_rather_than_none() -> None:
    world = World()
    world.org.rules = OrgRefused("sObject type 'ValidationRule' is not supported.", org_code="INVALID_TYPE")
    assert world.discovery.validation_rules("acme", "Contact") is None
    assert world.another().validation_rules("acme", "Contact") is None
    assert len(world.org.asked) == 1


def test_memory_holds_a_bounded_number_of_describes() -> None:
    world = World()
    for number in range(250):
        world.org.bodies[f"x{number}__c"] = a_describe(f"X{number}__c", a_field("Name"))
        world.discovery.described("acme", f"X{number}__c")
    assert len(world.discovery._memory) == 200


def test_a_describe_is_never_older_than_asked_for() -> None:
    world = World()
    world.discovery.described("acme", "Contact")
    world.change_contact()
    world.clock.ms += 1_000
    other = world.another()
    other.described_now("acme", "Contact")  # a sync was saved against it
    saved_at_ms = other.known_at_ms("acme", "Contact")
    assert saved_at_ms == world.clock.ms
    assert world.discovery.described("acme", "Contact").field("Shoe_Size__c") is None
    assert world.discovery.described("acme", "Contact", since_ms=saved_at_ms).field("Shoe_Size__c")
    assert len(world.org.asked) == 2  # the cache had it


def test_a_describe_that_is_too_old_everywhere_is_read_of_the_org_however_often_it_was_asked() -> None:
    world = World()
    world.discovery.described("acme", "Contact", fresh=True)
    world.change_contact()
    world.clock.ms += 1
    assert world.discovery.described("acme", "Contact", since_ms=world.clock.ms).field("Shoe_Size__c")


def test_what_was_not_found_is_asked_for_again_when_a_sync_was_saved_since() -> None:
    world = World()
    with pytest.raises(NotFound):
        world.discovery.described("acme", "Secret__c", not_found_ms=MAX_AGE_MS)
    world.org.bodies["secret__c"] = a_describe("Secret__c")
    world.clock.ms += 1
    found = world.discovery.described("acme", "Secret__c", not_found_ms=MAX_AGE_MS, since_ms=world.clock.ms)
    assert found.name == "Secret__c"


def test_a_missing_field_is_looked_for_in_the_cache_and_asked_for_less_and_less_often() -> None:
    world = World()
    for _ in range(120):  # an hour
        world.discovery.described("acme", "Contact", fresh=True)
        world.clock.ms += FORCED_AGAIN_AFTER_MS
    assert len(world.org.asked) < 20
    world.change_contact()
    world.clock.ms += 1
    world.another().described_now("acme", "Contact")
    asked = len(world.org.asked)
    assert world.discovery.described("acme", "Contact", fresh=True).field("Shoe_Size__c")
    assert len(world.org.asked) == asked


def test_a_learned_count_is_kept_with_the_describe_while_the_field_keeps_its_length() -> None:
    world = World()
    world.discovery.described("acme", "Contact")
    elsewhere = world.another()
    elsewhere.described("acme", "Contact")
    world.discovery.count_learned("acme", "Contact", "LastName", "bytes")

    def count(discovery: Discovery) -> str:
        known = discovery.described("acme", "Contact").field("LastName")
        assert known is not None
        return known.text_count

    assert count(world.discovery) == count(world.another()) == "bytes"
    assert count(elsewhere) == ""
    elsewhere.described("acme", "Contact", since_ms=1, is_read_anew=True)
    assert count(elsewhere) == "bytes"
    world.org.bodies["contact"] = {**a_describe("Contact"), "label": "Person"}
    world.org.version = "2"
    world.clock.ms += MAX_AGE_MS
    assert count(world.discovery) == "bytes"
    world.org.bodies["contact"] = a_describe("Contact", {**a_field("LastName"), "length": 7})
    world.org.version = "3"
    world.clock.ms += MAX_AGE_MS
    assert count(world.discovery) == ""
