"""Builds SOQL: names are checked against describe, literals escaped in one place, limits kept. No other module writes SOQL."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from causeway.errors import BrokenMapping, InvalidRecord
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe

MAX_QUERY_LENGTH = 100_000  # Salesforce limit: characters of one SOQL statement
MAX_STRING_LENGTH = 4_000  # Salesforce limit: characters of one string in a WHERE clause
MAX_RELATIONSHIP_DEPTH = 5  # Salesforce limit: levels from child to parent

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}", re.ASCII)
_BARE = re.compile(r"[0-9T:.+Z-]+", re.ASCII)
_SPECIAL = re.compile("[\\\\'\"\x00-\x1f\x7f\ud800-\udfff]")
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

Related = Mapping[str, SObjectDescribe]


class Bare(str):
    """A date, a moment or a time as Salesforce stores it: a literal without quotes."""

    __slots__ = ()


def name(text: str) -> str:
    """Return `text` if it can be the name of an sObject, field or relationship; raises BrokenMapping otherwise."""
    if not _NAME.fullmatch(text):
        raise BrokenMapping(f"'{text[:80]}' is no Salesforce name.", "Correct the name in the sync.")
    return text


def identifier(describe: SObjectDescribe, path: str, related: Related | None = None) -> str:
    """
    Return a field path such as `Email` or `Account.Owner.Name` as describe spells it.

    The first step must be in `describe`; further steps are checked where `related` has the parent's describe and otherwise
    need only be names. Raises BrokenMapping.
    """
    *parents, last = path.split(".")
    if len(parents) > MAX_RELATIONSHIP_DEPTH:
        raise BrokenMapping(
            f"{path} crosses more than {MAX_RELATIONSHIP_DEPTH} relationships.", "Choose a nearer field."
        )
    steps: list[str] = []
    here: SObjectDescribe | None = describe
    for step in parents:
        lookup = _step(here, path, step, relationship=True)
        steps.append(lookup.relationship_name if lookup else name(step))
        here = (related or {}).get(parent_of(lookup) or "") if lookup else None
    found = _step(here, path, last, relationship=False)
    return ".".join([*steps, found.name if found else name(last)])


def _step(here: SObjectDescribe | None, path: str, step: str, *, relationship: bool) -> FieldDescribe | None:
    """Return the field of one step, None when the describe of its sObject is not known."""
    if here is None:
        return None
    found = here.relationship(step) if relationship else here.field(step)
    if found is None:
        raise BrokenMapping(
            f"{here.label or here.name} has no field {path}, or the connected user may not see it.",
            "Correct the field in the sync, or give the connected user access to it.",
        )
    return found


def field_at(describe: SObjectDescribe, path: str, related: Related | None = None) -> FieldDescribe | None:
    """Return the field at the end of a path, None when a step or the describe of its sObject is not known."""
    *parents, last = path.split(".")
    here: SObjectDescribe | None = describe
    for step in parents:
        lookup = here.relationship(step) if here else None
        here = (related or {}).get(parent_of(lookup) or "") if lookup else None
    return here.field(last) if here else None


def parent_of(lookup: FieldDescribe) -> str | None:
    """Return the sObject that a lookup refers to: User for an owner that may also be a queue, None for other choices."""
    if len(lookup.reference_to) == 1:
        return lookup.reference_to[0]
    return "User" if "User" in lookup.reference_to else None


def related_describes(
    describe: SObjectDescribe, paths: Iterable[str], described: Callable[[str], SObjectDescribe | None]
) -> dict[str, SObjectDescribe]:
    """
    Return the describes of the sObjects that the paths lead through, by name.

    `described` gives None for an sObject that the connected user cannot see; it is called once for each.
    """
    found: dict[str, SObjectDescribe | None] = {}
    for path in paths:
        here: SObjectDescribe | None = describe
        for step in path.split(".")[:-1]:
            lookup = here.relationship(step) if here else None
            parent = parent_of(lookup) if lookup else None
            if parent and parent not in found:
                found[parent] = described(parent)
            here = found.get(parent) if parent else None
    return {name: item for name, item in found.items() if item}


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
            "The value holds a character that Salesforce can not store.", "Send it without control characters."
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


def select(
    sobject: str, fields: Iterable[str], where: str = "", *, order_by: str = "", limit: int | None = None
) -> str:
    """
    Return a SELECT statement; `fields` come from `identifier`, `where` and `order_by` from this module.

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
