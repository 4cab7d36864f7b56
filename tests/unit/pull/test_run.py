"""A run: what is published, how it goes on, and that it never runs twice."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.errors import BrokenMapping, OrgRefused
from causeway.pull.endings import Ended
from causeway.pull.jobs import Held, PullJob
from causeway.salesforce.describe import FieldDescribe

from tests.support.pull.factories import TENANT, a_pull, an_id, people
from tests.support.pull.org import FakeOrg, contact_describe
from tests.support.pull.plans import plan_of


def test_a_first_import_publishes_everything_once_as_created() -> None:
    pulling = people(3)
    assert pulling.kinds() == [(an_id(0), "created"), (an_id(1), "created"), (an_id(2), "created")]
    assert pulling.kinds() == []


def test_a_change_is_published_once_as_updated() -> None:
    pulling = people(2)
    pulling.pull()
    pulling.org.commit(an_id(1), LastName="New")
    pulling.org.advance(60)
    (published,) = pulling.pull()
    assert (published["salesforce_id"], published["kind"], published["values"]) == (
        an_id(1),
        "updated",
        {"last_name": "New"},
    )
    assert pulling.pull() == []


def test_a_record_that_surfaces_nine_minutes_late_is_published() -> None:
    pulling = people(1)
    pulling.pull()
    pulling.org.commit(an_id(7), 540_000, LastName="Late")
    pulling.org.advance(60)
    assert pulling.pull() == []
    pulling.org.advance(500)
    assert pulling.kinds() == [(an_id(7), "created")]


def test_deletes_merges_and_hard_deletes_are_kinds_of_their_own() -> None:
    pulling = people(4)
    pulling.pull()
    pulling.org.commit(an_id(0), IsDeleted=True)
    pulling.org.commit(an_id(1), IsDeleted=True, MasterRecordId=an_id(3))
    pulling.org.purge(an_id(2))
    pulling.org.advance(4_000)
    published = {record["salesforce_id"]: record for record in pulling.pull()}
    assert {each: record["kind"] for each, record in published.items()} == {
        an_id(0): "deleted",
        an_id(1): "merged",
        an_id(2): "deleted",
    }
    assert published[an_id(1)]["merged_into"] == an_id(3)


def test_a_sync_without_deletes_publishes_none() -> None:
    sync = a_pull()
    pulling = people(1, sync=sync.model_copy(update={"pull": sync.pull.model_copy(update={"deletes": False})}))
    pulling.pull()
    pulling.org.commit(an_id(0), IsDeleted=True)
    pulling.org.advance(4_000)
    assert pulling.pull() == []


def test_records_that_vanished_beyond_the_delete_log_are_found_by_their_ids() -> None:
    pulling = people(3)
    pulling.pull()
    pulling.org.purge(an_id(1))
    pulling.org.deleted_log.clear()
    pulling.org.advance(16 * 86_400)
    assert pulling.kinds() == [(an_id(1), "deleted")]


def test_a_slot_is_released_at_the_end() -> None:
    pulling = people(1)
    pulling.pull()
    assert pulling.slots.held == {}


def test_of_two_jobs_for_one_moment_one_runs() -> None:
    pulling = people(1)
    job = PullJob(TENANT, "people", due_ms=pulling.now())
    assert [pulling.run(job), pulling.run(job)] == [Ended.DONE, Ended.NOT_DUE]
    assert len(pulling.runs.statuses) == 1


def test_a_job_while_another_worker_reads_does_nothing() -> None:
    pulling = people(1)
    assert isinstance(
        pulling.checkpoints.claim(TENANT, "people", pulling.connections.connection.org_id, "w", 60_000), Held
    )
    assert pulling.run() is Ended.BUSY
    assert pulling.org.calls == 0


def test_a_run_that_is_over_is_not_started_by_a_late_delivery() -> None:
    pulling = people(1)
    job = PullJob(TENANT, "people", "by-hand", trigger="ada")
    assert [pulling.run(job), pulling.run(job)] == [Ended.DONE, Ended.NOT_DUE]


def test_a_filter_that_does_not_fit_reads_nothing_and_says_why() -> None:
    sync = a_pull(pull={"filter": {"field": "Gone__c", "operator": "equals", "value": "x"}})
    pulling = people(1, sync=sync)
    with pytest.raises(BrokenMapping):
        pulling.run()
    assert pulling.org.calls == 0
    assert pulling.runs.statuses["run-1"] == "failed"


def test_a_field_that_is_gone_is_reported_and_the_rest_is_read() -> None:
    pulling = people(1, sync=a_pull(("last_name", "LastName"), ("size", "Size__c")))
    (published,) = pulling.pull()
    assert published["values"] == {"last_name": "Name 0"}
    assert [problem.field for problem in pulling.runs.problems] == ["Size__c"]


def test_a_field_that_goes_away_while_a_run_goes_on_is_left_out_by_the_next_worker() -> None:
    size = FieldDescribe("Size__c", "Size", "int")
    pulling = people(
        3, sync=a_pull(("last_name", "LastName"), ("size", "Size__c")), org=FakeOrg(contact_describe(size))
    )
    real = pulling.org.query

    def refusing(soql: str, *, with_deleted: bool) -> Any:
        if "Size__c" in soql:
            raise OrgRefused("No such column 'Size__c'", org_code="INVALID_FIELD")
        return real(soql, with_deleted=with_deleted)

    pulling.org.query = refusing  # type: ignore[method-assign]
    pulling.org.described_again = lambda sobject: contact_describe()  # type: ignore[method-assign]
    assert pulling.run() is Ended.HANDED_OVER
    pulling.org.describe = contact_describe()
    assert pulling.run(pulling.queues.jobs[0][0]) is Ended.DONE
    assert [record["values"] for record in pulling.received()] == [
        {"last_name": f"Name {number}"} for number in range(3)
    ]


def test_a_field_that_the_org_refuses_although_describe_shows_it_ends_the_run_with_the_reason() -> None:
    pulling = people(1)

    def refused(soql: str, *, with_deleted: bool) -> Any:
        raise OrgRefused("No such column", org_code="INVALID_FIELD")

    pulling.org.query = refused  # type: ignore[method-assign]
    with pytest.raises(OrgRefused):
        pulling.run()
    assert pulling.runs.statuses["run-1"] == "failed"


@pytest.mark.parametrize(
    ("condition", "sweeps"),
    [
        ({"field": "LastName", "operator": "equals", "value": "A"}, False),
        ({"field": "Account.Industry", "operator": "equals", "value": "A"}, True),
        ({"any": [{"field": "Score__c", "operator": "greater", "value": 1}]}, True),
        ({"all": [{"field": "Born__c", "operator": "within_next", "value": 5}]}, True),
    ],
)
def test_a_rule_that_moves_records_without_a_stamp_is_swept(condition: dict[str, Any], sweeps: bool) -> None:
    assert plan_of(pull={"filter": condition}).sweeps is sweeps
