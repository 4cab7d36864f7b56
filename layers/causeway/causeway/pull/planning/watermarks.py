"""
Where an incremental read of one sObject stands, on Salesforce's clock.

A row's SystemModstamp is set when its transaction saves it, and the row becomes visible when that transaction commits:
up to ten minutes later (a REST request may run that long). So a window ends a little before the org's present, and
begins ten minutes before the last window's end; rows read twice are recognized by their fingerprint. Stamps have
whole seconds and thousands of rows may share one, so a place is always (stamp, Id), never a stamp alone.
"""

from __future__ import annotations

from dataclasses import dataclass

VISIBILITY_DELAY_MS = 600_000  # longest a REST transaction may run: Salesforce limits cheat sheet, API request timeouts
HELD_BACK_MS = 5_000  # the second in progress is left to the next window; more would starve records that always change
SETTLED_MS = 2_000  # the same for a pull that a hint brought forward, which somebody waits for
SECOND_MS = 1_000
SALESFORCE_BEGAN_MS = 915_148_800_000  # 1999-01-01: no record is older


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in the order of reading: everything up to and including this row has been read."""

    stamp_ms: int
    record_id: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """
    One stretch to read: rows with `after` < (SystemModstamp, Id) and SystemModstamp ≤ `upto_ms`.

    `after` is None for a first import. `recent_ms` is the stamp from which rows may still surface late; what is read
    after it must be remembered. `began_ms` is the org's clock when the window was drawn.
    """

    after: Place | None
    upto_ms: int
    began_ms: int

    @property
    def is_first_import(self) -> bool:
        """Whether nothing was read before."""
        return self.after is None

    @property
    def lower_ms(self) -> int:
        """Return the stamp after which rows are read, 0 for a first import."""
        return self.after.stamp_ms if self.after else 0

    @property
    def recent_ms(self) -> int:
        """Return the stamp from which on a row may surface after it was passed."""
        return self.began_ms - VISIBILITY_DELAY_MS - HELD_BACK_MS


def next_window(read_upto_ms: int | None, org_now_ms: int, held_back_ms: int = HELD_BACK_MS) -> Window:
    """
    Return the window to read now, given where the last one ended (None: never read) and the org's clock.

    Both are epoch ms. The new window re-reads the ten minutes in which rows may have surfaced late. It is never
    shorter than the overlap, even if the org's clock went back. `held_back_ms` of the org's present are left to the next one.
    """
    upto = max((org_now_ms - held_back_ms) // SECOND_MS * SECOND_MS, read_upto_ms or 0)
    if read_upto_ms is None:
        return Window(None, upto, org_now_ms)
    return Window(Place(read_upto_ms - VISIBILITY_DELAY_MS, ""), upto, org_now_ms)
