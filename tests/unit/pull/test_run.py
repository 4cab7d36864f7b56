"""A run: what is published, how it stops, goes on, waits its turn, and is never run twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from causeway.connections.connection import Status, Usage
from causeway.errors import BrokenMapping, OrgRefused, OrgUnavailable
from causeway.pull.endings import MAX_HOPS, Ended
from causeway.pull.jobs import Held, PullJob
from causeway.pull.reading import interruptions
from causeway.salesforce.describe import FieldDescribe

from tests.support.pull.factories import TENANT, Pulling, a_pull, an_id
from tests.support.pull.org import FakeOrg, contact_describe


def people(count: int, **more: Any) -> Pulling:
    pulling = Pulling(**more)
    for number in range(count):
        pulling.org.commit(an_id(number), LastName=f"Name {number}")
        pulling.org.advance(1)
    pulling.org.advance(60)
    return pulling


def test_a_first_import_publishes_everything_once_as_created() -> None:
    pulling = people(3)
    assert pulling.kinds() == [(an_id(0), "created"), (an_id(1), "created"), (an_id(2), "created")]
    assert pulling.kinds() == []


def test_the_last_page_of_a_run_says_so() -> None:
    pulling = people(2)
    pulling.pull()
    assert [page["last"] for page in pulling.queues.published] == [True]


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


def test_a_worker_out_of_time_hands_over_and_the_next_goes_on_in_the_same_run() -> None:
    pulling = people(5, org=FakeOrg(contact_describe(), page_size=2))
    calls = iter([900.0, 900.0, 900.0, 10.0])
    pulling.patience.remaining_s = lambda: next(calls, 10.0)  # type: ignore[method-assign]
    assert pulling.run() is Ended.HANDED_OVER
    ((job, _),) = pulling.queues.jobs
    assert (job.hop, job.run) == (1, "run-1")
    del pulling.patience.remaining_s
    assert pulling.run(job) is Ended.DONE
    assert [record["salesforce_id"] for record in pulling.received()] == [an_id(number) for number in range(5)]
    assert {page["run"] for page in pulling.queues.published} == {"run-1"}


def test_handing_over_ends_at_its_bound() -> None:
    pulling = people(1)
    pulling.patience.left_s = 1
    assert pulling.run(PullJob(TENANT, "people", "run-1", hop=MAX_HOPS)) is Ended.TOO_LONG
    assert pulling.queues.jobs == []
    assert pulling.runs.statuses["run-1"] == "stopped"


def test_a_deauthorized_tenant_is_asked_nothing_more() -> None:
    pulling = people(10, org=FakeOrg(contact_describe(), page_size=2))
    real, asked = pulling.org.ahead, []

    def ahead(next_url: str) -> Any:
        asked.append(next_url)
        pulling.connections.connection = replace(pulling.connections.connection, status=Status.DISCONNECTED, epoch=2)
        return real(next_url)

    pulling.org.ahead = ahead  # type: ignore[method-assign]
    assert pulling.run() is Ended.WAITING
    assert len(asked) == 1
    assert pulling.runs.statuses["run-1"] == "waiting"


@pytest.mark.parametrize(("paused", "sentence"), [(False, "by itself."), (True, "run it again to go on.")])
def test_a_waiting_run_says_who_makes_it_go_on(paused: bool, sentence: str) -> None:
    pulling = people(1, sync=a_pull(pull={"schedule": {"every_minutes": 15, "paused": paused}}))
    pulling.connections.connection = replace(pulling.connections.connection, status=Status.DISCONNECTED)
    assert pulling.run(PullJob(TENANT, "people", "by-hand")) is Ended.WAITING
    assert pulling.runs.details["by-hand"].endswith(sentence)


def test_reconnecting_goes_on_from_the_place_that_was_reached() -> None:
    test = people(10, org=FakeOrg(contact_describe(), page_size=2))
    connected, real = test.connections.connection, test.org.ahead

    def ahead(next_url: str) -> Any:
        test.connections.connection = replace(connected, status=Status.DISCONNECTED, epoch=2)
        return real(next_url)

    test.org.ahead = ahead  # type: ignore[method-assign]
    assert test.run() is Ended.WAITING
    test.org.ahead = real  # type: ignore[method-assign]
    test.connections.connection = replace(connected, epoch=3)
    test.pull()
    published = [record["salesforce_id"] for page in test.queues.published for record in page["records"]]
    assert sorted(published) == [an_id(number) for number in range(10)]


def test_an_org_that_changed_hands_meanwhile_is_not_read_on() -> None:
    pulling = people(10, org=FakeOrg(contact_describe(), page_size=2))
    real = pulling.org.ahead

    def ahead(next_url: str) -> Any:
        pulling.connections.connection = replace(pulling.connections.connection, epoch=2)
        return real(next_url)

    pulling.org.ahead = ahead  # type: ignore[method-assign]
    assert pulling.run() is Ended.WAITING


def test_a_cancelled_run_stops_and_the_next_one_goes_on_under_its_own_name() -> None:
    pulling = people(10, org=FakeOrg(contact_describe(), page_size=2))
    real = pulling.org.ahead

    def ahead(next_url: str) -> Any:
        pulling.runs.cancelled.add("run-1")
        return real(next_url)

    pulling.org.ahead = ahead  # type: ignore[method-assign]
    assert pulling.run() is Ended.CANCELLED
    assert pulling.runs.statuses["run-1"] == "cancelled"
    pulling.org.ahead = real  # type: ignore[method-assign]
    pulling.pull()
    assert {page["run"] for page in pulling.queues.published} <= {"run-1", "run-2"}
    published = [record["salesforce_id"] for page in pulling.queues.published for record in page["records"]]
    assert sorted(published) == [an_id(number) for number in range(10)]


def test_pulls_yield_to_pushes_and_come_again_by_themselves() -> None:
    pulling = people(1)
    usage = Usage(70, 100, pulling.now())
    pulling.connections.connection = replace(pulling.connections.connection, usage=usage)
    assert pulling.run() is Ended.WAITING
    assert pulling.org.calls == 0
    ((_, _, at_ms),) = pulling.due.brought
    pulling.org.advance((at_ms - pulling.now()) / 1000)
    assert pulling.run() is Ended.DONE


def test_below_their_share_pulls_run() -> None:
    pulling = people(1)
    pulling.connections.connection = replace(pulling.connections.connection, usage=Usage(69, 100, pulling.now()))
    assert pulling.run() is Ended.DONE


def test_a_tenant_runs_no_more_pulls_at_once_than_it_has_places() -> None:
    pulling = people(1)
    for number in range(2):
        assert pulling.slots.take(TENANT, 2, 60_000, f"other-{number}")
    assert pulling.run() is Ended.LATER
    assert pulling.org.calls == 0
    assert [brought[:2] for brought in pulling.due.brought] == [(TENANT, "people")]
    assert pulling.run(PullJob(TENANT, "people", "by-hand", trigger="ada")) is Ended.LATER
    ((job, delay_s),) = pulling.queues.jobs
    assert (job.run, job.waits, delay_s > 0) == ("by-hand", 1, True)


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


def test_pages_of_different_windows_never_share_an_id() -> None:
    pulling = people(2)
    for name in "abc":
        pulling.org.commit(an_id(0), LastName=name)
        pulling.org.advance(60)
        pulling.run(PullJob(TENANT, "people", "same-run"))
        pulling.runs.statuses.pop("same-run")
    ids = [page["page_id"] for page in pulling.queues.published]
    assert len(ids) == len(set(ids)) == 3


def test_an_org_that_does_not_answer_is_asked_again_later() -> None:
    pulling = people(1)

    def unavailable(*given: Any, **named: Any) -> Any:
        raise OrgUnavailable("Salesforce does not answer.", "It is tried again.")

    pulling.org.query = unavailable  # type: ignore[method-assign]
    assert pulling.run() is Ended.LATER
    ((job, delay_s),) = pulling.queues.jobs
    assert (job.run, job.waits, delay_s) == ("run-1", 1, 30)


def test_a_filter_that_does_not_fit_reads_nothing_and_says_why() -> None:
    sync = a_pull(pull={"filter": {"field": "Gone__c", "operator": "equals", "value": "x"}})
    pulling = people(1, sync=sync)
    with pytest.raises(BrokenMapping):
        pulling.run()
    assert pulling.org.calls == 0
    assert pulling.runs.statuses["run-1"] == "failed"


def test_a_sync_that_was_switched_off_closes_its_waiting_run() -> None:
    pulling = people(1, sync=a_pull(enabled=False))
    assert pulling.run(PullJob(TENANT, "people", "by-hand")) is Ended.NOT_DUE
    assert pulling.runs.statuses["by-hand"] == "stopped"


def test_a_field_that_is_gone_is_reported_and_the_rest_is_read() -> None:
    pulling = people(1, sync=a_pull(("last_name", "LastName"), ("size", "Size__c")))
    (published,) = pulling.pull()
    assert published["values"] == {"last_name": "Name 0"}
    assert [problem.field for problem in pulling.runs.problems] == ["Size__c"]


def test_a_record_too_large_for_a_message_loses_its_longest_value_and_says_so() -> None:
    pulling = Pulling()
    pulling.org.commit(an_id(1), LastName="x" * 1_100_000)
    pulling.org.advance(60)
    (published,) = pulling.pull()
    assert published["values"] == {}
    assert [problem.code for problem in pulling.runs.problems] == ["too_long"]


def test_pages_stay_below_what_a_message_may_hold_whatever_the_alphabet() -> None:
    pulling = Pulling()
    for number in range(40):
        pulling.org.commit(an_id(number), LastName="日" * 20_000)
    pulling.org.advance(60)
    sizes: list[int] = []
    real = pulling.queues.publish

    def publish(tenant: str, body: bytes) -> None:
        sizes.append(len(body))
        real(tenant, body)

    pulling.queues.publish = publish  # type: ignore[method-assign]
    assert len(pulling.pull()) == 40
    assert max(sizes) <= 1_048_576
    assert len(sizes) == 3


def test_the_reserve_leaves_time_for_one_call_and_a_page() -> None:
    assert interruptions.RESERVE_S > 30


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
