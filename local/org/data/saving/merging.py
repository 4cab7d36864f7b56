"""Merges records: one stays, up to two others become part of it (SOAP API guide, merge)."""

from __future__ import annotations

from collections.abc import Iterable

from ...schema.ids import normalized
from ...schema.row import Row
from ...wire.caller import Caller
from ...wire.messages import OrgError
from ..derived.derived_values import derive
from ..derived.last_activity import note_activity
from ..derived.row_versions import changed_row, live_row
from ..storage.records import Records
from .recycle_bin import put_in_recycle_bin

MERGEABLE = frozenset({"Account", "Contact", "Lead", "Case"})
MOST_LOSERS = 2  # D SOAP API guide, merge: up to three records become one


def merge(
    store: Records, caller: Caller | None, master_id: str, loser_ids: Iterable[str], values: Row | None = None
) -> None:
    """
    Merge up to two records into a master of the same sObject.

    The losers are deleted with MasterRecordId = master; their children move to the master, which gets a new stamp.
    """
    master_type, master = live_row(store, master_id)
    losers = [live_row(store, each, master_type.name)[1] for each in loser_ids]
    if master_type.name not in MERGEABLE:
        raise OrgError("INVALID_TYPE", f"{master_type.name} records cannot be merged.")
    if not 1 <= len(losers) <= MOST_LOSERS or master["Id"] in {each["Id"] for each in losers}:
        raise OrgError("INVALID_INPUT", f"A merge takes one or {MOST_LOSERS} records besides the master.")
    with store.transaction(caller):
        for loser in losers:
            repoint(store, caller, loser["Id"], master["Id"])
            marked = loser | {"MasterRecordId": master["Id"]}
            put_in_recycle_bin(store, caller, master_type, marked)
        row = changed_row(store, caller, master, dict(values or {}))
        derive(store, master_type, row)
        store.write(master_type, row, master["Id"], "merged", {"losers": [each["Id"] for each in losers]})


def repoint(store: Records, caller: Caller | None, from_id: str, to_id: str) -> None:
    """Move every reference to one record to another."""
    kind = store.schema.of_id(from_id)
    for relation in kind.children if kind else ():
        child_type = store.schema.sobject(relation.child_sobject)
        field = child_type.field(relation.field) if child_type else None
        target = store.schema.of_id(to_id)
        if child_type is None or field is None or target is None or target.name not in field.reference_to:
            continue
        if field.name in ("MasterRecordId", "ConvertedAccountId", "ConvertedContactId"):
            continue
        for child in list(store.table(child_type.name).find(field, [from_id])):
            row = changed_row(store, caller, child, {field.name: normalized(to_id)})
            derive(store, child_type, row)
            store.write(child_type, row, child["Id"], "updated")
            note_activity(store, child_type, row, child)
