"""Decimal numbers keep their digits on the way to the org and back."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from causeway.gateways.salesforce.exact_json import exact_float, exact_json
from hypothesis import given
from hypothesis import strategies as st


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**16), max_value=10**16))
def test_a_decimal_arrives_as_the_number_that_it_is(number: Decimal) -> None:
    assert json.loads(exact_json({"a": [number]}), parse_float=Decimal)["a"][0] == number


@given(st.text())
def test_no_text_is_taken_for_a_number(text: str) -> None:
    assert json.loads(exact_json({"a": text, "b": Decimal("0.5")})) == {"a": text, "b": 0.5}


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        exact_json({"a": object()})


@pytest.mark.parametrize(("text", "kind"), [("0.1", float), ("12345.678", float), ("1234567890123456.78", Decimal)])
def test_a_number_is_a_float_only_when_that_keeps_its_digits(text: str, kind: type) -> None:
    found = exact_float(text)
    assert isinstance(found, kind)
    assert Decimal(repr(found)) if kind is float else found == Decimal(text)
