"""A describe that lacks what syncs name is asked for again before anything is decided by its absence."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.push.deciding.describes import Describes
from causeway.push.deciding.missing_fields import lacks, lacks_external_id
from causeway.push.tasks import Task
from causeway.salesforce.describe import SObjectDescribe

from tests.support.push.bench import Bench
from tests.support.syncs.factories import change, contact, field, row, sync

CODED = contact(field("Code__c", external_id=True))


class Described:
    """What is cached, what the org says now, and what was asked."""

    def __init__(self, cached: SObjectDescribe, now: SObjectDescribe) -> None:
        self.cached, self.now, self.asked = cached, now, list[Any]()

    def of(self, rules: Any) -> SObjectDescribe:
        ports = Bench().ports(described=self.described, described_again=self.again, described_since=self.since)
        return Describes("acme", ports).of([Task(change(), rules, "m")])["Contact"]

    def described(self, tenant: str, sobject: str) -> SObjectDescribe:
        return self.cached

    def again(self, tenant: str, sobject: str) -> SObjectDescribe:
        self.asked.append("again")
        return self.now

    def since(self, tenant: str, sobject: str, since_ms: int) -> SObjectDescribe:
        self.asked.append(since_ms)
        return self.now


@pytest.mark.parametrize(
    "rules",
    [
        sync(row("code", "Code__c")),
        sync(push={"external_id_field": "Code__c"}),
        sync(push={"match_fields": ["code__c"]}),
        sync(push={"when": "record.Code__c == null"}),
        sync(row("record.Code__c || fields.a", "Title")),
        sync(row("name", "Parent__r.Name")),
    ],
)
def test_what_a_sync_names_is_missed(rules: Any) -> None:
    assert lacks(contact(), [rules])
    missed = Described(contact(), CODED)
    assert missed.of(rules) is CODED
    assert missed.asked == ["again"]


def test_nothing_is_asked_again_where_nothing_is_missing() -> None:
    rules = sync(row("code", "Code__c"), row("name", "Account.Name"), push={"external_id_field": "Code__c"})
    assert not lacks(CODED, [rules])
    present = Described(CODED, CODED)
    assert present.of(rules) is CODED
    assert present.asked == []


def test_a_field_that_is_no_external_id_yet_is_missed() -> None:
    rules = sync(row("code", "Code__c"), push={"external_id_field": "Code__c"})
    assert lacks_external_id(rules, contact(field("Code__c")))
    assert not lacks_external_id(rules, CODED)


def test_a_sync_is_run_on_no_older_describe_than_it_was_saved_against() -> None:
    rules = sync(row("title", "Title")).model_copy(update={"described_at_ms": 5_000})
    saved = Described(contact(), CODED)
    assert saved.of(rules) is CODED
    assert saved.asked == [5_000]
