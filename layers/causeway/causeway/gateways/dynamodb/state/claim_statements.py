"""The statements by which many claims are taken, pointed, completed and released at once; as claim_updates.py does one by one. Pure."""

from __future__ import annotations

from causeway.gateways.dynamodb.batch_statements import Item, Statement, inserting, updating
from causeway.gateways.dynamodb.state.claim_items import state_attribute
from causeway.gateways.dynamodb.state.claim_updates import number

FIRST_FENCE = 1
_FREE = 'REMOVE "owner" REMOVE "lease_until"'
_OURS = '"fence" = ? AND "owner" = ?'


def acquiring(table: str, pk: str, owner: str, until_ms: int, free_before_ms: int, fence: int | None) -> Statement:
    """Take the lease of an entity that had this fence when it was read, or (None) was not there, and is free still."""
    if fence is None:
        return inserting(table, claimed_item(pk, owner, until_ms))
    return updating(
        table,
        'SET "owner" = ? SET "lease_until" = ? SET "fence" = ?',
        '"fence" = ? AND "home" IS MISSING AND ("lease_until" IS MISSING OR "lease_until" < ?) RETURNING ALL NEW *',
        pk,
        [{"S": owner}, number(until_ms), number(fence + 1)],
        [number(fence), number(free_before_ms)],
    )


def claimed_item(pk: str, owner: str, until_ms: int) -> Item:
    """Return the item of an entity that is claimed for the first time."""
    return {
        "pk": {"S": pk},
        "owner": {"S": owner},
        "lease_until": number(until_ms),
        "fence": number(FIRST_FENCE),
    }


def pointing(table: str, pk: str, entity: str) -> Statement:
    """Let an identifier that is not stored yet resolve to an entity."""
    return inserting(table, {"pk": {"S": pk}, "home": {"S": entity}})


def completing(table: str, pk: str, owner: str, fence: int, state: str, now_ms: int, *, keep: bool) -> Statement:
    """Store what a claimed entity holds now; unless `keep`, free it."""
    changes = 'SET "state" = ? SET "completed_at" = ?' + ("" if keep else f" {_FREE}")
    return updating(table, changes, _OURS, pk, [state_attribute(state), number(now_ms)], [number(fence), {"S": owner}])


def releasing(table: str, pk: str, owner: str, fence: int) -> Statement:
    """Free a claimed entity."""
    return updating(table, _FREE, _OURS, pk, [], [number(fence), {"S": owner}])
