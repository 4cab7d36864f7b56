"""From a person's change to the product in virtual time: events, hints, pulls; with a relay that is well and one that is not."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import quantiles

import pytest
from causeway.pull.endings import Ended
from causeway.pull.jobs import PullJob

from tests.support.pull.world import PullWorld
from tests.support.push.world import TENANT
from tests.support.relay.virtual_time import SYNC, RelayedOrg, contacts, relayed_world


@pytest.fixture
def w() -> Iterator[PullWorld]:
    with relayed_world() as made:
        yield made


def test_changes_reach_the_product_within_ten_seconds_and_cost_nothing_while_there_are_none(w: PullWorld) -> None:
    org = RelayedOrg(w)
    ids = contacts(w, 200)
    for number, record in enumerate(ids):
        org.change(record, f"title {number}")
        org.let(org.chance.random() * 2)
    org.let(15)
    assert (len(org.took_s), org.waiting) == (200, {})
    assert quantiles(org.took_s, n=20, method="inclusive")[18] <= 10
    calls = w.org.api_calls
    org.let(60)
    assert w.org.api_calls == calls


def test_a_burst_of_a_thousand_makes_three_pulls_at_most(w: PullWorld) -> None:
    org = RelayedOrg(w)
    ids = contacts(w, 1_000)
    org.burst(ids, "burst")
    org.let(20)
    assert org.waiting == {}
    assert org.pulls <= 3


def test_with_events_lost_doubled_and_late_nothing_is_missing_after_the_next_scheduled_pull(w: PullWorld) -> None:
    org = RelayedOrg(w, lose=0.6, double=0.3, late_s=20.0)
    ids = contacts(w, 60)
    for number, record in enumerate(ids):
        org.change(record, f"title {number}")
        org.let(2)
    org.let(40)
    org.lose = 1.0
    org.change(ids[0], "without an event")
    org.let(40)
    assert (ids[0], "without an event") in org.waiting
    assert w.run(SYNC, PullJob(TENANT, SYNC, due_ms=w.now)) is Ended.DONE
    org.receive()
    assert org.waiting == {}
