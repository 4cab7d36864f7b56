"""Choosing limits by the environment."""

from __future__ import annotations

import pytest

from local.limits.names import NAMES, chosen


@pytest.mark.parametrize("text", ["", "  ", ","])
def test_without_a_word_the_emulator_is_as_it_is(text: str) -> None:
    assert chosen({"CAUSEWAY_LIMITS": text}) == ()
    assert chosen({}) == ()


def test_all_and_single_names_are_taken() -> None:
    assert chosen({"CAUSEWAY_LIMITS": "all"}) == NAMES
    assert chosen({"CAUSEWAY_LIMITS": f" {NAMES[0]} ,"}) == NAMES[:1]


def test_a_wrong_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"names warp; there are concurrency"):
        chosen({"CAUSEWAY_LIMITS": "warp"})
