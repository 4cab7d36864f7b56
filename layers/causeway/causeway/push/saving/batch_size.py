"""
Adapt what one call carries to the org: collections by the measured time per record, records of a collection by what the org bears.

Collections per call start at one, grow to five, and aim below 15 s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from causeway.salesforce.calls import MAX_COLLECTIONS_PER_CALL, MAX_RECORDS_PER_COLLECTION

AIM_MS = 15_000  # requests that run 20 s and more count against a small limit of concurrent ones
MAX_TENANTS = 10_000
GROW_AFTER = 20  # full collections that were saved one after the other
GROW_BY = 5  # records at least, else a quarter


@dataclass(slots=True)
class _Bearable:
    """How many records of an sObject the org bears at once, how many it bore before they grew, and how often it bore them since."""

    records: int
    before: int = 0
    times: int = 0


class MeasuredBatchSize:
    """
    Remembers per tenant the slowest recent time per record, and per sObject how many records of one collection the org bears.

    It lives as long as the execution environment; what the org bears is also kept with the connection (`start`, `learned`).
    """

    def __init__(self) -> None:
        self._ms_per_record: dict[str, float] = {}
        self._bearable: dict[str, dict[str, _Bearable]] = {}
        self._stored: dict[str, Mapping[str, int]] = {}

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

    def start(self, tenant: str, stored: Mapping[str, int]) -> None:
        """Begin at what is stored of a tenant's org, unless it is what was known here."""
        if stored == self._stored.get(tenant, {}):
            return
        self._stored[tenant] = dict(stored)
        known = self._bearable.get(tenant, {})
        self._bearable[tenant] = {
            sobject: known[sobject] if sobject in known and known[sobject].records == records else _Bearable(records)
            for sobject, records in stored.items()
        }

    def learned(self, tenant: str) -> Mapping[str, int] | None:
        """Return what is to be stored of a tenant's org by now, None when it is stored; it then counts as stored."""
        now = {sobject: each.records for sobject, each in self._bearable.get(tenant, {}).items()}
        if now == self._stored.get(tenant, {}):
            return None
        self._stored[tenant] = now
        return now

    def records(self, tenant: str, sobject: str) -> int:
        """Return how many records of an sObject one collection may hold."""
        known = self._bearable.get(tenant, {}).get(sobject)
        return known.records if known else MAX_RECORDS_PER_COLLECTION

    def passed_before(self, tenant: str, sobject: str) -> int:
        """Return how many records the org bore before the collections grew, 0 when they did not."""
        known = self._bearable.get(tenant, {}).get(sobject)
        return known.before if known else 0

    def learn(self, tenant: str, sobject: str, records: int) -> None:
        """Hold so many records of an sObject from now on."""
        if records >= MAX_RECORDS_PER_COLLECTION:
            self._bearable.get(tenant, {}).pop(sobject, None)
        elif records != self.records(tenant, sobject):
            self._bearable.setdefault(tenant, {})[sobject] = _Bearable(records)

    def note_passed(self, tenant: str, sobject: str, records: int) -> None:
        """Count a full collection that the org bore; after enough of them they grow."""
        known = self._bearable.get(tenant, {}).get(sobject)
        if known is None or records < known.records:
            return
        known.times += 1
        if known.times >= GROW_AFTER:
            grown = known.records + max(GROW_BY, known.records // 4)
            self.learn(tenant, sobject, grown)
            if grown < MAX_RECORDS_PER_COLLECTION:
                self._bearable[tenant][sobject].before = known.records
