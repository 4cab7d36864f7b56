"""The last synced values of bidirectional syncs in memory; passes the contract tests of SyncedTable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from causeway.push.memory.two_way import NEVER_SYNCED, LastSynced


@dataclass
class MemorySynced:
    """What both sides had last, by tenant, org and record."""

    kept: dict[tuple[str, str, str], LastSynced] = field(default_factory=dict)

    def of_records(self, tenant: str, org_id: str, ids: Sequence[str]) -> dict[str, LastSynced]:
        return {each: self.kept[tenant, org_id, each] for each in ids if (tenant, org_id, each) in self.kept}

    def note_published(
        self, tenant: str, org_id: str, fingerprints: Mapping[str, Mapping[str, str]], at_ms: int
    ) -> None:
        for record_id, columns in fingerprints.items():
            self._put((tenant, org_id, record_id), columns, at_ms)

    def written(self, tenant: str, org_id: str, fingerprints: Mapping[str, tuple[Mapping[str, str], int]]) -> None:
        for record_id, (columns, seen) in fingerprints.items():
            place = (tenant, org_id, record_id)
            if self.kept.get(place, NEVER_SYNCED).version == seen:
                self._put(place, columns, 0)

    def _put(self, place: tuple[str, str, str], columns: Mapping[str, str], at_ms: int) -> None:
        before = self.kept.get(place, NEVER_SYNCED)
        fingerprints = {name: (fingerprint, at_ms) for name, fingerprint in columns.items()}
        self.kept[place] = LastSynced({**before.columns, **fingerprints}, before.version + 1)
