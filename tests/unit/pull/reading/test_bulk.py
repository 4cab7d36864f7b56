"""Large imports: by Bulk API 2.0 where it can be, by REST where it cannot; nothing is lost or published twice in between."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.errors import NotFound, OrgRefused
from causeway.pull.endings import Ended
from causeway.pull.jobs import PullJob
from causeway.pull.reading import bulk

from tests.support.pull.factories import TENANT, Pulling, a_pull, an_id
from tests.support.pull.org import FakeOrg, contact_describe

ROWS = 60


@pytest.fixture(autouse=True)
def few_rows_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BULK_ROWS", 10)
    monkeypatch.setattr(bulk, "LINKS_PER_READ", 7)


@pytest.fixture
def pulling() -> Pulling:
    made = Pulling(org=FakeOrg(contact_describe(), page_size=3))
    for number in range(ROWS):
        made.org.commit(an_id(number), LastName=f"Name {number}")
    made.org.advance(86_400)
    return made


def ids(pulling: Pulling) -> list[str]:
    return sorted(record["salesforce_id"] for page in pulling.queues.published for record in page["records"])


ALL = [an_id(number) for number in range(ROWS)]


def refused(*given: Any, **named: Any) -> Any:
    raise OrgRefused("No more bulk jobs today.", org_code="EXCEEDED_LIMIT")


def test_many_rows_go_by_bulk_in_few_calls(pulling: Pulling) -> None:
    pulling.pull()
    assert ids(pulling) == ALL
    assert pulling.org.calls < ROWS / 3
    assert pulling.pull() == []


def test_without_bulk_the_same_rows_go_by_rest(pulling: Pulling) -> None:
    pulling.org.start_bulk = refused  # type: ignore[method-assign]  # this org answers otherwise
    pulling.pull()
    assert ids(pulling) == ALL


def test_a_job_that_is_not_done_is_looked_at_again_by_a_later_worker(pulling: Pulling) -> None:
    answers = iter([False, True])
    pulling.org.bulk_is_complete = lambda job: next(answers)  # type: ignore[method-assign]  # this org answers otherwise
    assert pulling.run() is Ended.HANDED_OVER
    ((job, delay_s),) = pulling.queues.jobs
    assert (job.hop, delay_s) == (1, bulk.BULK_POLL_S)
    assert pulling.run(job) is Ended.DONE
    assert ids(pulling) == ALL


def test_a_job_that_failed_is_read_by_rest_instead(pulling: Pulling) -> None:
    pulling.org.bulk_is_complete = refused  # type: ignore[method-assign]  # this org answers otherwise
    pulling.pull()
    assert ids(pulling) == ALL


def test_results_that_are_gone_halfway_are_read_by_rest_and_published_once(pulling: Pulling) -> None:
    real = pulling.org.bulk_ahead

    def gone(job: str, locator: str, types: Any) -> Any:
        if locator == "30":
            raise NotFound("The job is gone.")
        return real(job, locator, types)

    pulling.org.bulk_ahead = gone  # type: ignore[method-assign]  # this org answers otherwise
    pulling.pull()
    assert ids(pulling) == ALL


def test_a_mapping_added_halfway_waits_for_what_changes(pulling: Pulling) -> None:
    pulling.patience.left_s = 1
    answers = iter([False])
    pulling.patience.left_s = 900
    pulling.org.bulk_is_complete = lambda job: next(answers, True)  # type: ignore[method-assign]  # this org answers otherwise
    assert pulling.run() is Ended.HANDED_OVER
    job: PullJob = pulling.queues.jobs[0][0]
    real = pulling.org.bulk_ahead

    def as_selected(job: str, locator: str, types: Any) -> Any:
        rows, following = real(job, locator, types)()
        kept = [{name: value for name, value in row.items() if name != "MasterRecordId"} for row in rows]
        return lambda: (iter(kept), following)

    checkpoint = pulling.checkpoints.stored[TENANT, "people", pulling.connections.connection.org_id]
    checkpoint["checkpoint"] = (
        checkpoint["checkpoint"].replace(', "MasterRecordId"', "").replace('"MasterRecordId", ', "")
    )
    pulling.org.bulk_ahead = as_selected  # type: ignore[method-assign]  # this org answers otherwise
    pulling.sync = a_pull(("last_name", "LastName"), ("master", "MasterRecordId"))
    assert pulling.run(job) is Ended.DONE
    assert ids(pulling) == ALL
    assert all(
        record["values"].keys() == {"last_name"} for page in pulling.queues.published for record in page["records"]
    )
