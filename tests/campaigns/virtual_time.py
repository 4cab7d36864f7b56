"""Virtual time for many threads: it stands still while any of them works, and jumps when all of them sleep."""

from __future__ import annotations

import heapq
import itertools
import threading


class VirtualClock:
    """
    A clock in epoch milliseconds that only sleeping moves.

    Each thread says when it begins (`enter`, called for it before it starts) and when it ends (`leave`). A machine that is
    slow or busy therefore changes nothing: no lease runs out because a thread was not scheduled.
    """

    def __init__(self, start_ms: int) -> None:
        self._now_ms = start_ms
        self._lock = threading.Lock()
        self._awake = 0
        self._sleeping: list[tuple[int, int, threading.Event]] = []
        self._number = itertools.count()

    def now_ms(self) -> int:
        """Return the present."""
        return self._now_ms

    def enter(self, threads: int = 1) -> None:
        """Count threads that are about to begin."""
        with self._lock:
            self._awake += threads

    def leave(self) -> None:
        """Count one thread as ended."""
        with self._lock:
            self._awake -= 1
            self._jump()

    def sleep(self, seconds: float) -> None:
        """Sleep in virtual time."""
        woken = threading.Event()
        with self._lock:
            due_ms = self._now_ms + max(1, round(seconds * 1000))
            heapq.heappush(self._sleeping, (due_ms, next(self._number), woken))
            self._awake -= 1
            self._jump()
        woken.wait()

    def _jump(self) -> None:
        """When everybody sleeps, go to the next one's time and wake all whose time it is."""
        if self._awake or not self._sleeping:
            return
        self._now_ms = self._sleeping[0][0]
        while self._sleeping and self._sleeping[0][0] <= self._now_ms:
            _, _, woken = heapq.heappop(self._sleeping)
            self._awake += 1
            woken.set()
