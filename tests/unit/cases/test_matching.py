"""The comparison behind the cases sees what differs, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.matching import differences


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ({"a": 1, "b": 2}, {"a": 1}),
        ([{"a": 1}, {"a": 2}], [{"a": 2}, {"a": 1}]),
        ([1, 2, 3], {"$has": [3]}),
        ("Rating accepts Hot", {"$like": "Hot$"}),
        (5, {"$min": 1, "$max": 5}),
        ({}, {"a": {"$blank": True}}),
        ("xxx", {"$length": 3}),
        (None, None),
    ],
)
def test_what_holds_has_no_difference(found: Any, wanted: Any) -> None:
    assert differences(found, wanted) == []


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}),
        ([1, 2], [1]),
        ([1], [1, 2]),
        ([1, 1], [1, 2]),
        ([1], {"$has": [2]}),
        ("Cold", {"$like": "Hot"}),
        ("Hot", {"$unlike": "Hot"}),
        (6, {"$max": 5}),
        (None, {"$min": 0}),
        ("x", {"$blank": True}),
        (1, True),
        (0, False),
        ("text", {"$misspelt": "text"}),
        (None, [1]),
    ],
)
def test_what_differs_is_said(found: Any, wanted: Any) -> None:
    assert differences(found, wanted)
