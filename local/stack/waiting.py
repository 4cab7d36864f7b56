"""
Waiting as long as something moves: progress is shown, and only when nothing has moved for minutes is the wait given up.

How long a thing takes says nothing on a machine that others use too; whether it moves does. Time is a parameter.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Protocol

PATIENCE_S = 300.0
SAY_EVERY_S = 15.0  # without news
SAY_NEWS_EVERY_S = 4.0
LOOK_EVERY_S = 0.05

Say = Callable[[str], None]


class Clock(Protocol):
    """The time that passes while one waits."""

    def monotonic(self) -> float:
        """Return seconds that only grow."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...


class SystemClock:
    """The machine's own time."""

    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)


@dataclass(frozen=True)
class Seen[T]:
    """
    One look at what is waited for: the result once it is there, and the state in words that a person understands.

    `moved` differs from the last look's when anything went on; left out, the state is compared. It should only ever grow:
    a counter that goes up and down again would pass failed attempts off as progress.
    """

    result: T | None
    state: str
    moved: Hashable = None

    @property
    def mark(self) -> Hashable:
        """Return what is compared with the last look's."""
        return self.state if self.moved is None else self.moved


class NothingMoved(Exception):
    """A wait was given up; the message says what was waited for, for how long nothing moved, and what was looked at."""

    def __init__(self, waited_for: str, quiet_s: float, state: str) -> None:
        super().__init__(
            f"Gave up waiting for {waited_for}: nothing moved for {quiet_s:.0f} s. Last seen: {state or 'nothing'}."
        )


@dataclass(frozen=True)
class Waiter:
    """Waits with one clock, one place to show progress, and one patience."""

    say: Say
    clock: Clock
    patience_s: float = PATIENCE_S
    look_every_s: float = LOOK_EVERY_S

    def wait[T](self, waited_for: str, look: Callable[[], Seen[T]]) -> T:
        """Return the result as soon as a look has one; raise NothingMoved after `patience_s` without any movement."""
        seen = look()
        progress = _Progress(waited_for, self.patience_s, self.clock.monotonic(), seen.state, seen.mark)
        while seen.result is None:
            self.clock.sleep(self.look_every_s)
            seen = look()
            line = progress.after(seen.state, seen.mark, self.clock.monotonic())
            if line and seen.result is None:
                self.say(line)
        return seen.result


class _Progress:
    """What one wait has seen so far, and when something last moved and was last said."""

    def __init__(self, waited_for: str, patience_s: float, now: float, state: str, mark: Hashable) -> None:
        self._waited_for, self._patience_s = waited_for, patience_s
        self._began = self._moved_at = self._said_at = now
        self._mark, self._said = mark, state

    def after(self, state: str, mark: Hashable, now: float) -> str:
        """Note a look and return the line to show, if it is time for one; raise NothingMoved when patience is over."""
        if mark != self._mark:
            self._mark, self._moved_at = mark, now
        if now - self._moved_at >= self._patience_s:
            raise NothingMoved(self._waited_for, now - self._moved_at, state)
        due_s = SAY_NEWS_EVERY_S if state != self._said else SAY_EVERY_S
        if now - self._said_at < due_s:
            return ""
        self._said, self._said_at = state, now
        return self._line(state, now)

    def _line(self, state: str, now: float) -> str:
        line = f"… {now - self._began:.0f} s, waiting for {self._waited_for}" + (f": {state}" if state else "")
        quiet_s = now - self._moved_at
        if quiet_s < SAY_EVERY_S:
            return line
        return f"{line} (nothing new for {quiet_s:.0f} s; gives up after {self._patience_s:.0f} s)"


def patient(say: Say, patience_s: float = PATIENCE_S, look_every_s: float = LOOK_EVERY_S) -> Waiter:
    """Return a waiter by the machine's clock."""
    return Waiter(say, SystemClock(), patience_s, look_every_s)
