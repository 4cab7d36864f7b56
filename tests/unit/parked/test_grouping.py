"""Equal refusals make one group: what only one record says does not count."""

from __future__ import annotations

import pytest
from causeway.parked.grouping import shared_reason


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("'hot lead' is no value of Rating.", "'warm-ish' is no value of Rating."),
        ("Salesforce refused it: invalid email: ada@x.io", "Salesforce refused it: invalid email: b.c@y.co.uk"),
        ("Similar records: 003000000000001AAA, 00Q00000000000A.", "Similar records: 003000000000009AAC, 00Q00000000000B."),
        ("Score: 12.5 is more than 10.", "Score: 7,000 is more than 10."),
        ("Close date 2026-01-01T10:00:00Z is past.", "Close date 2025-12-31T09:59:00Z is past."),
    ],
)  # fmt: skip
def test_reasons_that_differ_only_in_values_are_the_same(one: str, other: str) -> None:
    assert shared_reason(one) == shared_reason(other) != one


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A Lead needs Company.", "A Lead needs LastName."),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION: Phone or e-mail.", "FIELD_CUSTOM_VALIDATION_EXCEPTION: Country is missing."),
        ("The org doesn't take Rating, and it's read only.", "The org doesn't take Industry, and it's read only."),
    ],
)  # fmt: skip
def test_reasons_that_name_other_things_are_not_the_same(one: str, other: str) -> None:
    assert shared_reason(one) == one
    assert shared_reason(other) == other
