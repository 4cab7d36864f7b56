"""A pull that a hint brought forward: it reads nearer to the present, runs once for its moment, and takes nothing off the schedule."""

from __future__ import annotations

from causeway.pull.endings import Ended
from causeway.pull.jobs import RELAY, Held, PullJob
from causeway.pull.planning.watermarks import HELD_BACK_MS, SETTLED_MS

from tests.support.pull.factories import TENANT, an_id, people


def hinted(due_ms: int) -> PullJob:
    return PullJob(TENANT, "people", trigger=RELAY, due_ms=due_ms)


def test_it_reads_what_was_saved_a_few_seconds_ago_where_the_schedule_leaves_it_to_the_next_run() -> None:
    for trigger, kinds in ((RELAY, [(an_id(0), "updated")]), ("schedule", [])):
        pulling = people(1)
        pulling.pull()
        pulling.org.advance(60)
        pulling.org.commit(an_id(0), LastName="Changed")
        pulling.org.advance((SETTLED_MS + 1_000) / 1_000)
        assert SETTLED_MS + 1_000 < HELD_BACK_MS
        assert pulling.run(PullJob(TENANT, "people", trigger=trigger, due_ms=pulling.now())) is Ended.DONE
        assert [(each["salesforce_id"], each["kind"]) for each in pulling.received()] == kinds


def test_of_two_deliveries_of_one_hinted_job_one_runs() -> None:
    pulling = people(1)
    job = hinted(pulling.now())
    assert [pulling.run(job), pulling.run(job)] == [Ended.DONE, Ended.NOT_DUE]
    assert pulling.run(hinted(pulling.now() + 1_000)) is Ended.DONE
    assert pulling.run(PullJob(TENANT, "people", due_ms=pulling.now())) is Ended.DONE


def test_the_schedule_runs_although_a_hinted_run_was_later() -> None:
    pulling = people(1)
    due_ms = pulling.now()
    assert pulling.run(hinted(due_ms + 7_000)) is Ended.DONE
    assert pulling.run(PullJob(TENANT, "people", due_ms=due_ms)) is Ended.DONE


def test_while_another_worker_reads_it_comes_again_in_a_minute() -> None:
    pulling = people(1)
    org_id = pulling.connections.connection.org_id
    assert isinstance(pulling.checkpoints.claim(TENANT, "people", org_id, "w", 60_000), Held)
    assert pulling.run(hinted(pulling.now())) is Ended.LATER
    assert pulling.due.brought
