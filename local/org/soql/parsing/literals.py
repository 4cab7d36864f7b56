"""Numbers, strings, dates and the other values that a statement spells out."""

from __future__ import annotations

import re

from ..language.date_literals import is_period
from ..language.syntax import Literal
from .string_literals import like_pattern, unquoted
from .token_cursor import Cursor

_CURRENCY = re.compile(r"[A-Za-z]{3}[0-9]+\.*[0-9]*")
_PLAIN_STRINGS = re.compile(r"'([^'\\\n]*)'")
_WHOLE_LITERALS = frozenset({"date", "datetime", "time"})


def parse_integer(cursor: Cursor) -> int:
    """Return a whole number, perhaps signed."""
    sign = cursor.take().kind if cursor.kind in ("+", "-") else "+"
    return int(cursor.expect("integer").text) * (-1 if sign == "-" else 1)


def parse_number(cursor: Cursor) -> int | float:
    """Return a number, perhaps signed."""
    sign = cursor.take().kind if cursor.kind in ("+", "-") else "+"
    if cursor.kind not in ("integer", "decimal"):
        raise cursor.refusal()
    token = cursor.take()
    value = int(token.text) if token.kind == "integer" else float(token.text)
    return -value if sign == "-" else value


def parse_literals(cursor: Cursor) -> tuple[Literal, ...]:
    """Return one or more literals with commas between them."""
    found = _some_literals(cursor)
    while cursor.accept(","):
        found += _some_literals(cursor)
    return tuple(found)


def _some_literals(cursor: Cursor) -> list[Literal]:
    if cursor.kind != "strings":
        return [parse_literal(cursor)]
    token = cursor.take()
    return [Literal("string", text, token.at) for text in _PLAIN_STRINGS.findall(token.text)]


def parse_literal_string(cursor: Cursor) -> Literal:
    """Return one quoted string."""
    token = cursor.expect("string")
    return Literal("string", unquoted(token.text), token.at)


def parse_literal(cursor: Cursor) -> Literal:
    """Return one literal."""
    if cursor.kind == "string":
        return parse_literal_string(cursor)
    return _unquoted_literal(cursor)


def parse_like_literal(cursor: Cursor) -> Literal:
    """Return what LIKE compares with: a string becomes a compiled pattern, anything else stays as it is."""
    if cursor.kind == "string":
        token = cursor.take()
        return Literal("pattern", like_pattern(token.text), token.at)
    return _unquoted_literal(cursor)


def _unquoted_literal(cursor: Cursor) -> Literal:
    token = cursor.token
    if cursor.kind in ("integer", "decimal", "+", "-"):
        return Literal("number", parse_number(cursor), token.at)
    if cursor.kind in ("true", "false"):
        return Literal("boolean", cursor.take().kind == "true", token.at)
    if cursor.kind == "null":
        cursor.take()
        return Literal("null", None, token.at)
    if cursor.kind in _WHOLE_LITERALS:
        cursor.take()
        return Literal(token.kind, token.text, token.at)
    return _word_literal(cursor)


def _word_literal(cursor: Cursor) -> Literal:
    if cursor.kind != "word":
        raise cursor.refusal()
    token = cursor.token
    if is_period(token.text):
        cursor.take()
        number = int(cursor.expect("integer").text) if cursor.accept(":") else None
        return Literal("date_formula", (token.text.upper(), number), token.at)
    if _CURRENCY.fullmatch(token.text):
        cursor.take()
        return Literal("currency", token.text, token.at)
    raise cursor.refusal()
