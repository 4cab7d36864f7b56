"""Time as the package uses it: a clock that tests replace, and pauses that grow."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import Protocol


class Clock(Protocol):
    """Says how much time has passed, and waits."""

    def now_s(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own clock."""

    def now_s(self) -> float:
        """Return seconds since some moment, never going back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def pauses_s(
    attempts: int, first_s: float = 0.2, longest_s: float = 20.0, chance: Callable[[], float] = random.random
) -> Iterator[float]:
    """Yield one pause fewer than `attempts`: doubling up to `longest_s`, each shortened by chance to no less than half."""
    for attempt in range(attempts - 1):
        yield min(longest_s, first_s * 2.0**attempt) * (0.5 + chance() / 2)
