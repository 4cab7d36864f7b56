"""Whether writing a value would change anything in Salesforce."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.salesforce.values.comparison import same_value

from tests.support.syncs.factories import field, lookup, picklist


@pytest.mark.parametrize(
    ("type", "current", "desired"),
    [
        ("string", "Ada", " Ada "),
        ("string", None, ""),
        ("textarea", "a\r\nb", "a\nb"),
        ("email", "Ada@Example.com", "ada@example.com"),
        ("double", 2.5, 2.499999),
        ("double", 5.0, 5),
        ("currency", "7.10", 7.1),
        ("boolean", None, False),
        ("boolean", True, True),
        ("date", "2026-11-20", "2026-11-20"),
        ("datetime", "2026-11-20T10:00:00.000+0000", "2026-11-20T10:00:00Z"),
        ("datetime", "2026-11-20T10:00:00.000Z", "2026-11-20T12:00:00+02:00"),
        ("time", "09:30:00.000Z", "09:30"),
        ("multipicklist", "Red;Blue", "blue;Red"),
        ("picklist", "Web", "web"),
        ("reference", "003000000000001AAA", "003000000000001"),
        ("int", 5, 5.2),
        ("phone", "+1 2", "+1 2 "),
    ],
)
def test_values_that_salesforce_stores_alike_are_the_same(type: Any, current: Any, desired: Any) -> None:
    assert same_value(field(type=type), current, desired)


@pytest.mark.parametrize(
    ("type", "current", "desired"),
    [
        ("string", "Ada", "ada"),
        ("string", None, "Ada"),
        ("string", "Ada", None),
        ("double", None, 0),
        ("double", 2.5, 2.51),
        ("boolean", None, True),
        ("date", "2026-11-20", "2026-11-21"),
        ("datetime", "2026-11-20T10:00:00.000+0000", "2026-11-20T10:00:01Z"),
        ("multipicklist", "Red;Blue", "Red"),
        ("picklist", "Web", "Phone"),
        ("reference", "003000000000001AAA", "003000000000002"),
        ("textarea", "a b", "a\nb"),
    ],
)
def test_values_that_differ_are_not_the_same(type: Any, current: Any, desired: Any) -> None:
    assert not same_value(field(type=type), current, desired)


def test_a_picklists_values_are_compared_with_the_stored_spelling() -> None:
    assert same_value(picklist("Stage", "Won"), "Won", "Won")
    assert same_value(lookup("AccountId", "Account"), None, None)
