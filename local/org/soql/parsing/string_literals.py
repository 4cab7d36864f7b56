"""Quoted strings of SOQL: which escapes they may hold and what they mean (SOQL guide, quoted string escape sequences)."""

from __future__ import annotations

import re

from ..language import facts
from ..language.errors import malformed

_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "'": "'", '"': '"', "\\": "\\"}
_LIKE_ESCAPES = "%_"
_UNICODE_ESCAPE = re.compile(r"[uU][0-9A-Fa-f]{4}")
_ESCAPE = re.compile(r"\\([uU][0-9A-Fa-f]{4}|.)", re.DOTALL)
_NOT_A_CHARACTER = "uffff"


def unquoted(quoted: str) -> str:
    """Return the text of a quoted string; raise MALFORMED_QUERY for a line break or an escape that SOQL does not have."""
    body = _body(quoted)
    return body if "\\" not in body else _combined(_ESCAPE.sub(_plain_character, body))


def like_pattern(quoted: str) -> re.Pattern[str]:
    r"""
    Return the pattern of a LIKE string: `%` any run of characters, `_` any one, `\%` and `\_` themselves.

    Case never matters; a line break counts as a character.
    """
    parts: list[str] = []
    body, position = _body(quoted), 0
    for found in _ESCAPE.finditer(body):
        parts.append(_wildcards(body[position : found.start()]))
        escaped = found[1]
        parts.append(re.escape(escaped if escaped in _LIKE_ESCAPES else _combined(_plain_character(found))))
        position = found.end()
    parts.append(_wildcards(body[position:]))
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def _body(quoted: str) -> str:
    body = quoted[1:-1]
    if "\n" in body:
        raise malformed("Newline")
    return body


def _wildcards(text: str) -> str:
    return "".join(".*" if each == "%" else "." if each == "_" else re.escape(each) for each in text)


def _plain_character(found: re.Match[str]) -> str:
    escaped = found[1]
    if _UNICODE_ESCAPE.fullmatch(escaped):
        if escaped.lower() == _NOT_A_CHARACTER:
            raise malformed("Invalid Unicode Character")
        return chr(int(escaped[1:], 16))
    plain = _SIMPLE_ESCAPES.get(escaped.lower())
    if plain is None or (plain == "\f" and not facts.FORM_FEED_ESCAPE):
        raise malformed("Invalid Escape Character")
    return plain


def _combined(text: str) -> str:
    """Return text with the two halves of an escaped astral character as one."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
