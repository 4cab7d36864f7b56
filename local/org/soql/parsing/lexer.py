"""
SOQL's tokens, by one compiled regular expression.

Words follow Salesforce's published grammar (@salesforce/soql-common): dots belong to the word, so `Account.Name` is one
token. A run of plain strings, as in a long IN list, is one token too, so that a list of a thousand costs little.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..language.errors import malformed, unexpected

MAX_CHARACTERS = 100_000  # Salesforce limit: SOQL statement length, limits cheat sheet

_NEVER_NAMES = """
and or true false with for limit where else rollup cube having includes excludes in not by asc desc nulls select
from lookup as using null update first last like bind hierarchical
"""
_ALSO_NAMES = """
data category at above below above_or_below offset view reference typeof when then end distance geolocation group
order case fields count scope flat
"""
KEYWORDS_NEVER_NAMES = frozenset(_NEVER_NAMES.split())
"""Words that can name no field, sObject, function or alias."""

KEYWORDS_ALSO_NAMES = frozenset(_ALSO_NAMES.split())
"""Words with a meaning of their own that may be names too (the grammar's parseReservedForFieldName)."""

_SPACE = r"[ \t\r\n]*"
_PLAIN_STRING = r"'[^'\\\n]*'"
_CLOCK = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[zZ]|[+-][0-9]{2}:?[0-9]{2})"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TOKEN = re.compile(
    rf"""{_SPACE}(?:
      (?P<word>[A-Za-z][A-Za-z0-9_.\u0080-\ufffe\U00010000-\U0010ffff]*)
    | (?P<strings>{_PLAIN_STRING}(?:{_SPACE},{_SPACE}{_PLAIN_STRING})+)
    | (?P<string>'(?:[^'\\]|\\.)*')
    | (?P<datetime>{_DAY}[tT]{_CLOCK})
    | (?P<date>{_DAY})
    | (?P<time>{_CLOCK})
    | (?P<decimal>[0-9]*\.[0-9]+)
    | (?P<integer>[0-9]+)
    | (?P<symbol>!=|<>|[-+*/(),=<>:])
    )""",
    re.VERBOSE | re.DOTALL,
)
_TRAILING_SPACE = re.compile(r"[ \t\r\n]*\Z")


class Token(NamedTuple):
    """One token: its kind, its text as written and its offset. Keywords and symbols are their own kind, in lower case."""

    kind: str
    text: str
    at: int


def tokens_of(statement: str) -> list[Token]:
    """Return the tokens of a statement, closed by one of kind `eof`; raise MALFORMED_QUERY where there is none."""
    if len(statement) > MAX_CHARACTERS:
        raise malformed(f"SOQL statements can not be longer than {MAX_CHARACTERS} characters")
    tokens: list[Token] = []
    position = 0
    while found := _TOKEN.match(statement, position):
        group = str(found.lastgroup)
        text = found[group]
        tokens.append(Token(_kind(group, text), text, found.start(group)))
        position = found.end()
    if not _TRAILING_SPACE.match(statement, position):
        raise _no_token(statement, position)
    tokens.append(Token("eof", "<EOF>", len(statement)))
    return tokens


def _kind(group: str, text: str) -> str:
    if group == "symbol":
        return text
    if group == "word":
        lowered = text.lower()
        if lowered in KEYWORDS_NEVER_NAMES or lowered in KEYWORDS_ALSO_NAMES:
            return lowered
    return group


def _no_token(statement: str, position: int) -> Exception:
    rest = statement[position:].lstrip(" \t\r\n")
    at = len(statement) - len(rest)
    if rest.startswith("'"):
        return unexpected("<EOF>")
    row, column = statement.count("\n", 0, at) + 1, at - (statement.rfind("\n", 0, at) + 1)
    return malformed(f"line {row}:{column} unexpected token: '{rest[0]}'")
