"""Finds picklist values by value, then by label, and checks them against controlling field and record type."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from causeway.salesforce.describe import FieldDescribe, PicklistValue, SObjectDescribe
from causeway.salesforce.ids import to18, valid_id

MASTER_RECORD_TYPE = "012000000000000AAA"


def choice(field: FieldDescribe, text: str) -> PicklistValue | None:
    """Return the picklist value that `text` names: by value, then by label, in any case; None when there is none."""
    return field.choices.get(text.strip().lower())


def allowed_by_controller(field: FieldDescribe, value: str, controller: FieldDescribe, controlling: Any) -> bool:
    """
    Return whether the controlling field's value allows `value`.

    `valid_for` is a base64 bitset over the controller's values in describe's order, inactive ones included; for a
    checkbox, index 0 is false and 1 is true (SOAP API guide, DescribeSObjectResult, Dependent Picklists). A value that
    describe does not list, as an unrestricted picklist may hold, or one without a bitset, is always allowed.
    """
    item = field.choices.get(value.lower())
    if item is None or not item.valid_for:
        return True
    position = _position(controller, controlling)
    return position is not None and _bit(item.valid_for, position)


def _position(controller: FieldDescribe, controlling: Any) -> int | None:
    if controller.type == "boolean":
        return 1 if controlling else 0
    return controller.positions.get(str(controlling).lower()) if controlling not in (None, "") else None


def _bit(bitset: str, position: int) -> bool:
    try:
        data = base64.b64decode(bitset + "=" * (-len(bitset) % 4))
    except (binascii.Error, ValueError):
        return False
    return position >> 3 < len(data) and bool(data[position >> 3] & (0x80 >> (position % 8)))


def default_value(field: FieldDescribe) -> str | None:
    """Return the picklist value that Salesforce sets at create when none is sent, or None."""
    return next((item.value for item in field.picklist_values if item.default and item.active), None)


def record_type_id(describe: SObjectDescribe, text: str) -> str | None:
    """Return the Id of the record type that `text` names (Id, developer name or name, in any case), if the user may use it."""
    wanted, full = text.strip().lower(), valid_id(text, "012")
    for item in describe.record_types:
        if not item.get("available", True) or item.get("active") is False:
            continue
        spellings = (str(item.get("developerName", "")).lower(), str(item.get("name", "")).lower())
        if full == to18(str(item["recordTypeId"])) or wanted in spellings:
            return to18(str(item["recordTypeId"]))
    return None


def default_record_type(describe: SObjectDescribe) -> str | None:
    """Return the Id of the record type that a create without one gets, or None when the sObject has none."""
    found = (item for item in describe.record_types if item.get("defaultRecordTypeMapping"))
    return next((to18(str(item["recordTypeId"])) for item in found), None)


def allowed_by_record_type(describe: SObjectDescribe, field: str, value: str, record_type: str | None) -> bool:
    """Return whether the record type offers `value`; True wherever its picklists are not known."""
    if not record_type:
        return True
    for item in describe.record_types:
        if to18(str(item["recordTypeId"])) == record_type:
            picklists: Mapping[str, list[str]] = item.get("picklists") or {}
            return field not in picklists or value in picklists[field]
    return True
