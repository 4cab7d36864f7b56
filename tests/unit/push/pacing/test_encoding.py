"""Held changes are read as they were, by this version and by those before and after it."""

from __future__ import annotations

import json
import zlib
from typing import Any

from causeway.contract.changes import About, Change, Utterance
from causeway.push.pacing.encoding import decoded, encoded
from hypothesis import given
from hypothesis import strategies as st

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
CHANGES = st.builds(
    Change,
    st.just("acme"),
    TEXTS,
    TEXTS,
    st.integers(0, 10**14),
    st.integers(0, 10**14),
    st.integers(0, 500),
    st.dictionaries(TEXTS, st.none() | st.booleans() | st.integers() | TEXTS | st.lists(TEXTS, max_size=2), max_size=3),
    st.none() | st.lists(st.builds(Utterance, st.integers(0, 10**14), TEXTS, TEXTS), max_size=3).map(tuple),
    st.none() | st.builds(About, st.none() | TEXTS, st.none() | TEXTS, st.none() | TEXTS),
    st.none() | TEXTS,
    st.booleans(),
)
ADA = Change(
    "acme",
    "lead",
    "k1",
    5,
    6,
    7,
    {"name": "Ada"},
    (Utterance(1, "Ada", "Hi"),),
    About("people", "p1"),
    "r1",
    clamped=True,
)


def packed(batch: Any) -> bytes:
    return zlib.compress(json.dumps(batch).encode())


@given(st.lists(CHANGES, max_size=4))
def test_changes_are_read_as_they_were(changes: list[Change]) -> None:
    assert decoded("acme", encoded(changes)) == changes


def test_what_the_first_version_held_is_read() -> None:
    whole = ["lead", "k1", 5, 6, 7, {"name": "Ada"}, [[1, "Ada", "Hi"]], ["people", "p1", None], "r1", True]
    bare = ["lead", "k2", 5, 6, 0, {}, None, None, None, False]
    assert decoded("acme", packed([whole, bare])) == [ADA, Change("acme", "lead", "k2", 5, 6)]


def test_what_a_later_version_adds_is_passed_over() -> None:
    batch = json.loads(zlib.decompress(encoded([ADA])))
    assert batch["v"] == 1
    batch |= {"v": 2, "new": 1}
    batch["c"][0] |= {"new": {"x": 1}}
    batch["c"][0]["c"][0].append("new")
    batch["c"][0]["a"]["new"] = "x"
    assert decoded("acme", packed(batch)) == [ADA]


def test_what_is_empty_takes_no_room() -> None:
    batch = json.loads(zlib.decompress(encoded([Change("acme", "lead", "k1", 5, 6)])))
    assert batch["c"] == [{"s": "lead", "k": "k1", "o": 5, "t": 6, "p": 0, "f": {}}]
