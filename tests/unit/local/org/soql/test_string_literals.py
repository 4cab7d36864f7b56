"""Quoted strings: every escape there is, and none besides."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.org.soql.parsing.string_literals import like_pattern, unquoted
from local.org.wire.messages import OrgError

ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "'": "'", '"': '"', "\\": "\\"}


@pytest.mark.parametrize(("letter", "character"), ESCAPES.items())
def test_the_escapes_of_the_guide_are_understood(letter: str, character: str) -> None:
    r"""Source: SOQL guide, quoted string escape sequences: \n \r \t \b \f \' \" \\, letters in either case."""
    assert unquoted(f"'a\\{letter}z'") == f"a{character}z"
    assert unquoted(f"'a\\{letter.upper()}z'") == f"a{character}z"
    assert like_pattern(f"'a\\{letter}z'").fullmatch(f"A{character}Z")


def test_no_other_letter_is_an_escape() -> None:
    """Source: same page: any other backslash sequence is an error."""
    for letter in set(string.printable) - set("".join(ESCAPES) + "".join(ESCAPES).upper()) - set("uU%_"):
        with pytest.raises(OrgError) as caught:
            unquoted(f"'a\\{letter}z'")
        assert caught.value.code == "MALFORMED_QUERY"


def test_wildcards_are_escaped_in_like_only() -> None:
    r"""Source: same page and the published grammar: \% and \_ belong to LIKE."""
    for wildcard in "%_":
        assert like_pattern(f"'\\{wildcard}'").fullmatch(wildcard)
        assert not like_pattern(f"'\\{wildcard}'").fullmatch("x")
        with pytest.raises(OrgError):
            unquoted(f"'\\{wildcard}'")


def test_unicode_escapes_have_four_digits() -> None:
    r"""Source: same page: \uXXXX; the published grammar refuses uffff."""
    assert unquoted("'\\u0041\\u00e9\\uD83D\\uDE00'") == "Aé😀"
    for wrong in ("'\\u004'", "'\\u00g1'", "'\\uffff'", "'\\uFFFF'"):
        with pytest.raises(OrgError):
            unquoted(wrong)


def test_a_line_break_ends_no_string() -> None:
    """Source: the published grammar: a raw line feed in a string is an error."""
    with pytest.raises(OrgError):
        unquoted("'a\nb'")


def quoted(text: str) -> str:
    """Return a text as a careful client writes it."""
    for character, escape in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(character, escape)
    return f"'{text}'"


@given(st.text())
def test_what_a_careful_client_writes_comes_back_as_it_was(text: str) -> None:
    assert unquoted(quoted(text)) == text


@given(st.text(alphabet="ab%_\\'.*\n", max_size=8), st.text(alphabet="ab%_\\'.*\n", max_size=8))
def test_an_escaped_like_pattern_matches_its_own_text_only(text: str, other: str) -> None:
    pattern = like_pattern(quoted(text).replace("%", "\\%").replace("_", "\\_"))
    assert pattern.fullmatch(text)
    assert bool(pattern.fullmatch(other)) == (text == other)
