"""Windows of paced delivery: the table, and the one in memory that other tests use, behave alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from causeway.contract.changes import About, Change, Utterance
from causeway.gateways.dynamodb.parked.gathering import COUNT_STEP, GatheringTable
from causeway.push.pacing.encoding import encoded
from causeway.push.pacing.windows import ABANDONED_MS, Gathering, Held, Window
from moto import mock_aws

from tests.support.api.factories import PARKED_TABLE, a_parked_table
from tests.support.push.gathering import MemoryGathering

NOW_MS = 1_800_000_000_000
CHANGE = Change(
    "acme",
    "lead",
    "k1",
    NOW_MS - 5,
    NOW_MS,
    3,
    {"email": "ada@example.com", "score": 1.5, "tags": ["a", None], "big": 10**30},
    (Utterance(NOW_MS, "lead", "Grüße \x00"),),
    About(email="x@example.com"),
    "run-1",
    True,
)


class Clock:
    """A clock that a test moves."""

    now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["table", "memory"])
def gathering(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Gathering]:
    if request.param == "memory":
        yield MemoryGathering(clock)
        return
    with mock_aws():
        client, _ = a_parked_table()
        yield GatheringTable(client, PARKED_TABLE, clock)


def opened(gathering: Gathering) -> Window:
    window = gathering.open("acme", gathering.read("acme"), NOW_MS + 20_000)
    assert window is not None
    return window


def test_what_is_held_comes_back_as_it_was(gathering: Gathering) -> None:
    window = opened(gathering)
    assert gathering.hold("acme", window, "m1", encoded([CHANGE]), 1) == window._replace(held=1)
    assert gathering.close("acme", window)
    (held,) = gathering.held("acme", window.generation)
    assert held == Held([CHANGE], NOW_MS, held.name)
    assert held.name
    assert gathering.read("acme").flushing == {window.generation: NOW_MS}
    gathering.finish("acme", window.generation)
    assert gathering.read("acme") == Window(window.generation + 1, NOW_MS, 0, 0, {})


def test_a_window_is_opened_once(gathering: Gathering) -> None:
    closed = gathering.read("acme")
    assert closed == Window()
    assert gathering.open("acme", closed, NOW_MS + 20_000) == Window(0, NOW_MS, NOW_MS + 20_000)
    assert gathering.open("acme", closed, NOW_MS + 30_000) is None
    assert gathering.read("acme") == Window(0, NOW_MS, NOW_MS + 20_000)


def test_a_window_is_closed_once_and_opened_anew(gathering: Gathering, clock: Clock) -> None:
    window = opened(gathering)
    assert gathering.close("acme", window)
    clock.now_ms += 1
    assert not gathering.close("acme", window)
    assert gathering.open("acme", window._replace(flush_at_ms=0), NOW_MS) is None, "another generation"
    assert opened(gathering).generation == window.generation + 1


def test_what_is_written_after_the_window_closed_does_not_count_as_held(gathering: Gathering) -> None:
    window = opened(gathering)
    gathering.close("acme", window)
    assert gathering.hold("acme", window, "m1", encoded([CHANGE]), 1) is None
    opened(gathering)
    assert gathering.hold("acme", window, "m2", encoded([CHANGE]), COUNT_STEP) is None


def test_the_same_message_twice_is_held_once(gathering: Gathering) -> None:
    window = opened(gathering)
    for _ in range(2):
        gathering.hold("acme", window, "m1", encoded([CHANGE]), 1)
    gathering.close("acme", window)
    assert len(gathering.held("acme", window.generation)) == 1


def test_a_flush_that_was_given_up_is_taken_over_once(gathering: Gathering, clock: Clock) -> None:
    window = opened(gathering)
    gathering.close("acme", window)
    assert gathering.read("acme").abandoned(NOW_MS + ABANDONED_MS - 1) == []
    assert gathering.read("acme").abandoned(NOW_MS + ABANDONED_MS) == [window.generation]
    gathering.give_up("acme", window.generation)
    given_up = gathering.read("acme")
    assert given_up.abandoned(NOW_MS) == [window.generation]
    assert gathering.take_over("acme", given_up, window.generation)
    clock.now_ms += 1
    assert not gathering.take_over("acme", given_up, window.generation)
    gathering.finish("acme", window.generation)
    gathering.give_up("acme", window.generation)
    assert gathering.read("acme").flushing == {}


def test_a_write_that_the_sdk_repeats_after_a_lost_answer_counts_as_done(clock: Clock) -> None:
    with mock_aws():
        client, _ = a_parked_table()
        table = GatheringTable(client, PARKED_TABLE, clock)
        before = table.read("acme")
        window = opened(table)
        assert table.open("acme", before, window.flush_at_ms) == window
        assert table.close("acme", window)
        assert table.close("acme", window)


@pytest.fixture
def table() -> Iterator[Callable[[], GatheringTable]]:
    with mock_aws():
        client, _ = a_parked_table()
        yield lambda: GatheringTable(client, PARKED_TABLE, lambda: NOW_MS)


def test_processes_know_of_each_other_what_they_counted_in_tens(table: Callable[[], GatheringTable]) -> None:
    one, other = table(), table()
    window = opened(one)
    for number in range(COUNT_STEP - 1):
        one.hold("acme", window, f"a{number}", encoded([CHANGE]), 1)
    assert (one.read("acme").held, other.read("acme").held) == (COUNT_STEP - 1, 0)
    one.hold("acme", window, "last", encoded([CHANGE]), 1)
    assert (one.read("acme").held, other.read("acme").held) == (COUNT_STEP, COUNT_STEP)


def test_held_changes_cost_no_index_and_expire(table: Callable[[], GatheringTable]) -> None:
    made = table()
    window = opened(made)
    made.hold("acme", window, "m1", encoded([CHANGE]), 1)
    items = made._client.scan(TableName=PARKED_TABLE)["Items"]
    names = [set(item) for item in items if "content" in item]
    assert names == [{"pk", "sk", "content", "since_ms", "expires_at"}]
