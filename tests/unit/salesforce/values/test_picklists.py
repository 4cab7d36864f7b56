"""Which picklist values a controlling field and a record type allow."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from causeway.salesforce.describe import FieldDescribe, PicklistValue
from causeway.salesforce.values.picklists import (
    allowed_by_controller,
    allowed_by_record_type,
    default_record_type,
    record_type_id,
)

from tests.support.syncs.factories import field, picklist, sobject

CUSTOMER, PARTNER, MASTER = "012000000000001AAA", "012000000000002AAA", "012000000000000AAA"


def bits(*positions: int) -> str:
    """Return describe's base64 bitset with these positions set."""
    data = bytearray(max(positions, default=0) // 8 + 1)
    for position in positions:
        data[position >> 3] |= 0x80 >> (position % 8)
    return base64.b64encode(bytes(data)).decode()


def dependent(**valid_for: str) -> FieldDescribe:
    values = [PicklistValue(name, name, valid_for=bitset) for name, bitset in valid_for.items()]
    return picklist("Dependent", *values, controller_name="Controller")


def test_the_bitset_counts_the_controllers_values_from_the_highest_bit() -> None:
    controller = picklist("Controller", *[f"c{number}" for number in range(10)])
    planned = dependent(near=bits(0), far=bits(9))
    assert allowed_by_controller(planned, "near", controller, "c0")
    assert not allowed_by_controller(planned, "near", controller, "c9")
    assert allowed_by_controller(planned, "far", controller, "C9")
    assert not allowed_by_controller(planned, "far", controller, "c1")


def test_inactive_values_of_the_controller_keep_their_place_in_the_bitset() -> None:
    controller = picklist("Controller", PicklistValue("old", "old", active=False), "new")
    assert allowed_by_controller(dependent(a=bits(1)), "a", controller, "new")
    assert not allowed_by_controller(dependent(a=bits(0)), "a", controller, "new")


def test_a_checkbox_controls_with_false_first_and_true_second() -> None:
    checkbox = field("Controller", "boolean")
    assert allowed_by_controller(dependent(a=bits(1)), "a", checkbox, True)
    assert not allowed_by_controller(dependent(a=bits(1)), "a", checkbox, None)
    assert allowed_by_controller(dependent(a=bits(0)), "a", checkbox, False)


@pytest.mark.parametrize("controlling", [None, "", "unknown"])
def test_no_dependent_value_is_allowed_with_an_empty_or_unknown_controlling_value(controlling: Any) -> None:
    assert not allowed_by_controller(dependent(a=bits(0)), "a", picklist("Controller", "c0"), controlling)


def test_values_without_a_bitset_and_values_unknown_to_describe_depend_on_nothing() -> None:
    controller = picklist("Controller", "c0")
    assert allowed_by_controller(dependent(a=""), "a", controller, None)
    assert allowed_by_controller(dependent(a=bits(0)), "elsewhere", controller, None)


def test_a_broken_bitset_allows_nothing() -> None:
    assert not allowed_by_controller(dependent(a="!"), "a", picklist("Controller", "c0"), "c0")


def types(*entries: tuple[str, str, bool]) -> tuple[dict[str, object], ...]:
    return tuple(
        {
            "recordTypeId": key,
            "name": name,
            "developerName": name.replace(" ", "_"),
            "available": available,
            "active": True,
        }
        for key, name, available in entries
    )


def test_a_record_type_is_named_by_id_developer_name_or_name() -> None:
    describe = sobject("Account", record_types=types((CUSTOMER, "Key Customer", True), (PARTNER, "Partner", False)))
    assert record_type_id(describe, CUSTOMER) == CUSTOMER
    assert record_type_id(describe, CUSTOMER[:15]) == CUSTOMER
    assert record_type_id(describe, "key customer") == CUSTOMER
    assert record_type_id(describe, "Key_Customer") == CUSTOMER
    assert record_type_id(describe, "Partner") is None
    assert record_type_id(describe, "Nobody") is None


def test_the_default_record_type_is_what_a_create_without_one_gets() -> None:
    entries = ({"recordTypeId": MASTER}, {"recordTypeId": CUSTOMER, "defaultRecordTypeMapping": True})
    assert default_record_type(sobject("Account", record_types=entries)) == CUSTOMER
    assert default_record_type(sobject("Account")) is None


def test_a_record_type_may_offer_fewer_values() -> None:
    describe = sobject("Account", record_types=({"recordTypeId": CUSTOMER, "picklists": {"Rating": ["Hot"]}},))
    assert allowed_by_record_type(describe, "Rating", "Hot", CUSTOMER)
    assert not allowed_by_record_type(describe, "Rating", "Cold", CUSTOMER)
    assert allowed_by_record_type(describe, "Industry", "Any", CUSTOMER)
    assert allowed_by_record_type(describe, "Rating", "Cold", PARTNER)
    assert allowed_by_record_type(describe, "Rating", "Cold", None)
