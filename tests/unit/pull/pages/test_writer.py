"""Pages: their ids, their sizes, and the last one."""

from __future__ import annotations

import pytest
from causeway.pull.jobs import PullJob
from causeway.pull.reading import window

from tests.support.pull.factories import TENANT, Pulling, an_id, people


def test_the_last_page_of_a_run_says_so() -> None:
    pulling = people(2)
    pulling.pull()
    assert [page["last"] for page in pulling.queues.published] == [True]


def test_pages_of_different_windows_never_share_an_id() -> None:
    pulling = people(2)
    for name in "abc":
        pulling.org.commit(an_id(0), LastName=name)
        pulling.org.advance(60)
        pulling.run(PullJob(TENANT, "people", "same-run"))
        pulling.runs.statuses.pop("same-run")
    ids = [page["page_id"] for page in pulling.queues.published]
    assert len(ids) == len(set(ids)) == 3


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


def test_pages_after_a_compaction_have_ids_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "COMPACT_PAGES", 0)
    pulling = people(1)
    for name in "abc":
        pulling.org.commit(an_id(0), LastName=name)
        pulling.org.advance(60)
        pulling.pull()
    ids = [page["page_id"] for page in pulling.queues.published]
    assert len(ids) == len(set(ids)) == 3
