"""Work on many items in parallel. No thread outlives the call: a frozen one would wake in a later invocation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

PARALLEL = 16


def in_parallel[T, R](work: Callable[[T], R], items: Sequence[T], most: int = PARALLEL) -> list[R]:
    """Return the result of each item, in order; raise the first exception after all are done."""
    if len(items) <= 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(min(most, len(items))) as pool:
        return list(pool.map(work, items))


def gathered[R](work: Sequence[Callable[[], R]], most: int = PARALLEL) -> list[R | BaseException]:
    """Return each call's result, or the exception that it raised: one failure does not affect the others."""

    def outcome(call: Callable[[], R]) -> R | BaseException:
        try:
            return call()
        except Exception as error:  # noqa: BLE001  # a value here: the caller separates faults from errors that pass
            return error

    return in_parallel(outcome, work, most)
