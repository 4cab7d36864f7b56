"""Imports: records are read once more and all published, whatever stops a worker, and the schedule's own place stays."""

from __future__ import annotations

from typing import Any

from causeway.connections.connection import Connection, Status
from causeway.pull.endings import Ended
from causeway.pull.jobs import PullJob
from causeway.pull.planning.imports import EVERYTHING, Import

from tests.campaigns.pull_simulation import Crash, Crashing, Fuse
from tests.support.pull.factories import TENANT, Pulling, an_id, people
from tests.support.pull.fakes import Patience
from tests.support.pull.org import ORG

ALL = [an_id(number) for number in range(5)]


def an_import(only: Import = EVERYTHING, run: str = "import-1") -> PullJob:
    return PullJob(TENANT, "people", run, trigger="person", only=only.text())


def pulled() -> Pulling:
    """Return a pull that is up to date, in an org whose queries give two rows a page."""
    pulling = people(5)
    pulling.org.page_size = 2
    pulling.pull()
    pulling.org.advance(60)
    return pulling


def through(pulling: Pulling, job: PullJob) -> None:
    """Work on a job until its run has ended."""
    while (ended := pulling.run(job)) is not Ended.DONE:
        assert ended in (Ended.HANDED_OVER, Ended.LATER)
        job, delay_s = pulling.queues.jobs.pop(0)
        pulling.org.advance(delay_s)


def test_everything_is_published_again_with_a_total_and_an_end() -> None:
    pulling = pulled()
    through(pulling, an_import())
    assert [(each["salesforce_id"], each["kind"]) for each in pulling.received()] == [(each, "updated") for each in ALL]
    assert pulling.runs.totals == {"import-1": 5}
    assert pulling.runs.statuses["import-1"] == "completed"
    assert pulling.pull() == []


def test_only_the_named_records_are_published() -> None:
    pulling = pulled()
    through(pulling, an_import(Import(ids=(ALL[1], ALL[3]))))
    assert [each["salesforce_id"] for each in pulling.received()] == [ALL[1], ALL[3]]


def test_a_change_in_between_is_published_by_the_next_run() -> None:
    pulling = pulled()
    pulling.org.commit(ALL[2], LastName="Changed")
    pulling.org.advance(60)
    through(pulling, an_import(Import(ids=(ALL[0],))))
    pulling.received()
    assert pulling.kinds() == [(ALL[2], "updated")]


def test_a_crash_at_any_step_leaves_nothing_out() -> None:
    step, died = 0, True
    while died:
        step += 1
        pulling, fuse = pulled(), Fuse(dies_at=step)
        ports: dict[str, Any] = {
            "checkpoints": Crashing(pulling.checkpoints, fuse),
            "queues": Crashing(pulling.queues, fuse),
        }
        died = False
        try:
            pulling.run(an_import(), org_of=lambda connection, org=pulling.org, fuse=fuse: Crashing(org, fuse), **ports)
        except Crash:
            died = True
        pulling.org.advance(301)
        if not pulling.runs.is_over(TENANT, "import-1"):
            through(pulling, an_import())
        pages = {page["page_id"]: page for page in pulling.queues.published}
        found = [record["salesforce_id"] for page in list(pages.values())[1:] for record in page["records"]]
        assert sorted({*found}) == ALL, step
        assert pulling.received() is not None
        assert pulling.pull() == []
    assert step > 10


class Short(Patience):
    """The time of a worker that is up at its `last` look at the clock; the next ones have enough."""

    def __init__(self, last: int) -> None:
        super().__init__()
        self.looks, self.last = 0, last

    def remaining_s(self) -> float:
        self.looks += 1
        return 0.0 if self.looks == self.last else 900.0


def test_a_worker_whose_time_is_up_hands_over_and_the_next_one_goes_on_from_there() -> None:
    pulling = pulled()
    pulling.patience = Short(5)
    through(pulling, an_import())
    assert [each["salesforce_id"] for each in pulling.received()] == ALL
    assert pulling.runs.statuses["import-1"] == "completed"


def test_the_window_of_a_run_that_was_interrupted_is_read_on_under_its_own_run() -> None:
    pulling = people(5)
    pulling.org.page_size = 2
    pulling.patience = Short(5)
    assert pulling.run(PullJob(TENANT, "people", "run-a")) is Ended.HANDED_OVER
    rest, _ = pulling.queues.jobs.pop(0)
    pulling.patience = Patience()
    through(pulling, an_import())
    assert pulling.runs.statuses["run-a"] == "running"
    through(pulling, rest)
    assert pulling.runs.statuses == {"run-a": "completed", "import-1": "completed"}
    assert {each["salesforce_id"] for each in pulling.received()} == {*ALL}
    assert pulling.pull() == []


def test_an_import_behind_a_closed_gate_is_queued_again_because_no_schedule_goes_on_with_it() -> None:
    pulling = pulled()
    connection = pulling.connections.connection
    pulling.connections.connection = Connection(TENANT, Status.DISCONNECTED, org_id=ORG, epoch=1)
    assert pulling.run(an_import()) is Ended.LATER
    assert pulling.runs.statuses["import-1"] == "waiting"
    assert pulling.due.brought == []
    pulling.connections.connection = connection
    job, delay_s = pulling.queues.jobs.pop(0)
    pulling.org.advance(delay_s)
    through(pulling, job)
    assert [each["salesforce_id"] for each in pulling.received()] == ALL


def in_short_parts(pulling: Pulling, *jobs: PullJob) -> int:
    """Work on jobs in turn, each worker with time for a page or two, until all runs have ended; return how many workers it took."""
    waiting, workers = [*jobs], 0
    while waiting:
        workers += 1
        assert workers < 60
        pulling.patience = Short(6)
        if pulling.run(waiting.pop(0)) is not Ended.DONE:
            job, delay_s = pulling.queues.jobs.pop(0)
            pulling.org.advance(delay_s)
            waiting.append(job)
    return workers


def test_two_imports_of_one_sync_publish_everything_once_each_and_both_end() -> None:
    pulling = pulled()
    in_short_parts(pulling, an_import(), an_import(run="import-2"))
    published = [each["salesforce_id"] for each in pulling.received()]
    assert published == [*ALL, *ALL]
    assert {pulling.runs.statuses[run] for run in ("import-1", "import-2")} == {"completed"}


def test_an_import_shows_that_it_waits_for_the_one_that_is_under_way() -> None:
    pulling = pulled()
    pulling.patience = Short(6)
    assert pulling.run(an_import()) is Ended.HANDED_OVER
    assert pulling.run(an_import(run="import-2")) is Ended.LATER
    assert pulling.runs.statuses["import-2"] == "waiting"
    assert "import of this sync that is under way: the run import-1." in pulling.runs.details["import-2"]


def test_an_import_does_not_wait_for_one_that_is_being_cancelled() -> None:
    pulling = pulled()
    pulling.patience = Short(6)
    assert pulling.run(an_import()) is Ended.HANDED_OVER
    pulling.received()
    pulling.runs.cancelled.add("import-1")
    pulling.patience = Patience()
    through(pulling, an_import(run="import-2"))
    assert [each["salesforce_id"] for each in pulling.received()] == ALL
