"""The versions of a record: the live one, a new one, and one with changes over it."""

from __future__ import annotations

from ...schema.ids import normalized
from ...schema.row import Row
from ...schema.sobjects import SObjectType
from ...wire.caller import Caller
from ...wire.messages import OrgError
from ..rules import facts
from ..rules.ruled_records import RuledRecords
from ..storage.records import Records


def new_row(store: RuledRecords, caller: Caller | None, sobject: SObjectType, values: Row) -> Row:
    """Return a row with a fresh Id, the fields' defaults, the values and the audit fields."""
    user_id, stamp = store.user_id(caller), store.stamp()
    row: Row = {"Id": store.new_id(sobject), **store.defaults(sobject)}
    owner = sobject.field("OwnerId")
    if owner is not None:
        row["OwnerId"] = user_id
    if sobject.field("CurrencyIsoCode") is not None:
        row["CurrencyIsoCode"] = (store.raw(user_id) or {}).get("DefaultCurrencyIsoCode") or next(
            iter(store.settings.currencies), None
        )
    record_type = next((each for each in sobject.record_types if each.default), None)
    if record_type is not None:
        row["RecordTypeId"] = record_type.record_type_id
    row.update({name: value for name, value in values.items() if value is not None})
    row.update(
        CreatedDate=stamp, CreatedById=user_id, LastModifiedDate=stamp, LastModifiedById=user_id, SystemModstamp=stamp
    )
    return row


def changed_row(store: Records, caller: Caller | None, before: Row, changes: Row) -> Row:
    """Return the row with the changes over it and a new stamp; a null takes the field away."""
    row = {name: value for name, value in (before | changes).items() if value is not None}
    stamp = store.stamp()
    row.update(LastModifiedDate=stamp, LastModifiedById=store.user_id(caller), SystemModstamp=stamp)
    return row


def live_row(store: Records, record_id: str, sobject: str | None = None) -> tuple[SObjectType, Row]:
    """Return a record that is not deleted, with its sObject; raise 404 for any other, or one of another sObject."""
    full = normalized(record_id) or record_id
    kind, row = store.schema.of_id(full), store.raw(full)
    if kind is None or row is None or (sobject is not None and kind.name != sobject):
        raise OrgError(*facts.UNKNOWN_REFERENCE, status=404, fields=[])
    if row.get("IsDeleted"):
        raise OrgError(*facts.DELETED_REFERENCE, status=404, fields=[])
    return kind, row
