"""The org's clock: real time plus whatever the control API added; may be stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime


def wall_clock_ms() -> int:
    """Return milliseconds since the epoch by the machine's clock."""
    return time.time_ns() // 1_000_000


class Clock:
    """Milliseconds since the epoch as Salesforce sees them; `advance` moves them, `stop` and `start` hold and release them."""

    def __init__(self, source: Callable[[], int] = wall_clock_ms) -> None:
        self._source = source
        self._offset_ms = 0
        self._stopped_at_ms: int | None = None
        self._moved = threading.Condition()

    def now_ms(self) -> int:
        """Return the org's time in milliseconds since the epoch."""
        if self._stopped_at_ms is not None:
            return self._stopped_at_ms
        return self._source() + self._offset_ms

    def now(self) -> datetime:
        """Return the org's time as an aware datetime in UTC."""
        return datetime.fromtimestamp(self.now_ms() / 1000, UTC)

    def stamp(self) -> str:
        """Return the org's time as REST sends it, at second precision: `2026-01-01T00:00:00.000+0000`."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%S.000+0000")

    def http_date(self) -> str:
        """Return the org's time for the `Date` header."""
        return format_datetime(self.now(), usegmt=True)

    def advance(self, seconds: float) -> None:
        """Move the clock; negative values move it back."""
        self.set_ms(self.now_ms() + round(seconds * 1000))

    def set_ms(self, now_ms: int) -> None:
        """Set the time."""
        with self._moved:
            if self._stopped_at_ms is not None:
                self._stopped_at_ms = now_ms
            else:
                self._offset_ms = now_ms - self._source()
            self._moved.notify_all()

    def restore(self) -> None:
        """Follow the machine's clock again."""
        self._stopped_at_ms = None
        self.set_ms(self._source())

    def stop(self) -> None:
        """Hold the time until `start`."""
        self._stopped_at_ms = self.now_ms()

    def start(self) -> None:
        """Let the time run again from where it stopped."""
        if self._stopped_at_ms is not None:
            now_ms, self._stopped_at_ms = self._stopped_at_ms, None
            self.set_ms(now_ms)

    def wait_until(self, due_ms: int, given_up: Callable[[], bool]) -> bool:
        """Block until the org's time reaches `due_ms`; return False when `given_up()` came first."""
        with self._moved:
            while not given_up():
                left_ms = due_ms - self.now_ms()
                if left_ms <= 0:
                    return True
                self._moved.wait(0.05 if self._stopped_at_ms is not None else min(left_ms / 1000, 0.25))
        return False
