"""
What a push costs at AWS: DynamoDB's units by the size of the items, and dollars by the price table in prices.json.

A write unit is a kilobyte of the larger of an item before and after the write, a read unit four kilobytes read strongly (DynamoDB
Developer Guide, Read/Write Capacity; names count, a number takes half a byte a digit and one more).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from causeway.gateways.dynamodb.state.claim_items import state_attribute
from causeway.gateways.dynamodb.state.keys import record_attribute
from causeway.push.memory.claims.answers import Claim, Seen

from tests.support.push.memory import ClaimItem, MemoryClaims, StateItems

WRITE_UNIT, READ_UNIT = 1024, 4096
PK = "x" * 45  # hash of the tenant # hash of the identifier
ENTITY_NAME = "x" * 22
OWNER = "x" * 36  # a UUID
LAMBDA_GB = 1.0


def prices() -> dict[str, Any]:
    """Return the price table."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("prices.json").read_text(encoding="utf-8"))
    return found


def item_bytes(item: Mapping[str, Mapping[str, Any]]) -> int:
    """Return the size of an item in DynamoDB's notation, as DynamoDB counts it."""
    return sum(len(name.encode()) + _bytes(attribute) for name, attribute in item.items())


def _bytes(attribute: Mapping[str, Any]) -> int:
    ((kind, value),) = attribute.items()
    if kind == "N":
        return (len(value.lstrip("-")) + 1) // 2 + 1
    return len(value) if kind == "B" else len(str(value).encode())


def units(size: int, unit: int) -> int:
    """Return how many units an access to so many bytes takes, one at least."""
    return max(1, -(-size // unit))


def stored(item: ClaimItem | None) -> int:
    """Return the size of one item of StateTable."""
    if item is None:
        return 0
    written: dict[str, dict[str, Any]] = {"pk": {"S": PK}}
    if item.entity is not None:
        return item_bytes({**written, "home": {"S": ENTITY_NAME}})
    written |= {"fence": {"N": str(item.fence)}, "completed_at": {"N": str(item.completed_at_ms)}}
    if item.state is not None:
        written["state"] = state_attribute(item.state)
    if item.owner is not None:
        written |= {"owner": {"S": OWNER}, "lease_until": {"N": str(item.lease_until_ms)}}
    return item_bytes(written)


class MeteredClaims(MemoryClaims):
    """
    Claims in memory that count the units which StateTable would take.

    `written` says what for: `claims`, `pointers`, `owner_index`, `notes` (before something is sent), `memory`, `releases`.
    """

    def __init__(
        self, shared: StateItems, owner: str, now_ms: Callable[[], int], lease_ms: int, margin_ms: int = 2_000
    ) -> None:
        super().__init__(shared, owner, now_ms, lease_ms, margin_ms)
        self.written: Counter[str] = Counter()
        self.read_units = 0

    @property
    def write_units(self) -> int:
        """Return all units written."""
        return self.written.total()

    def look(self, tenant: str, identifiers: Iterable[str]) -> dict[str, Seen]:
        wanted = set(identifiers)
        self.read_units += sum(units(stored(self.shared.items.get((tenant, each))), READ_UNIT) for each in wanted)
        return super().look(tenant, wanted)

    def acquire_one(self, tenant: str, entity: str) -> Claim:
        before = self._size(tenant, entity)
        claim = super().acquire_one(tenant, entity)
        self.written["claims"] += self._units(tenant, entity, before)
        return claim

    def point(self, tenant: str, entities: Mapping[str, str]) -> dict[str, str]:
        pointed = super().point(tenant, entities)
        self.written["pointers"] += sum(self._units(tenant, each) for each in entities)
        return pointed

    def own(self, tenant: str, org_id: str, entities: Mapping[str, str]) -> dict[str, str]:
        owned = super().own(tenant, org_id, entities)
        for index in {record_id[:14] for record_id in entities}:
            records = [known for _, _, known in self.shared.owners if known.startswith(index)]
            self.written["owner_index"] += units(owner_index_bytes(records), WRITE_UNIT)
        return owned

    def complete_one(self, tenant: str, entity: str, fence: int, state: str, *, keep: bool) -> bool:
        before = self._size(tenant, entity)
        done = super().complete_one(tenant, entity, fence, state, keep=keep)
        self.written["notes" if keep else "memory"] += self._units(tenant, entity, before)
        return done

    def release(self, tenant: str, entities: Mapping[str, int]) -> None:
        self.written["releases"] += sum(self._units(tenant, each) for each in entities)
        super().release(tenant, entities)

    def _size(self, tenant: str, identifier: str) -> int:
        return stored(self.shared.items.get((tenant, identifier)))

    def _units(self, tenant: str, identifier: str, before: int = 0) -> int:
        return units(max(before, self._size(tenant, identifier)), WRITE_UNIT)


def owner_index_bytes(record_ids: Sequence[str]) -> int:
    """Return the size of an owner index that names the entity of each record."""
    names = {record_attribute(each): {"S": ENTITY_NAME} for each in record_ids}
    return item_bytes({"pk": {"S": PK}, **names})


def dollars_per_million(writes: float, reads: float, seconds: float, changes_per_message: int) -> float:
    """
    Return what a million changes cost that each take so many write and read units and seconds of a function.

    A message is sent, received and deleted, and its outcomes likewise; the function has LAMBDA_GB.
    """
    table = prices()
    each = table["dollars_per_million"]
    messages = 6 * each["sqs_requests"] / changes_per_message + each["lambda_requests"] / changes_per_message
    time = seconds * LAMBDA_GB * table["dollars_per_gb_second_arm"] * 1_000_000
    total: float = writes * each["dynamodb_write_units"] + reads * each["dynamodb_read_units"] + messages + time
    return round(total, 2)
