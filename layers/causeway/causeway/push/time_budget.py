"""Spend the time of one invocation: start no call that can hardly finish, and begin no more changes than can be settled."""

from __future__ import annotations

from causeway.errors import OrgUnavailable
from causeway.push.ports import Deadline

NOT_BEGUN_MS = 1_000  # after this, what was not begun for lack of time is delivered again
MOST_RESERVE_MS, RESERVE_SHARE = 5_000, 0.2  # kept for completing claims and publishing outcomes
MOST_LEAST_MS, LEAST_SHARE = 4_000, 0.1  # a call that has less is not started
MOST_CHANGES = 1_000  # begun at once: they share the calls, and their memory is freed before the next ones begin
# Until it is measured, on a machine that others use too: claims, their completion, and the share of calls.
USUAL_MS_PER_CHANGE = 20.0
FEWEST_CHANGES = 25
MS_PER_KEPT = 0.5  # to park and publish one that waits, on a machine that others use too


class Budget:
    """What is left of one invocation."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        total_ms = deadline.remaining_ms()
        self._reserve_ms = min(MOST_RESERVE_MS, total_ms * RESERVE_SHARE)
        self._least_ms = min(MOST_LEAST_MS, total_ms * LEAST_SHARE)
        self._ms_per_change = USUAL_MS_PER_CHANGE

    @property
    def left_ms(self) -> float:
        """Return the milliseconds that may be spent on calls."""
        return self._deadline.remaining_ms() - self._reserve_ms

    def allows_call(self) -> bool:
        """Return whether a call may still be started."""
        return self.left_ms >= self._least_ms

    def call_s(self, most_s: float) -> float:
        """Return how long a call may take; raise OrgUnavailable when none may be started."""
        if not self.allows_call():
            raise OrgUnavailable("The batch ran out of time.", "Nothing needs to be done; it is tried again.")
        return min(most_s, self.left_ms / 1000)

    def changes(self) -> int:
        """Return how many changes may be begun now; 0 when they could hardly be settled."""
        fitting = int((self.left_ms - self._least_ms) / self._ms_per_change)
        return min(MOST_CHANGES, fitting) if fitting >= FEWEST_CHANGES else 0

    def kept(self) -> int:
        """Return how many changes, per sync, may be kept waiting now."""
        return int((self.left_ms - self._least_ms) / MS_PER_KEPT)

    def note(self, changes: int, took_ms: int) -> None:
        """Learn from one part how long a change takes; never less than a tenth of the last estimate."""
        if changes:
            self._ms_per_change = max(took_ms / changes * 1.3, self._ms_per_change / 10)
