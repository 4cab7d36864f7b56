"""When a message that met a passing failure is delivered again: soon at first, later each time, never all at once. Pure."""

from __future__ import annotations

from causeway.connections.gates import Gate
from causeway.errors import RetryableError

FIRST_S, LONGEST_S = 5, 60
PATIENT_RECEIVES = 10  # after so many deliveries, some seven minutes, a change is kept by Causeway instead of the queue
KEPT_MS = 10 * 60_000


def backoff_ms(receives: int, jitter: float) -> int:
    """
    Return how long to wait after a number of deliveries: 5 s, doubled each time, at most 60 s, and up to a half more.

    `jitter`, from 0 to 1, spreads messages that failed together. Ten deliveries in a row stay below the alarm on the queue's age.
    """
    wait_s = min(FIRST_S * 2 ** min(receives - 1, 10), LONGEST_S)
    return int(wait_s * (1 + jitter / 2) * 1000)


def patience_gate(error: RetryableError, now_ms: int) -> Gate:
    """Return the gate behind which a change waits that met a passing failure at every delivery."""
    remedy = "Nothing needs to be done: the change is kept and tried again every few minutes."
    return Gate(False, "org_unavailable", error.message, remedy, "later", now_ms + KEPT_MS)


def kept_gate(not_before_ms: int) -> Gate:
    """Return the gate behind which a change waits that was gathered with others, met a passing failure, and has no message any more."""
    detail = "The change was gathered with others, and could not be settled with them yet."
    return Gate(
        False,
        "not_settled_yet",
        detail,
        "Nothing needs to be done: it is tried again in a minute.",
        "later",
        not_before_ms,
    )
