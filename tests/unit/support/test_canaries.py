"""The watch over the suite sees what it looks for."""

from __future__ import annotations

import pytest
from causeway.connections.oauth.flow import TokenRefused
from causeway.errors import CausewayError

from tests.support.canaries import canaries_in

TOKENS = [
    "00D8qlF00000001!AQ" + "x" * 94,
    "5Aep861" + "y" * 80,
    "aPrx" + "z" * 54 + "==",
    "cws_acme." + "s" * 43,
    "local-rotating-secret",
]


@pytest.mark.parametrize("token", TOKENS)
def test_each_kind_of_secret_is_recognized_inside_a_text(token: str) -> None:
    assert canaries_in([f"something went wrong with {token} at Salesforce"]) == [token[:14] + "…"]


def test_ordinary_texts_hold_none() -> None:
    assert canaries_in(["tenant acme, org 00D8qlF00000001ECA, consumer-key"]) == []


def test_errors_are_heard_however_they_are_raised_and_caught() -> None:
    from tests.conftest import _raised

    with pytest.raises(CausewayError):
        raise TokenRefused("other", "invalid_grant", "a text of Salesforce's")
    assert any("a text of Salesforce's" in text for text in _raised)
