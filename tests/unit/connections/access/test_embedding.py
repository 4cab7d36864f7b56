"""Who may frame the console, and where a session for embedding works."""

from __future__ import annotations

import pytest
from causeway.connections.access.embedding import (
    Embedding,
    checked_embedding,
    embedded_console_url,
)
from causeway.connections.access.frames import is_at_its_origin
from causeway.errors import InvalidRequest
from pydantic import ValidationError

APP, EVIL = "https://app.example.com", "https://app.example.com.evil.example"


@pytest.mark.parametrize(
    "origin",
    ["http://app.example.com", "https://app.example.com/", "https://app.example.com/path", "https://a b", "*", "null",
     "https://user@app.example.com", "https://App.example.com", "javascript:alert(1)", "https://a.example;script-src *"],
)  # fmt: skip
def test_an_origin_is_spelled_as_browsers_do(origin: str) -> None:
    with pytest.raises(ValidationError):
        Embedding(origin=origin)


def test_a_session_for_embedding_is_for_a_listed_origin_and_never_for_operators() -> None:
    checked_embedding(Embedding(origin=APP), "manager", (APP,))
    with pytest.raises(InvalidRequest, match="may not embed"):
        checked_embedding(Embedding(origin=EVIL), "manager", (APP,))
    with pytest.raises(InvalidRequest, match="operator"):
        checked_embedding(Embedding(origin=APP), "operator", (APP,))


@pytest.mark.parametrize(
    ("bound_to", "used_at", "works"),
    [(APP, APP, True), (APP, EVIL, False), (APP, "", False), ("", APP, False), ("", "", True)],
)
def test_a_session_works_where_it_is_meant_to_be_alone(bound_to: str, used_at: str, works: bool) -> None:
    assert is_at_its_origin(bound_to, {"x-causeway-embed-origin": used_at} if used_at else {}) is works


def test_the_frames_address_holds_no_session() -> None:
    url = embedded_console_url("https://causeway.example", Embedding(origin=APP, source="interaction:quiz-42"))
    assert url == "https://causeway.example/console?embed=1#section=panel&source=interaction%3Aquiz-42"
