"""
The limits of the org's own automation: how many records of an sObject it bears at once, learned while a pass saves.

Triggers and flows run for a whole collection and may exceed a limit (CPU time, queries, rows, heap) or lock one parent too often.
A collection that exceeds one is halved; the number that passes is where later collections begin.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from causeway.push.ports import BatchSize

HOPELESS_ALONE = 5  # records that failed alone, while nothing passed: the automation fails whatever is sent


@dataclass(slots=True)
class LimitsMet:
    """
    What the collections of one sObject met in one pass.

    `initial` is how many records a collection held before, `passed` the most that were saved at once, `exceeded` the records of each
    collection that was too large, `alone` how many records failed by themselves.
    """

    initial: int
    passed: int = 0
    exceeded: list[frozenset[Hashable]] = field(default_factory=list)
    alone: int = 0

    @property
    def records(self) -> int:
        """
        Return how many records a collection may hold: half of the smallest that was too large, and at least what passed.

        While records fail alone and nothing passes, nothing is learned of sizes.
        """
        if not self.exceeded or (self.alone and not self.passed):
            return self.initial
        return min(self.initial, max(self.passed, min(map(len, self.exceeded)) // 2, 1))

    @property
    def is_searching(self) -> bool:
        """Whether collections were too large, and nothing is known yet of smaller ones: one at a time is enough to learn from."""
        return bool(self.exceeded) and not self.passed and not self.alone

    @property
    def is_hopeless(self) -> bool:
        """Whether to stop halving: single records fail, and nothing passes."""
        return self.alone >= HOPELESS_ALONE and not self.passed

    def explain(self, record: Hashable) -> None:
        """Note that a record fails alone: it, and not their size, was why the collections with it failed."""
        self.alone += 1
        self.exceeded = [records for records in self.exceeded if record not in records]


class SaveLimits:
    """What one pass of a tenant learns, and passes on to the next ones by the tenant's batch size."""

    def __init__(self, batch_size: BatchSize, tenant: str) -> None:
        self._batch_size, self._tenant = batch_size, tenant
        self._met: dict[str, LimitsMet] = {}

    @property
    def were_met(self) -> bool:
        """Whether a collection of this pass was too large, so that the sizes of the next ones may differ."""
        return bool(self._met)

    def records(self, sobject: str) -> int:
        """Return how many records of an sObject one collection may hold."""
        return self._batch_size.records(self._tenant, sobject)

    def note_passed(self, sobjects: Iterable[str]) -> None:
        """Note that these records, by their sObjects, were saved together, or were refused for reasons of their own."""
        counts: dict[str, int] = defaultdict(int)
        for sobject in sobjects:
            counts[sobject] += 1
        for sobject, count in counts.items():
            self._batch_size.note_passed(self._tenant, sobject, count)
            if sobject in self._met:
                met = self._met[sobject]
                met.passed = max(met.passed, count)
                self._learn(sobject)

    def note_exceeded(self, sobject: str, records: Sequence[Hashable]) -> None:
        """Note that these records were too many for one collection."""
        met = self._of(sobject)
        if len(records) > met.passed:
            met.exceeded.append(frozenset(records))
            self._learn(sobject)

    def note_alone(self, sobject: str, record: Hashable) -> None:
        """Note that a record exceeded the limit by itself."""
        self._of(sobject).explain(record)
        self._learn(sobject)

    def is_searching(self, sobjects: Iterable[str]) -> bool:
        """Return whether the size of one of these sObjects is still looked for."""
        return any(self._met[sobject].is_searching for sobject in set(sobjects) if sobject in self._met)

    def is_hopeless(self, sobject: str) -> bool:
        """Return whether the org's automation refuses every record of an sObject."""
        return sobject in self._met and self._met[sobject].is_hopeless

    def _of(self, sobject: str) -> LimitsMet:
        if sobject not in self._met:
            before = self._batch_size.passed_before(self._tenant, sobject)
            self._met[sobject] = LimitsMet(self.records(sobject), before)
        return self._met[sobject]

    def _learn(self, sobject: str) -> None:
        self._batch_size.learn(self._tenant, sobject, self._met[sobject].records)
