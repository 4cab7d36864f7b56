"""
What Causeway remembers about one person or record, and the identifiers it is found by. Pure.

Every identifier (a record key, a normalized email) leads to one *entity*: the item that is claimed before anything is written and
that keeps links, field times and settled changes. An identifier's entity never changes, so that whoever knows one identifier of a
person meets whoever knows another. Records of the org are owned by an entity too: all writers of a record hold that one claim.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from causeway.contract.changes import Change
from causeway.contract.messages import change_json

MAX_KEYS_PER_ENTITY = 200  # a shared mailbox of many keys must not outgrow DynamoDB's 400 KB an item
MAX_SETTLED_PER_SYNC = 3
MAX_REFUSED_PER_SYNC = 10
MAX_IDENTIFYING_CHARS = 255  # characters of a value by which a created record may be found again

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode
_compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode

_ATTRIBUTES = {"left_out": "rejected_values", "unshelved": "unindexed"}  # stored names that differ from the attribute's

type Order = tuple[int, int, int]


def hashed(*parts: str) -> str:
    """Return 128 bits of the parts' SHA-256 as 22 URL-safe characters."""
    digest = hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).digest()
    return urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def key_identifier(org_id: str, source: str, key: str, sobject: str = "") -> str:
    """Return the identifier of a record key: of its person, or with `sobject` of the record of that kind that it stands for."""
    return hashed("key", org_id, source, key, sobject)


def email_identifier(org_id: str, email: str) -> str:
    """Return the identifier of a normalized email address."""
    return hashed("email", org_id, email)


def value_identifier(org_id: str, sobject: str, values: Iterable[str]) -> str:
    """Return the identifier of a record found by match fields, an external Id or a name (values already in one case)."""
    return hashed("value", org_id, sobject, *values)


def name_identifier(org_id: str, sobject: str, name: str) -> str:
    """Return the identifier of a record found, or made as a parent, by its normalized name alone."""
    return value_identifier(org_id, sobject, ("name", name))


def memory_key(source: str, key: str) -> str:
    """Return under what an entity remembers a record key."""
    return hashed(source, key)[:16]


def content_hash(change: Change) -> str:
    """Return what two sendings of the same content share (the moment and the run apart)."""
    body = change_json(change)
    del body["occurred_at"]
    return hashed(_canonical(body))[:16]


def value_hash(value: Any) -> str:
    """Return a short hash of a Salesforce value."""
    return hashed(_canonical(value))[:8]


class Settled(NamedTuple):
    """A change that is done for one sync: its moment, content and the sync's revision then, and what was told."""

    occurred_at_ms: int
    content: str
    revision: int
    outcome: Mapping[str, Any]


class CreatedFor(NamedTuple):
    """Whom a create is for: a record key as its entity knows it, and the address it came with."""

    memory: str
    source: str
    key: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class PendingCreate:
    """A create that is about to be sent: its telling values, when (epoch ms), and whom it is for."""

    values: Mapping[str, Any]
    at_ms: int
    of: tuple[CreatedFor, ...] = ()


def _pending_create(kept: Mapping[str, Any]) -> PendingCreate:
    return PendingCreate(kept["values"], kept["at"], tuple(CreatedFor(*who) for who in kept["of"]))


@dataclass(slots=True)
class Entity:
    """
    The memory in one entity item.

    `keys`: per record key what it is, its links (sObject → Id), settled changes (sync → Settled), contents that lie parked
    (sync → contents), and account and owner data.
    `times`: per record of the org and field, the order last decided and a hash of the value.
    `rejected_values`: per record and field, the hash of a value that the org refused, so that it is not sent again.
    `emails`: hash of an address → sObject → Id, for records that do not hold the address themselves.
    `unindexed`: records whose times are here though it could not be noted yet that this entity owns them.
    `creating`: per sObject the create that is noted before it is sent (Intent).
    """

    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    times: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    rejected_values: dict[str, dict[str, str]] = field(default_factory=dict)
    emails: dict[str, dict[str, str]] = field(default_factory=dict)
    unindexed: list[str] = field(default_factory=list)
    creating: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str | None) -> Entity:
        """Return the entity kept as `text`, an empty one for None."""
        kept = json.loads(text) if text else {}
        named = {_ATTRIBUTES.get(name, name): value for name, value in kept.items()}
        return cls(**{name: value for name, value in named.items() if name in cls.__slots__})

    def text(self) -> str:
        """Return what is stored."""
        body: dict[str, Any] = {"keys": self.keys, "times": self.times, "left_out": self.rejected_values}
        more = {"emails": self.emails, "unshelved": self.unindexed, "creating": self.creating}
        return _compact({**body, **{name: kept for name, kept in more.items() if kept}})

    def links(self, key: str) -> Mapping[str, str]:
        """Return the key's links: sObject → Id."""
        links: Mapping[str, str] = self.keys.get(key, {}).get("links", {})
        return links

    def link(self, memory: str, source: str, key: str, sobject: str, record_id: str) -> None:
        """Remember that a record key stands for a record."""
        kept = self.keys.setdefault(memory, {})
        kept["of"] = [source, key]
        kept.setdefault("links", {})[sobject] = record_id

    def note_create(self, sobject: str, pending: PendingCreate) -> None:
        """Note a create before it is sent: should its answer be lost, the record is found by what it was created with."""
        identifying = {
            name: value for name, value in pending.values.items() if len(str(value)) <= MAX_IDENTIFYING_CHARS
        }
        self.creating[sobject] = {"values": identifying, "at": pending.at_ms, "of": [list(who) for who in pending.of]}

    def pending_creates(self) -> list[tuple[str, PendingCreate]]:
        """Return the creates of which nobody remembers the result, by sObject."""
        return [(sobject, _pending_create(kept)) for sobject, kept in sorted(self.creating.items())]

    def adopt(self, sobject: str, record_id: str) -> None:
        """Remember which record such a create made: the keys, and their addresses, that it was made for stand for it."""
        for who in _pending_create(self.creating.pop(sobject)).of:
            self.link(who.memory, who.source, who.key, sobject, record_id)
            if who.email:
                self.link_email(who.email, sobject, record_id)

    def is_made(self, sobject: str, memory: str) -> None:
        """Forget a create whose result is known to a key that it is for."""
        if sobject in self.creating and any(who.memory == memory for who in _pending_create(self.creating[sobject]).of):
            del self.creating[sobject]

    def links_of_email(self, email: str) -> Mapping[str, str]:
        """Return the records remembered under an address: sObject → Id."""
        return self.emails.get(value_hash(email), {})

    def link_email(self, email: str, sobject: str, record_id: str) -> None:
        """Remember the record that an address stands for."""
        self.emails.setdefault(value_hash(email), {})[sobject] = record_id

    def key_of(self, record_id: str) -> tuple[str, str] | None:
        """Return the source and record key that a record of the org stands for, or None (a parent made by name has none)."""
        for kept in self.keys.values():
            if record_id in kept.get("links", {}).values() and kept["of"][0]:
                return kept["of"][0], kept["of"][1]
        return None

    def recognized(self, key: str, sync: str, change: Change, content: str, revision: int) -> Mapping[str, Any] | None:
        """
        Return the outcome kept of this very change: same moment, same content, same revision of the sync.

        It has `resolves` where `settle` said that the change mended what lay parked.
        """
        for kept in self.keys.get(key, {}).get("settled", {}).get(sync, ()):
            if kept[0] == change.occurred_at_ms and kept[1] == content and kept[2] == revision:
                outcome: Mapping[str, Any] = kept[3]
                return {**outcome, "mends": True} if kept[4:] else outcome
        return None

    def last_outcomes(self, key: str) -> Mapping[str, Mapping[str, Any]]:
        """Return the outcome last told per sync."""
        settled = self.keys.get(key, {}).get("settled", {})
        return {sync: kept[0][3] for sync, kept in settled.items() if kept}

    def settle(self, key: str, sync: str, settled: Settled) -> bool:
        """
        Remember a settled change; the few newest per sync are kept, so that their redeliveries are recognized.

        Return whether it mends what was refused before: the same content lies parked, and is not rejected any more.
        """
        kept = self.keys.setdefault(key, {}).setdefault("settled", {}).setdefault(sync, [])
        entry = [settled.occurred_at_ms, settled.content, settled.revision, dict(settled.outcome)]
        others = [item for item in kept if item[:2] != entry[:2]]
        refused = self.keys[key].get("refused", {}).get(sync, [])
        resolves = settled.outcome.get("result") != "rejected" and settled.content in refused
        if resolves:
            refused.remove(settled.content)
            others = [item for item in others if item[1] != settled.content]
            entry.append(True)
        kept[:] = sorted([entry, *others], key=lambda item: item[0], reverse=True)[:MAX_SETTLED_PER_SYNC]
        return resolves

    def refuse(self, key: str, sync: str, content: str) -> None:
        """Remember that a content lies parked for a sync; the newest few of a key are known."""
        refused = self.keys.setdefault(key, {}).setdefault("refused", {}).setdefault(sync, [])
        refused[:] = [*(known for known in refused if known != content), content][-MAX_REFUSED_PER_SYNC:]

    def data(self, key: str) -> Mapping[str, Any]:
        """Return the account and owner data last told of a key."""
        data: Mapping[str, Any] = self.keys.get(key, {}).get("data", {})
        return data

    def remember_data(self, key: str, data: Mapping[str, Any]) -> None:
        """Keep account and owner data, so that a product can ask for them."""
        self.keys.setdefault(key, {})["data"] = dict(data)

    def owned(self) -> Iterator[str]:
        """Yield the records whose writers hold this entity's claim."""
        return (record_id for record_id in self.times if record_id not in self.unindexed)

    def own(self, record_id: str) -> None:
        """Remember that writers of the record hold this entity's claim."""
        self.times.setdefault(record_id, {})
        if record_id in self.unindexed:
            self.unindexed.remove(record_id)

    def disown(self, record_id: str) -> None:
        """Remember that it is not known (yet) that this entity owns the record."""
        if record_id not in self.unindexed:
            self.unindexed.append(record_id)

    def field_order(self, record_id: str, name: str) -> Order | None:
        """Return the order of the change that last decided a field."""
        kept = self.times.get(record_id, {}).get(name)
        return (kept[0], kept[1], kept[2]) if kept else None

    def field_hash(self, record_id: str, name: str) -> str | None:
        """Return the hash of the value last decided for a field."""
        kept = self.times.get(record_id, {}).get(name)
        return kept[3] if kept else None

    def decide(self, record_id: str, name: str, order: Order, value: Any) -> None:
        """Remember who last decided a field."""
        self.times.setdefault(record_id, {})[name] = [*order, value_hash(value)]

    def reject_value(self, record_id: str, name: str, value: Any) -> None:
        """Remember a value that the org refused."""
        self.rejected_values.setdefault(record_id, {})[name] = value_hash(value)

    def rejected_at_create(self, sobject: str, record_id: str) -> None:
        """Move what was refused while a record was created to the record."""
        if sobject in self.rejected_values:
            self.rejected_values[record_id] = self.rejected_values.pop(sobject)

    def is_rejected_value(self, record_id: str, name: str, value: Any) -> bool:
        """Return whether the org refused this very value before."""
        refused = self.rejected_values.get(record_id)
        return refused is not None and refused.get(name) == value_hash(value)

    @property
    def is_full(self) -> bool:
        """Return whether further keys get entities of their own."""
        return len(self.keys) >= MAX_KEYS_PER_ENTITY


class Seen(NamedTuple):
    """An identifier as read: the entity it points to (None: it is one itself, or is unknown), what that holds, its lease's end."""

    entity: str | None
    state: str | None
    until_ms: int = 0


class Held(NamedTuple):
    """A claim that is ours: its fence, what the entity holds, and when it was last completed (epoch ms)."""

    entity: str
    fence: int
    state: str | None
    completed_at_ms: int = 0


class Busy(NamedTuple):
    """A claim that another holds, at most until then (epoch ms)."""

    until_ms: int


class Pointed(NamedTuple):
    """An identifier that meanwhile got its entity elsewhere."""

    entity: str


type Claim = Held | Busy | Pointed
