"""How a part of a run ends: handed over, waiting, later, cancelled, or stopped with its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from causeway.connections.connection import Status, Usage
from causeway.errors import OrgRefused, OrgUnavailable, PasswordExpired, Unforeseen
from causeway.pull.endings import GIVE_UP_MS, MAX_DELIVERIES, MAX_HOPS, Ended
from causeway.pull.jobs import PullJob
from causeway.pull.reading import interruptions
from causeway.salesforce.answers.reading import UNKNOWN_TRIES

from tests.support.pull.factories import TENANT, Pulling, a_pull, an_id, people
from tests.support.pull.org import FakeOrg, contact_describe


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


def test_an_org_that_does_not_answer_is_asked_again_later() -> None:
    pulling = people(1)

    def unavailable(*given: Any, **named: Any) -> Any:
        raise OrgUnavailable("Salesforce does not answer.", "It is tried again.")

    pulling.org.query = unavailable  # type: ignore[method-assign]
    assert pulling.run() is Ended.LATER
    ((job, delay_s),) = pulling.queues.jobs
    assert (job.run, job.tries, delay_s) == ("run-1", 1, 30)


def _does_not_answer(*given: Any, **named: Any) -> Any:
    raise OrgUnavailable("Salesforce does not answer.", "Look at trust.salesforce.com.")


def _queued_one_after_another(pulling: Pulling) -> Ended:
    """Run what is queued until nothing is, at the time for which it is queued."""
    ended = pulling.run()
    while pulling.queues.jobs:
        job, delay_s = pulling.queues.jobs.pop(0)
        pulling.org.advance(delay_s)
        ended = pulling.run(job)
    return ended


def test_a_run_that_waits_shows_for_what_since_when_and_until_when() -> None:
    pulling = people(1)
    pulling.org.query = _does_not_answer  # type: ignore[method-assign]
    pulling.run()
    now, waiting = pulling.now(), pulling.runs.waiting["run-1"]
    assert (pulling.runs.statuses["run-1"], waiting.detail) == ("waiting", "Salesforce does not answer.")
    assert (waiting.since_ms, waiting.next_try_ms, waiting.until_ms) == (now, now + 30_000, now + GIVE_UP_MS)


def test_an_org_that_never_answers_ends_the_run_with_its_sentence() -> None:
    pulling = people(1)
    pulling.org.query = _does_not_answer  # type: ignore[method-assign]
    began = pulling.now()
    assert _queued_one_after_another(pulling) is Ended.FAILED
    assert pulling.runs.statuses["run-1"] == "failed"
    assert pulling.runs.details["run-1"].startswith("Salesforce does not answer. It was tried ")
    assert pulling.runs.remedies["run-1"] == "Look at trust.salesforce.com."
    assert pulling.now() - began <= GIVE_UP_MS + 900_000


def test_what_was_read_before_a_failure_is_kept_and_the_tries_begin_anew() -> None:
    pulling = people(10, org=FakeOrg(contact_describe(), page_size=2))
    real = pulling.org.ahead

    def every_other_call_fails(next_url: str) -> Any:
        page = real(next_url)
        return page if pulling.org.calls % 2 else _does_not_answer

    pulling.org.ahead = every_other_call_fails  # type: ignore[method-assign]
    assert _queued_one_after_another(pulling) is Ended.DONE
    assert [record["salesforce_id"] for record in pulling.received()] == [an_id(number) for number in range(10)]


def test_an_error_that_is_not_ours_ends_the_run_and_the_next_one_reads_everything() -> None:
    pulling = people(3)

    def breaks(*given: Any, **named: Any) -> Any:
        raise KeyError("SystemModstamp")

    real = pulling.org.query
    pulling.org.query = breaks  # type: ignore[method-assign]
    with pytest.raises(Unforeseen):
        pulling.run()
    assert pulling.runs.statuses["run-1"] == "failed"
    assert "KeyError" in pulling.runs.details["run-1"]
    assert pulling.runs.remedies["run-1"]
    pulling.org.query = real  # type: ignore[method-assign]
    assert len(pulling.pull()) == 3


def test_a_worker_that_dies_again_and_again_ends_the_run() -> None:
    pulling = people(1)
    with pytest.raises(Unforeseen):
        pulling.run(PullJob(TENANT, "people", due_ms=pulling.now()), deliveries=MAX_DELIVERIES + 1)
    assert pulling.org.calls == 0
    assert list(pulling.runs.statuses.values()) == ["failed"]


def test_a_job_that_is_delivered_again_goes_on_under_its_run() -> None:
    pulling = people(1)
    job = PullJob(TENANT, "people", due_ms=pulling.now())
    pulling.org.query = _does_not_answer  # type: ignore[method-assign]
    pulling.run(job)
    pulling.run(job)
    assert list(pulling.runs.statuses) == [job.scheduled_run]


def test_a_run_whose_worker_died_before_it_could_close_it_is_closed_by_the_next_delivery() -> None:
    pulling = people(1)
    job = PullJob(TENANT, "people", due_ms=pulling.now())
    assert pulling.run(job) is Ended.DONE
    pulling.runs.statuses[job.scheduled_run] = "running"
    assert pulling.run(job) is Ended.NOT_DUE
    assert pulling.runs.statuses[job.scheduled_run] == "completed"


def test_a_run_that_is_cancelled_while_it_waits_makes_no_further_call() -> None:
    pulling = people(1)
    pulling.org.query = _does_not_answer  # type: ignore[method-assign]
    pulling.run()
    pulling.runs.cancelled.add("run-1")
    calls = pulling.org.calls
    assert pulling.run(pulling.queues.jobs.pop()[0]) is Ended.CANCELLED
    assert pulling.org.calls == calls


def test_a_run_that_is_cancelled_as_its_last_call_fails_does_not_wait() -> None:
    pulling = people(1)

    def cancelled_meanwhile(*given: Any, **named: Any) -> Any:
        pulling.runs.cancelled.add("run-1")
        return _does_not_answer()

    pulling.org.query = cancelled_meanwhile  # type: ignore[method-assign]
    assert pulling.run() is Ended.CANCELLED
    assert pulling.queues.jobs == []


def test_an_answer_that_nobody_knows_ends_the_run_after_a_few_tries_in_salesforces_words() -> None:
    pulling = people(1)

    def refused(*given: Any, **named: Any) -> Any:
        raise OrgUnavailable("Unknown.", final=OrgRefused("Nobody has seen this.", org_code="SOMETHING_NEW"))

    pulling.org.query = refused  # type: ignore[method-assign]
    assert pulling.run(PullJob(TENANT, "people", "by-hand", tries=UNKNOWN_TRIES - 1)) is Ended.LATER
    with pytest.raises(OrgRefused, match="Nobody has seen this"):
        pulling.run(PullJob(TENANT, "people", "by-hand", tries=UNKNOWN_TRIES))
    assert pulling.runs.statuses["by-hand"] == "failed"


def test_a_run_that_waits_for_a_person_says_what_to_do() -> None:
    pulling = people(1)

    def refused(*given: Any, **named: Any) -> Any:
        raise PasswordExpired("The password has expired.", "Set a new password.")

    pulling.org.query = refused  # type: ignore[method-assign]
    assert pulling.run(PullJob(TENANT, "people", "by-hand")) is Ended.WAITING
    assert "The password has expired. Set a new password." in pulling.runs.details["by-hand"]


def test_a_sync_that_was_switched_off_closes_its_waiting_run() -> None:
    pulling = people(1, sync=a_pull(enabled=False))
    assert pulling.run(PullJob(TENANT, "people", "by-hand")) is Ended.NOT_DUE
    assert pulling.runs.statuses["by-hand"] == "stopped"


def test_the_reserve_leaves_time_for_one_call_and_a_page() -> None:
    assert interruptions.RESERVE_S > 30


def test_a_sync_that_only_pushes_is_looked_at_for_drift_and_nothing_is_read() -> None:
    pulling, described = people(1, sync=a_pull(direction="push")), list[str]()
    real = pulling.org.described
    pulling.org.described = lambda sobject: described.append(sobject) or real(sobject)  # type: ignore[method-assign,func-returns-value]
    assert pulling.run(PullJob(TENANT, "people", due_ms=pulling.now())) is Ended.DONE
    assert described == ["Contact"]
    assert (pulling.received(), pulling.runs.statuses) == ([], {})


def test_a_paused_pull_is_looked_at_for_drift_and_runs_only_when_a_person_asks() -> None:
    pulling = people(1, sync=a_pull(pull={"schedule": {"every_minutes": 15, "paused": True}}))
    assert pulling.run(PullJob(TENANT, "people", due_ms=pulling.now())) is Ended.DONE
    assert pulling.received() == []
    pulling.run(PullJob(TENANT, "people", "by-hand", trigger="person"))
    assert len(pulling.received()) == 1
