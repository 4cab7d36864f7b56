"""A sync that is too large is refused with a sentence when it is saved; one that was stored before stays readable."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.errors import InvalidRequest
from causeway.syncs.changes import changed_sync, new_sync
from causeway.syncs.drafts import SyncDraft
from causeway.syncs.limits import MAX_BYTES, MAX_PROBLEMS, shown_problems
from causeway.syncs.sync import Mapping, Problem, Sync

BASE: dict[str, Any] = {"source": "lead", "sobject": "Lead", "mappings": []}


def rows(number: int, **more: Any) -> list[dict[str, Any]]:
    return [{"product": f"f{place}", "salesforce": f"F{place}__c", **more} for place in range(number)]


def nested(levels: int) -> dict[str, Any]:
    here: dict[str, Any] = {"field": "Name", "operator": "equals", "value": "x"}
    for _ in range(levels):
        here = {"all": [here]}
    return here


TOO_LARGE: list[tuple[dict[str, Any], str, str]] = [
    ({"push": {"when": "fields.a || " * 400 + "fields.a"}}, "push", "The condition may have 4,000 characters"),
    ({"push": {"match_fields": [f"F{place}__c" for place in range(11)]}}, "push", "A sync may have 10 match fields"),
    ({"push": {"match_fields": ["F" * 300]}}, "push", "may have 255 characters"),
    ({"push": {"external_id_field": "F" * 300}}, "push", "external_id_field may have 255 characters"),
    ({"signals": {"s" * 200: "fields.a"}}, "signals", "The name of the signal"),
    ({"signals": {"s": "fields.a || " * 400 + "fields.a"}}, "signals", "The signal 's' may have 4,000 characters"),
    ({"mappings": rows(1, values={"v" * 300: "x"})}, "mappings", "table may have 255 characters"),
    ({"mappings": rows(400, default="d" * 1_000)}, "mappings", "A sync may have 200,000 bytes as JSON"),
    ({"pull": {"filter": nested(60)}}, "pull", "levels deep"),
    ({"pull": {"schedule": {"daily_at": "10:00", "zone": "Z" * 100}}}, "pull", "zone may have 64 characters"),
]


@pytest.mark.parametrize(("rules", "field", "sentence"), TOO_LARGE, ids=[case[2][:40] for case in TOO_LARGE])
def test_a_sync_that_is_too_large_is_refused_with_a_sentence(rules: dict[str, Any], field: str, sentence: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        new_sync(SyncDraft.model_validate({**BASE, **rules}), (), may_set_pull_rules=True)
    assert sentence in caught.value.message
    assert caught.value.fields == (field,)
    before = Sync(id="lead-lead", source="lead", sobject="Lead")
    with pytest.raises(InvalidRequest) as caught:
        changed_sync(before, SyncDraft.model_validate(rules), may_set_pull_rules=True)
    assert sentence in caught.value.message


def test_a_large_sync_within_the_limits_is_saved() -> None:
    rules = {
        "push": {"when": "fields.a || " * 300 + "fields.a", "match_fields": [f"F{place}__c" for place in range(10)]},
        "signals": {f"s{place}": "fields.a > `5`" for place in range(50)},
        "mappings": rows(500, default="d" * 100),
        "pull": {"filter": nested(5)},
    }
    made = new_sync(SyncDraft.model_validate({**BASE, **rules}), (), may_set_pull_rules=True)
    assert len(made.model_dump_json()) < MAX_BYTES


def test_a_larger_sync_that_was_saved_before_stays_readable() -> None:
    old = Sync(id="s", source="lead", sobject="Lead", mappings=tuple(Mapping.model_validate(row) for row in rows(900)))
    assert Sync.model_validate_json(old.model_dump_json()) == old


def test_so_many_problems_are_shown_and_the_rest_is_counted() -> None:
    found = tuple(Problem(level="error", code="unknown_field", message="m", field=str(place)) for place in range(1_000))
    shown = shown_problems(found)
    assert (len(shown), shown[:MAX_PROBLEMS], shown[-1].code) == (
        MAX_PROBLEMS + 1,
        found[:MAX_PROBLEMS],
        "more_problems",
    )
    assert "800 more" in shown[-1].message
    assert shown_problems(found[:MAX_PROBLEMS]) == found[:MAX_PROBLEMS]
