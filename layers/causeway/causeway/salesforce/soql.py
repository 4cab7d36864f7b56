"""Builds SOQL: literals are escaped in one place, limits kept. No other module writes SOQL."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from causeway.errors import BrokenMapping, InvalidRecord
from causeway.salesforce.field_paths import name

MAX_QUERY_LENGTH = 100_000  # Salesforce limit: characters of one SOQL statement
MAX_OPEN_CHILDREN = 200  # of one record: more are not counted
MAX_STRING_LENGTH = 4_000  # Salesforce limit: characters of one string in a WHERE clause

_BARE = re.compile(r"[0-9T:.+Z-]+", re.ASCII)
_SPECIAL = re.compile("[\\\\'\"\x00-\x1f\x7f\ud800-\udfff]|@(?={)")  # @{ would be a reference in a composite call
_ESCAPES = {
    "\\": "\\\\",
    "'": "\\'",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
}
_WILDCARDS = {"%": "\\%", "_": "\\_"}


class Bare(str):
    """A date, a moment or a time as Salesforce stores it: a literal without quotes."""

    __slots__ = ()


def literal(value: str | bool | float | None) -> str:
    """
    Return a text, number, boolean or null as a SOQL literal.

    Raises InvalidRecord for a NUL, half of a surrogate pair, a number that is not finite, or a text over 4,000 characters.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, Bare):
        return _bare(value)
    return f"'{_within_limit(_escaped(value))}'"


def like(value: str, *, starts: bool = False) -> str:
    """Return the LIKE pattern of texts that contain (or start with) `value`, its own wildcards escaped."""
    escaped = "".join(_WILDCARDS.get(letter, letter) for letter in _escaped(value))
    return f"'{_within_limit(escaped if starts else '%' + escaped)}%'"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(_escape, text) if _SPECIAL.search(text) else text


def _escape(found: re.Match[str]) -> str:
    letter = found[0]
    if letter == "\x00" or letter >= "\ud800":
        raise InvalidRecord(
            "The value holds a character that Salesforce cannot store.", "Send it without control characters."
        )
    return _ESCAPES.get(letter) or f"\\u{ord(letter):04x}"


def _within_limit(escaped: str) -> str:
    if len(escaped) > MAX_STRING_LENGTH:
        raise InvalidRecord(
            f"The value is longer than {MAX_STRING_LENGTH:,} characters.", "Send or enter a shorter value."
        )
    return escaped


def _bare(value: Bare) -> str:
    if not _BARE.fullmatch(value):
        raise InvalidRecord("The value is no date, moment or time.", "Send it as RFC 3339, such as 2026-11-20.")
    return str(value)


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise InvalidRecord("The value is no number.", "Send digits with a dot for decimals.")
    return f"{Decimal(repr(value)):f}"


def moment(epoch_ms: int) -> str:
    """Return a moment as a datetime literal, unquoted and in UTC, to the second when it is a whole one."""
    whole, millis = divmod(epoch_ms, 1000)
    text = datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{millis:03d}Z" if millis else f"{text}Z"


def all_of(conditions: Iterable[str]) -> str:
    """Return the conditions joined by AND, each in parentheses (SOQL refuses a mix of AND and OR without them); empty for none."""
    return _group(conditions, " AND ")


def any_of(conditions: Iterable[str]) -> str:
    """Return the conditions joined by OR, each in parentheses; empty for none."""
    return _group(conditions, " OR ")


def _group(conditions: Iterable[str], joint: str) -> str:
    given = [text for text in conditions if text]
    return given[0] if len(given) == 1 else joint.join(f"({text})" for text in given)


def in_condition(field: str, values: Iterable[Any]) -> str:
    """Return `field IN (…)`; there must be a value, or Salesforce refuses the query."""
    return f"{field} IN ({','.join(literal(value) for value in values)})"


def in_chunks(values: Iterable[str], room: int, most: int) -> Iterator[list[str]]:
    """
    Split `values` so that each chunk's IN list takes at most `room` characters and `most` values.

    `room` is what the rest of the statement leaves of `MAX_QUERY_LENGTH`. Values that are no literal raise InvalidRecord.
    """
    chunk: list[str] = []
    used = 0
    for value in values:
        size = len(literal(value)) + 1
        if chunk and (used + size > room or len(chunk) >= most):
            yield chunk
            chunk, used = [], 0
        chunk.append(value)
        used += size
    if chunk:
        yield chunk


def open_children(relationship: str) -> str:
    """Return the column that reads the Ids of a record's children that are not closed, such as its Opportunities or Cases."""
    return (
        f"(SELECT Id FROM {name(relationship)} WHERE IsClosed = false AND IsDeleted = false LIMIT {MAX_OPEN_CHILDREN})"
    )


def select(
    sobject: str, fields: Iterable[str], where: str = "", *, order_by: str = "", limit: int | None = None
) -> str:
    """
    Return a SELECT statement; `fields` come from `field_paths.identifier`, `where` and `order_by` from this module.

    Repeated fields are named once, in any case. Raises BrokenMapping when Salesforce would refuse its length.
    """
    chosen: dict[str, str] = {}
    for field in fields:
        chosen.setdefault(field.lower(), field)
    parts = [f"SELECT {', '.join(chosen.values())} FROM {name(sobject)}"]
    if where:
        parts.append(f"WHERE {where}")
    if order_by:
        parts.append(f"ORDER BY {order_by}")
    if limit is not None:
        parts.append(f"LIMIT {limit:d}")
    text = " ".join(parts)
    if len(text) > MAX_QUERY_LENGTH:
        raise BrokenMapping(
            f"The query for {sobject} has {len(text):,} characters; Salesforce takes {MAX_QUERY_LENGTH:,}.",
            "Map fewer fields or shorten the filter.",
        )
    return text
