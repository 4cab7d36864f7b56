"""What a reference may point at: a record of the right kind, that exists, that the caller sees; owners who may own."""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.row import Row
from ...schema.sobjects import FieldType, SObjectType
from . import facts
from .field_values import wrong_id
from .save_results import RecordError, Save


def bad_references(save: Save) -> Iterator[RecordError]:
    """Refuse Ids of a wrong sObject, of no record, or of a deleted record."""
    for name, value in save.changes.items():
        field = save.sobject.field(name)
        if field is not None and field.type == "reference" and isinstance(value, str):
            error = _reference_error(save, field, value)
            if error is not None:
                yield error


def _reference_error(save: Save, field: FieldType, record_id: str) -> RecordError | None:
    if field.name == "RecordTypeId":
        return _record_type_error(save, record_id)
    target = save.records.schema.of_id(record_id)
    if target is None or target.name not in field.reference_to:
        return wrong_id(field, record_id)
    row = save.records.raw(record_id)
    if row is not None and is_out_of_sight(save, target, record_id):
        code, message = facts.HIDDEN_REFERENCE
        return RecordError(code, message.format(id=record_id[:15]), [field.name])
    if row is None:
        return _unknown(save, field, record_id)
    if row.get("IsDeleted"):
        return RecordError(*facts.DELETED_REFERENCE, [field.name])
    if target.name == "Lead" and row.get("IsConverted") and save.sobject.name in {"Task", "Event", "CampaignMember"}:
        return RecordError("CANNOT_UPDATE_CONVERTED_LEAD", facts.CONVERTED_LEAD_MESSAGE, [field.name])
    return None


def is_out_of_sight(save: Save, sobject: SObjectType, record_id: str) -> bool:
    """Say whether the caller's rights or the org's sharing keep a record from who saves."""
    may_read = save.records.rights(save.caller).may("read", sobject.name)
    return not may_read or save.records.is_unshared(record_id, save.caller)


def _unknown(save: Save, field: FieldType, record_id: str) -> RecordError:
    code, message = facts.HIDDEN_REFERENCE
    if save.records.settings.unknown_reference_code == code:
        return RecordError(code, message.format(id=record_id[:15]), [field.name])
    return RecordError(*facts.UNKNOWN_REFERENCE, [field.name])


def _record_type_error(save: Save, record_id: str) -> RecordError | None:
    username = save.caller.username if save.caller else None
    found = save.sobject.record_type(record_id)
    if found is not None and found.available_to(username):
        return None
    return RecordError(
        "INVALID_CROSS_REFERENCE_KEY",
        f"Record Type ID: this ID value isn't valid for the user: {record_id}",
        ["RecordTypeId"],
    )


def bad_owner(save: Save) -> Iterator[RecordError]:
    """Refuse an inactive user as owner, and a queue that does not serve the sObject."""
    owner_id = save.changes.get("OwnerId")
    owner = save.records.raw(owner_id) if owner_id else None
    field = save.sobject.field("OwnerId")
    if (
        owner is None
        or field is None
        or ("Group" if owner["Id"].startswith("00G") else "User") not in field.reference_to
    ):
        return
    allowed = {name.lower() for name in save.records.settings.inactive_owners_allowed}
    if owner["Id"].startswith("005") and not owner.get("IsActive") and save.sobject.name.lower() not in allowed:
        yield RecordError(
            "INACTIVE_OWNER_OR_USER",
            f"operation performed with inactive user [{owner['Id'][:15]}] as owner of {save.sobject.label.lower()}",
            ["OwnerId"],
        )
    if owner["Id"].startswith("00G") and not _serves(save, owner):
        yield RecordError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ["OwnerId"])


def _serves(save: Save, group: Row) -> bool:
    if group.get("Type") != "Queue":
        return False
    served = [
        row.get("SobjectType")
        for row in save.records.table("QueueSobject").rows.values()
        if row.get("QueueId") == group["Id"]
    ]
    return not served or save.sobject.name in served
