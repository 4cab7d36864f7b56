"""Adapt the collections per call to the org's measured time per record: start at one, grow to five, aim below 15 s."""

from __future__ import annotations

from causeway.salesforce.calls import MAX_COLLECTIONS_PER_CALL, MAX_RECORDS_PER_COLLECTION

AIM_MS = 15_000  # requests that run 20 s and more count against a small limit of concurrent ones
MAX_TENANTS = 10_000


class MeasuredBatchSize:
    """Remembers the slowest recent time per record of each tenant's org for as long as the execution environment lives."""

    def __init__(self) -> None:
        self._ms_per_record: dict[str, float] = {}

    def collections(self, tenant: str) -> int:
        """Return how many full collections the next call may carry."""
        known = self._ms_per_record.get(tenant)
        if known is None:
            return 1
        fitting = int(AIM_MS / max(known * MAX_RECORDS_PER_COLLECTION, 1))
        return max(1, min(MAX_COLLECTIONS_PER_CALL, fitting))

    def note(self, tenant: str, records: int, took_ms: int) -> None:
        """Learn from one call; a faster call is believed by half, a slower one at once."""
        if records < 1:
            return
        measured = took_ms / records
        known = self._ms_per_record.pop(tenant, measured)
        self._ms_per_record[tenant] = measured if measured > known else (measured + known) / 2
        if len(self._ms_per_record) > MAX_TENANTS:
            self._ms_per_record.pop(next(iter(self._ms_per_record)))
