"""Waiting by progress: as long as something moves it goes on, however long that takes; minutes of silence end it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field

import pytest

from local.stack.waiting import PATIENCE_S, SAY_EVERY_S, NothingMoved, Seen, Waiter
from tests.support.local.clock import PassingTime


@dataclass
class Wait:
    """One wait with its clock and what it said."""

    clock: PassingTime = field(default_factory=PassingTime)
    said: list[str] = field(default_factory=list)

    def of(self, look: Callable[[], Seen[str]]) -> str:
        return Waiter(self.said.append, self.clock, look_every_s=1.0).wait("the outcomes", look)

    def seconds(self) -> float:
        return self.clock.passed_s


def looks(*seen: Seen[str]) -> Callable[[], Seen[str]]:
    """Return a look that sees these one after the other, the last one for ever."""
    remaining: Iterator[Seen[str]] = iter(seen)
    last = seen[-1]
    return lambda: next(remaining, last)


def state_at(clock: PassingTime, every_s: float, until: int) -> Callable[[], Seen[str]]:
    """Return a look at a counter that grows every so many seconds, and is done at `until`."""

    def look() -> Seen[str]:
        count = int(clock.passed_s // every_s)
        return Seen("done" if count >= until else None, f"{min(count, until)} of {until}")

    return look


def test_what_is_there_at_once_is_not_waited_for() -> None:
    wait = Wait()
    assert wait.of(looks(Seen("done", ""))) == "done"
    assert wait.seconds() == 0
    assert wait.said == []


def test_slow_but_steady_progress_is_waited_for_however_long_it_takes() -> None:
    wait = Wait()
    assert wait.of(state_at(wait.clock, every_s=PATIENCE_S - 10, until=20)) == "done"
    assert wait.seconds() > 15 * PATIENCE_S


def test_minutes_without_any_movement_end_the_wait_and_say_what_was_looked_at() -> None:
    wait = Wait()
    with pytest.raises(NothingMoved) as given_up:
        wait.of(looks(Seen(None, "0 of 118 outcomes, 1 message in work")))
    assert wait.seconds() == PATIENCE_S
    assert str(given_up.value) == (
        "Gave up waiting for the outcomes: nothing moved for 300 s. Last seen: 0 of 118 outcomes, 1 message in work."
    )


def test_words_that_go_back_and_forth_are_no_movement_where_a_counter_says_so() -> None:
    wait = Wait()
    with pytest.raises(NothingMoved):
        wait.of(lambda: Seen(None, f"message {'in work' if int(wait.seconds()) % 50 else 'waiting'}", moved=3))
    assert wait.seconds() == PATIENCE_S


@pytest.mark.parametrize("moved", [7, ("log", 12)])
def test_movement_that_the_words_do_not_show_counts_too(moved: Hashable) -> None:
    wait = Wait()

    def look() -> Seen[str]:
        halfway = wait.seconds() >= PATIENCE_S - 5
        return Seen("done" if wait.seconds() > PATIENCE_S + 60 else None, "building", moved if halfway else None)

    assert wait.of(look) == "done"


def test_a_wait_that_stops_half_way_is_given_up_from_there_on() -> None:
    wait = Wait()
    with pytest.raises(NothingMoved, match="Last seen: 3 of 4"):
        wait.of(lambda: Seen(None, f"{min(3, int(wait.seconds() // 100))} of 4"))
    assert wait.seconds() == 300 + PATIENCE_S


def test_progress_is_shown_while_one_waits() -> None:
    wait = Wait()
    wait.of(state_at(wait.clock, every_s=10, until=4))
    assert wait.said == [
        "… 10 s, waiting for the outcomes: 1 of 4",
        "… 20 s, waiting for the outcomes: 2 of 4",
        "… 30 s, waiting for the outcomes: 3 of 4",
    ]


def test_silence_is_shown_with_how_long_it_may_last() -> None:
    wait = Wait()
    with pytest.raises(NothingMoved):
        wait.of(looks(Seen(None, "0 of 4")))
    assert wait.said[0] == ("… 15 s, waiting for the outcomes: 0 of 4 (nothing new for 15 s; gives up after 300 s)")
    assert len(wait.said) == PATIENCE_S // SAY_EVERY_S - 1


def test_fast_news_does_not_flood_the_screen() -> None:
    wait = Wait()
    wait.of(state_at(wait.clock, every_s=1, until=60))
    assert len(wait.said) == 60 // 4 - 1


def test_what_a_look_raises_ends_the_wait() -> None:
    def ended() -> Seen[str]:
        raise LookupError("the process ended")

    with pytest.raises(LookupError):
        Wait().of(ended)
