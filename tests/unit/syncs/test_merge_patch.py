"""A change of nested rules names what changes: the rest stays (RFC 7396)."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.syncs.changes import changed_sync
from causeway.syncs.drafts import SyncDraft
from causeway.syncs.sync import PullRules, Sync

FILTER = {"all": [{"field": "LeadSource", "operator": "equals", "value": "Web"}]}
BEFORE = Sync.model_validate(
    {
        "id": "s",
        "source": "lead",
        "sobject": "Contact",
        "direction": "bidirectional",
        "push": {"create_when_missing": True, "match_fields": ["Email"]},
        "pull": {"filter": FILTER, "schedule": {"every_minutes": 30, "zone": "Europe/Berlin"}, "deletes": False},
        "signals": {"big": "record.Size__c > `5`"},
    }
)


def changed(**body: Any) -> Sync:
    return changed_sync(BEFORE, SyncDraft.model_validate(body), may_set_pull_rules=True)


def test_a_schedule_sent_alone_leaves_the_filter() -> None:
    pull = changed(pull={"schedule": {"every_minutes": 5}}).pull
    assert (pull.filter, pull.deletes) == (FILTER, False)
    assert (pull.schedule.every_minutes, pull.schedule.zone) == (5, "Europe/Berlin")


def test_a_daily_time_takes_the_place_of_an_interval() -> None:
    schedule = changed(pull={"schedule": {"daily_at": "06:00"}}).pull.schedule
    assert (schedule.every_minutes, schedule.daily_at, schedule.zone) == (None, "06:00", "Europe/Berlin")


def test_pausing_keeps_the_interval() -> None:
    schedule = changed(pull={"schedule": {"paused": True}}).pull.schedule
    assert (schedule.every_minutes, schedule.paused) == (30, True)


def test_a_filter_is_replaced_whole() -> None:
    other = {"any": [{"field": "Title", "operator": "not_empty"}]}
    assert changed(pull={"filter": other}).pull.filter == other


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({"filter": None}, {"filter": None}),
        ({"deletes": None}, {"deletes": True}),
        ({"schedule": None}, {"schedule": PullRules().schedule.model_dump()}),
    ],
)
def test_null_resets(patch: dict[str, Any], expected: dict[str, Any]) -> None:
    found = changed(pull=patch).pull.model_dump()
    assert {name: found[name] for name in expected} == expected


def test_push_rules_are_patched_too() -> None:
    push = changed(push={"several": "oldest"}).push
    assert (push.create_when_missing, push.match_fields, push.several) == (True, ("Email",), "oldest")


def test_what_was_read_can_be_sent_back() -> None:
    assert changed(**BEFORE.model_dump(mode="json")) == BEFORE


def test_lists_and_signals_are_replaced_whole() -> None:
    after = changed(push={"match_fields": ["Phone"]}, signals={"small": "record.Size__c < `5`"})
    assert (after.push.match_fields, list(after.signals)) == (("Phone",), ["small"])
