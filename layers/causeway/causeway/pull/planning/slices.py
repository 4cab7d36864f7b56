"""How much of a window one query may read: all of it, until the org ends a query that takes it too long. Pure."""

from __future__ import annotations

from causeway.pull.planning.watermarks import SECOND_MS

MANY_SLICES = 64  # from here on Bulk API 2.0 takes fewer calls
MOST_SLICES = 5_000  # more calls than a day's reading is worth
WIDER_AFTER = 8  # answers in a row: where the org always ends wider queries, one query in nine is in vain


class Slices:
    """The ends of a window's queries; `width_ms` 0 means that one query reads what is left."""

    def __init__(self, width_ms: int, upto_ms: int) -> None:
        self.width_ms, self._upto_ms = width_ms, upto_ms
        self._read_in_a_row = 0

    def end_after(self, start_ms: int) -> int:
        """Return where the query that begins at `start_ms` ends."""
        return min(self._upto_ms, start_ms + self.width_ms) if self.width_ms else self._upto_ms

    def halve(self, start_ms: int) -> bool:
        """Let a query read half as much; False when it reads one second only."""
        self._read_in_a_row = 0
        span_ms = self.end_after(start_ms) - start_ms
        if span_ms <= SECOND_MS:
            return False
        self.width_ms = max(SECOND_MS, span_ms // 2 // SECOND_MS * SECOND_MS)
        return True

    def note_read(self) -> None:
        """Let queries read twice as much once several in a row were answered: what made the org slow may be over."""
        self._read_in_a_row += 1
        if self._read_in_a_row == WIDER_AFTER:
            self._read_in_a_row, self.width_ms = 0, 2 * self.width_ms

    def left_after(self, start_ms: int) -> int:
        """Return how many queries what is left takes."""
        return -(-(self._upto_ms - start_ms) // self.width_ms) if self.width_ms else 1
