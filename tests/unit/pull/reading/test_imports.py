"""Imports: records are read once more and all published, whatever stops a worker, and the schedule's own place stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from causeway.connections.connection import Connection, Status
from causeway.errors import OrgRefused, OrgUnavailable, Unforeseen
from causeway.pull.endings import MAX_HOPS, MAX_TRIES, MAX_WAITS, NO_NEXT_RUN, Ended
from causeway.pull.jobs import PullJob
from causeway.pull.planning.imports import EVERYTHING, Import
from causeway.pull.reading import window
from causeway.salesforce.describe import FieldDescribe

from tests.campaigns.pull_simulation import Crash, Crashing, Fuse
from tests.support.pull.factories import TENANT, Pulling, a_pull, an_id, people
from tests.support.pull.fakes import Patience
from tests.support.pull.org import ORG, FakeOrg, contact_describe

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


ENDINGS: list[tuple[PullJob, type[Exception] | None]] = [
    (an_import(), OrgRefused),
    (an_import(), KeyError),
    (replace(an_import(), tries=MAX_TRIES), OrgUnavailable),
    (replace(an_import(), hop=MAX_HOPS), None),
]


@pytest.mark.parametrize(("job", "fault"), ENDINGS)
def test_an_import_that_ended_before_its_end_says_that_nothing_goes_on_with_it(
    job: PullJob, fault: type[Exception] | None
) -> None:
    pulling = pulled()

    def breaks(*given: Any, **named: Any) -> Any:
        raise fault("No.") if fault else AssertionError("the time is up before the first call")

    pulling.org.query = breaks  # type: ignore[method-assign]
    if fault is None:
        pulling.patience.left_s = 1
    if fault in (None, OrgUnavailable):
        assert pulling.run(job) in (Ended.FAILED, Ended.TOO_LONG)
    else:
        with pytest.raises((OrgRefused, Unforeseen)):
            pulling.run(job)
    said = pulling.runs.details["import-1"] + pulling.runs.remedies.get("import-1", "")
    assert NO_NEXT_RUN in said
    assert "next run goes on" not in said


def test_a_cancelled_import_and_one_that_waited_for_a_day_say_so_too() -> None:
    pulling = pulled()
    pulling.runs.cancelled.add("import-1")
    assert pulling.run(an_import()) is Ended.CANCELLED
    assert pulling.runs.details["import-1"] == f"Cancelled by a person. {NO_NEXT_RUN}"
    pulling.connections.connection = Connection(TENANT, Status.DISCONNECTED, org_id=ORG, epoch=1)
    assert pulling.run(replace(an_import(run="import-2"), waits=MAX_WAITS)) is Ended.TOO_LONG
    assert pulling.runs.details["import-2"].endswith(NO_NEXT_RUN)


def test_a_run_of_the_schedule_says_that_the_next_one_goes_on() -> None:
    pulling = people(1)
    pulling.runs.cancelled.add("by-hand")
    pulling.run(PullJob(TENANT, "people", "by-hand"))
    assert pulling.runs.details["by-hand"] == (
        "Cancelled by a person. The next run goes on from the place that was reached."
    )


SIZE = FieldDescribe("Size__c", "Size", "int")
WITH_SIZE = (("last_name", "LastName"), ("size", "Size__c"))


def refusing(pulling: Pulling, part: str, code: str) -> None:
    """Have the org refuse every query that has this part."""
    real = pulling.org.query

    def query(soql: str, *, with_deleted: bool) -> Any:
        if part in soql:
            raise OrgRefused(f"No such column '{part}'", org_code=code)
        return real(soql, with_deleted=with_deleted)

    pulling.org.query = query  # type: ignore[method-assign]


def test_a_field_that_goes_away_while_an_import_goes_on_is_left_out_by_the_next_worker() -> None:
    pulling = people(3, sync=a_pull(*WITH_SIZE), org=FakeOrg(contact_describe(SIZE)))
    pulling.pull()
    refusing(pulling, "Size__c", "INVALID_FIELD")
    pulling.org.described_again = lambda sobject: contact_describe()  # type: ignore[method-assign]
    assert pulling.run(an_import()) is Ended.HANDED_OVER
    pulling.org.describe = contact_describe()
    through(pulling, pulling.queues.jobs.pop(0)[0])
    assert [each["values"] for each in pulling.received()] == [{"last_name": f"Name {number}"} for number in range(3)]


def test_what_an_import_left_out_is_noted_though_it_fails_later() -> None:
    pulling = people(1, sync=a_pull(*WITH_SIZE))
    refusing(pulling, "LastName", "MALFORMED_QUERY")
    with pytest.raises(OrgRefused):
        pulling.run(an_import())
    assert [problem.field for problem in pulling.runs.problems] == ["Size__c"]


def test_many_small_imports_leave_one_inventory_of_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "COMPACT_PAGES", 3)
    pulling = pulled()
    for number in range(8):
        through(pulling, an_import(Import(ids=(ALL[number % 5],)), run=f"import-{number}"))
    ((kept,),) = ([item["pages"]] for item in pulling.checkpoints.stored.values())
    assert len(kept) <= 4
    pulling.received()
    assert pulling.pull() == []
