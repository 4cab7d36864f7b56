"""Which side of a bidirectional sync moves, and what an echo is."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.pull.jobs import LinkedRecord
from causeway.pull.pages.own_writes import is_written
from causeway.push.deciding.planning import merging
from causeway.push.memory.hashes import value_hash
from causeway.push.memory.two_way import (
    REPORT_BACK_MS,
    Base,
    LastSynced,
    Policy,
    must_report_back,
    synced_mark,
    weighed,
)
from causeway.salesforce.describe import FieldDescribe

from tests.campaigns import two_way_soak
from tests.support.pull.factories import Pulling, a_pull, an_id

PHONE = FieldDescribe("Phone", "Phone", "phone", 40)
PUBLISHED_MS, MODIFIED_MS = 1_000_000, 900_000


def base(last: str, published_ms: int = 0, policy: Policy = "newest") -> Base:
    return Base(policy, LastSynced({"Phone": (synced_mark(PHONE, last), published_ms)}, 1), MODIFIED_MS)


def test_what_only_the_product_changed_is_written() -> None:
    verdict = weighed(base("1"), PHONE, "1", "2", 0)
    assert (verdict.write, verdict.is_conflict) == (True, False)


def test_what_only_salesforce_changed_is_not_overwritten_by_the_old_value() -> None:
    verdict = weighed(base("1"), PHONE, "2", "1", 2_000_000)
    assert (verdict.write, verdict.is_conflict) == (False, False)


@pytest.mark.parametrize(
    ("policy", "occurred_at_ms", "written"),
    [
        ("newest", MODIFIED_MS + 1, True),
        ("newest", MODIFIED_MS, False),
        ("salesforce", MODIFIED_MS + 1, False),
        ("product", MODIFIED_MS - 1, True),
    ],
)
def test_the_policy_settles_what_both_changed(policy: Policy, occurred_at_ms: int, written: bool) -> None:
    verdict = weighed(base("1", policy=policy), PHONE, "2", "3", occurred_at_ms)
    assert (verdict.write, verdict.is_conflict) == (written, True)


def test_a_change_made_before_the_other_was_published_is_a_conflict() -> None:
    assert weighed(base("2", PUBLISHED_MS, "salesforce"), PHONE, "2", "3", PUBLISHED_MS - 1).is_conflict
    assert not weighed(base("2", PUBLISHED_MS, "salesforce"), PHONE, "2", "3", PUBLISHED_MS).is_conflict


def test_a_field_that_was_never_synced_is_written() -> None:
    assert weighed(Base("salesforce", LastSynced(), 0), PHONE, "1", "2", 0).write


def test_a_value_is_reported_back_while_an_older_one_may_be_on_its_way() -> None:
    last = base("1", PUBLISHED_MS).last
    assert must_report_back(last, "Phone", PUBLISHED_MS + REPORT_BACK_MS - 1)
    assert not must_report_back(last, "Phone", PUBLISHED_MS + REPORT_BACK_MS)
    assert not must_report_back(base("1").last, "Phone", 5)


@pytest.mark.parametrize(
    ("kind", "scale", "sent", "published"),
    [
        ("phone", 0, " 1 ", "1"),
        ("double", 2, 5, 5.0),
        ("datetime", 0, "2026-11-20T11:00:00+01:00", "2026-11-20T10:00:00.000+0000"),
        ("time", 0, "10:00", "10:00:00.000Z"),
        ("boolean", 0, False, None),
        ("string", 0, "", None),
        ("textarea", 0, "a\r\nb", "a\nb"),
        ("email", 0, "Ada@Example.com", "Ada@Example.com"),
    ],
)
def test_a_value_is_the_same_as_sent_and_as_published(kind: str, scale: int, sent: Any, published: Any) -> None:
    field = FieldDescribe("F", "F", kind, 100, precision=18, scale=scale)
    assert synced_mark(field, sent) == synced_mark(field, published)
    assert synced_mark(field, sent) != synced_mark(field, "2031-01-01")


def linked(pulling: Pulling, value: str, *, at_ms: int | None = None) -> Any:
    """Return links by which Causeway wrote this LastName to the first record."""
    known = LinkedRecord("lead-1", {"LastName": value_hash(value)}, pulling.now() if at_ms is None else at_ms)

    class Links:
        def of_records(self, sync: Any, org_id: str, tenant: str, ids: Any) -> dict[str, LinkedRecord]:
            return {an_id(1): known} if an_id(1) in ids else {}

    return Links()


def test_what_causeway_wrote_does_not_come_back() -> None:
    pulling = Pulling()
    pulling.org.commit(an_id(1), LastName="Lovelace")
    links = linked(pulling, "Lovelace")
    pulling.org.advance(60)
    assert pulling.pull(links=links) == []


def test_what_somebody_else_wrote_over_it_is_published_with_the_products_key() -> None:
    pulling = Pulling()
    pulling.org.commit(an_id(1), LastName="King")
    pulling.org.advance(60)
    (published,) = pulling.pull(links=linked(pulling, "Lovelace"))
    assert (published["key"], published["values"]["last_name"]) == ("lead-1", "King")


def test_a_value_set_back_after_another_was_published_is_published() -> None:
    pulling = Pulling()
    pulling.org.commit(an_id(1), LastName="Lovelace")
    links = linked(pulling, "Lovelace")
    pulling.org.advance(60)
    assert pulling.pull(links=links) == []
    pulling.org.commit(an_id(1), LastName="King")
    pulling.org.advance(60)
    assert [record["values"]["last_name"] for record in pulling.pull(links=links)] == ["King"]
    pulling.org.commit(an_id(1), LastName="Lovelace")
    pulling.org.advance(60)
    assert [record["values"]["last_name"] for record in pulling.pull(links=links)] == ["Lovelace"]


def test_a_change_of_a_field_that_is_not_mapped_is_no_news_of_what_causeway_wrote() -> None:
    pulling = Pulling()
    pulling.org.commit(an_id(1), LastName="Lovelace")
    links = linked(pulling, "Lovelace")
    pulling.org.advance(60)
    pulling.pull(links=links)
    pulling.org.advance(7_200)
    pulling.org.commit(an_id(1), LastName="Lovelace")
    pulling.org.advance(60)
    assert pulling.pull(links=links) == []


def test_a_field_causeway_never_wrote_is_news_unless_it_is_empty_on_a_new_record() -> None:
    fields = ((FieldDescribe("LastName", "Last", "string", 80), 0), (PHONE, 1))
    written = {"LastName": value_hash("Lovelace")}
    assert is_written(fields, ["Lovelace", None], written, is_new=True)
    assert not is_written(fields, ["Lovelace", None], written, is_new=False)
    assert not is_written(fields, ["Lovelace", "1"], written, is_new=True)


def test_a_pull_of_a_bidirectional_sync_publishes_only_the_fields_that_changed() -> None:
    sync = a_pull(("last_name", "LastName"), ("master", "MasterRecordId"), direction="bidirectional")
    pulling = Pulling(sync)
    pulling.org.commit(an_id(1), LastName="Lovelace")
    pulling.org.advance(60)
    assert [record["values"]["last_name"] for record in pulling.pull()] == ["Lovelace"]
    pulling.org.commit(an_id(1), MasterRecordId=an_id(9))
    pulling.org.advance(60)
    (published,) = pulling.pull()
    assert (published["kind"], published["values"]) == ("updated", {"master": an_id(9)})


def test_two_sides_come_together_under_faults() -> None:
    figures = two_way_soak.soaked(450, people=5, seed=11)
    assert figures["conflicts"] > 20
    assert two_way_soak.holds(figures), figures


def test_writing_whatever_the_product_sends_leaves_the_sides_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "weighed", weighed)
    two_way_soak.as_last_writer()
    assert not two_way_soak.holds(two_way_soak.soaked(450, people=5, seed=11))
