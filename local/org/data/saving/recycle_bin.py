"""The recycle bin: what is deleted with a record, what is restored with it, and what is removed permanently."""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.children import ChildRelationship
from ...schema.ids import normalized
from ...schema.row import Row
from ...schema.sobjects import SObjectType
from ...wire.caller import Caller
from ...wire.messages import OrgError
from ..derived.after_save import total_up
from ..derived.last_activity import note_activity
from ..derived.row_versions import changed_row
from ..rules import facts
from ..storage.records import Records

ACTIVITIES = frozenset({"Task", "Event"})
ACCOUNT_CHILDREN = frozenset({"Contact", "Opportunity", "Case"})
"""Deleted with their account, though the reference is a lookup (Object Reference, Account, delete)."""


def put_in_recycle_bin(
    store: Records, caller: Caller | None, sobject: SObjectType, row: Row, cause: str | None = None
) -> None:
    """
    Delete a record with its details and activities; lookups that point at it lose their value.

    `cause` is the record whose deletion takes this one along, None for the first.
    """
    cause = store.deleted_with[row["Id"]] = cause or row["Id"]
    store.write(sobject, changed_row(store, caller, row, {"IsDeleted": True}), row["Id"], "deleted")
    note_activity(store, sobject, None, row)
    if sobject.name == "OpportunityLineItem" and cause == row["Id"]:
        total_up(store, caller, row["OpportunityId"])
    for child_type, child, relation in list(_children(store, sobject, row["Id"])):
        if _is_deleted_with(sobject, relation):
            if not child.get("IsDeleted"):
                put_in_recycle_bin(store, caller, child_type, child, cause)
        elif not child.get("IsDeleted"):
            store.write(child_type, changed_row(store, caller, child, {relation.field: None}), child["Id"], "updated")


def undelete(store: Records, caller: Caller | None, record_id: str) -> None:
    """Restore a record and what was deleted with it."""
    sobject, row = _deleted(store, record_id)
    with store.transaction(caller):
        _restore(store, caller, sobject, row, store.deleted_with.get(row["Id"]))


def hard_delete(store: Records, caller: Caller | None, record_id: str) -> None:
    """Remove a record permanently, whether it is in the recycle bin or not."""
    full = normalized(record_id) or record_id
    sobject, row = store.schema.of_id(full), store.raw(full)
    if sobject is None or row is None:
        raise OrgError(*facts.UNKNOWN_REFERENCE, fields=[])
    with store.transaction(caller):
        if not row.get("IsDeleted"):
            put_in_recycle_bin(store, caller, sobject, row)
        _remove(store, sobject, full)


def empty_recycle_bin(store: Records) -> int:
    """Remove every deleted record permanently, as Salesforce does after 15 days; return how many."""
    gone = [
        (sobject, record_id)
        for sobject in store.schema.sobjects
        for record_id, row in store.table(sobject.name).rows.items()
        if row.get("IsDeleted")
    ]
    with store.transaction(None):
        for sobject, record_id in gone:
            store.write(sobject, None, record_id)
    return len(gone)


def _restore(store: Records, caller: Caller | None, sobject: SObjectType, row: Row, cause: str | None) -> None:
    restored = changed_row(store, caller, row, {"IsDeleted": False, "MasterRecordId": None})
    store.write(sobject, restored, row["Id"], "undeleted")
    note_activity(store, sobject, restored, row)
    for child_type, child, relation in list(_children(store, sobject, row["Id"])):
        together = cause is not None and store.deleted_with.get(child["Id"]) == cause
        if child.get("IsDeleted") and together and _is_deleted_with(sobject, relation):
            _restore(store, caller, child_type, child, cause)


def _remove(store: Records, sobject: SObjectType, record_id: str) -> None:
    for child_type, child, relation in list(_children(store, sobject, record_id)):
        if child.get("IsDeleted") and _is_deleted_with(sobject, relation):
            _remove(store, child_type, child["Id"])
    store.write(sobject, None, record_id)


def _deleted(store: Records, record_id: str) -> tuple[SObjectType, Row]:
    full = normalized(record_id) or record_id
    sobject, row = store.schema.of_id(full), store.raw(full)
    if sobject is None or row is None:
        raise OrgError(*facts.UNKNOWN_REFERENCE, fields=[])
    if not row.get("IsDeleted") or not sobject.undeletable:
        raise OrgError("UNDELETE_FAILED", "Entity is not in the recycle bin", fields=[])
    return sobject, row


def _children(
    store: Records, sobject: SObjectType, record_id: str
) -> Iterator[tuple[SObjectType, Row, ChildRelationship]]:
    for relation in sobject.children:
        child_type = store.schema.sobject(relation.child_sobject)
        field = child_type.field(relation.field) if child_type else None
        if child_type is None or field is None or field.name == "MasterRecordId":
            continue
        if child_type.name in ACTIVITIES and field.name == "AccountId":
            continue
        for child in store.table(child_type.name).find(field, [record_id]):
            yield child_type, child, relation


def _is_deleted_with(sobject: SObjectType, relation: ChildRelationship) -> bool:
    if relation.cascade_delete:
        return True
    if sobject.name == "Account" and relation.child_sobject in ACCOUNT_CHILDREN and relation.field == "AccountId":
        return True
    return relation.child_sobject in ACTIVITIES and relation.field in ("WhoId", "WhatId")
