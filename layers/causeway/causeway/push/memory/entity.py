"""
What Causeway remembers about one person or record: the content of one entity item. Pure.

An entity is the item that is claimed before anything is written. Records of the org belong to an entity too: all writers of a
record hold that one claim.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from causeway.push.memory.packing import VERSION, kept, trimmed, unpacked

MAX_KEYS_PER_ENTITY = 200

_compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, default=str).encode

_ATTRIBUTES = {"left_out": "rejected_values", "unshelved": "unindexed"}  # stored names that differ from the attribute's

type Order = tuple[int, int, int]


@dataclass(slots=True)
class Entity:
    """
    The memory in one entity item.

    `keys`: per record key what it is, its links (sObject → Id), settled changes (sync → Settled), contents that are parked
    (sync → contents), and account and owner data.
    `times`: per record of the org and field, the order last decided and a hash of the value.
    `rejected_values`: per record and field, a value that the org refused: its hash, what that depended on, and when
    (rejected_values.py); older entries are the hash alone.
    `entries`: per record and field, the hashes of the entries that were added to its text.
    `emails`: hash of an address → sObject → Id, for records that do not hold the address themselves.
    `unindexed`: records whose times are here though the owner index does not name this entity yet.
    `externals`: per record that holds no external ID itself, the hashes of those of its person.
    `followers`: parked ids of changes that wait for this person to appear in Salesforce.
    `signals`: per record (its Id, or the name of its key while it has none) what was seen last of each signal (syncs/signals.py).
    `creating`: per sObject the create that is noted before it is sent (PendingCreate).
    `makers`: other entities that may have made a record for somebody of an address of this one (claims/makers.py).
    """

    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    times: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    rejected_values: dict[str, dict[str, Any]] = field(default_factory=dict)
    emails: dict[str, dict[str, str]] = field(default_factory=dict)
    unindexed: list[str] = field(default_factory=list)
    creating: dict[str, dict[str, Any]] = field(default_factory=dict)
    entries: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    externals: dict[str, dict[str, str]] = field(default_factory=dict)
    followers: list[str] = field(default_factory=list)
    signals: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    makers: list[str] = field(default_factory=list)

    @classmethod
    def parse(cls, text: str | None) -> Entity:
        """Return the entity stored as `text`, an empty one for None."""
        stored = json.loads(unpacked(text)) if text else {}
        named = {_ATTRIBUTES.get(name, name): value for name, value in stored.items()}
        return cls(**{name: value for name, value in named.items() if name in cls.__slots__})

    def text(self) -> str:
        """Return what is stored: packed, and trimmed where it would be too large (packing.py)."""
        body: dict[str, Any] = {"keys": self.keys, "times": self.times, "left_out": self.rejected_values}
        more = {
            "emails": self.emails,
            "unshelved": self.unindexed,
            "creating": self.creating,
            "entries": self.entries,
            "externals": self.externals,
            "followers": self.followers,
            "makers": self.makers,
            "signals": {place: seen for place, seen in self.signals.items() if seen},
        }
        whole = {**body, **{name: value for name, value in more.items() if value}}
        return kept(_compact(whole), lambda shorter, few: _compact(trimmed(whole, shorter=shorter, few_edges=few)))


def stored_size(stored: str | None) -> int:
    """Return how many characters a stored entity takes once it is stored again: older versions stored it as it is, not packed."""
    return len(stored or "") if not stored or stored.startswith(VERSION) else len(Entity.parse(stored).text())
