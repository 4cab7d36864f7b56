"""Rows that another transaction holds."""

from __future__ import annotations

from collections.abc import Iterable

from ...schema.ids import normalized
from .transactions import Clock


class RowLocks:
    """Until when each locked row is held."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until_ms: dict[str, int] = {}

    def hold(self, record_ids: Iterable[str], seconds: float) -> None:
        """Lock rows; Ids of 15 characters name the same rows."""
        until_ms = self._clock.now_ms() + round(seconds * 1000)
        for record_id in record_ids:
            self._until_ms[normalized(record_id) or record_id] = until_ms

    def held(self, record_id: str) -> bool:
        """Say whether the row of this Id (18 characters) is locked now."""
        until_ms = self._until_ms.get(record_id)
        return until_ms is not None and until_ms > self._clock.now_ms()
