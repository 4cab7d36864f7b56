"""How long a text is against its field's length, and what a rich text area stores of it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...schema.sobjects import FieldType
from . import facts

MOST_PER_CHARACTER = 6
"""No character counts more, in bytes or as an entity: a shorter text need not be counted."""
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|&(?:[A-Za-z]+|#\d+|#x[0-9A-Fa-f]+);|[&<>\"']")


@dataclass(frozen=True, slots=True)
class ValueRules:
    """
    The settings of the org that decide what a value may be.

    `multiline` says how a text area counts: `characters`, `line_breaks` (each counts two) or `bytes` (UTF-8).
    """

    wide_email: bool = False
    multiline: str = "line_breaks"
    entities_count: bool = True


DEFAULT_RULES = ValueRules()
WIDE = ValueRules(wide_email=True)
"""The rules of keys and of loaded rows, which may be what the org would not take today."""


def is_rich(field: FieldType) -> bool:
    """Say whether a field holds HTML that people write: a rich text area."""
    return field.html_formatted and field.type == "textarea"


def as_rich_text(text: str) -> str:
    """Return a text as a rich text area stores it: tags and entities stay, other special characters become entities."""
    return _MARKUP.sub(lambda match: facts.RICH_TEXT_ENTITIES.get(match[0], match[0]), text)


def counted_length(field: FieldType, given: str, stored: str, rules: ValueRules) -> int:
    """Return the length that counts against the field's: of what is stored, or of what was given."""
    text = stored if rules.entities_count else given
    return length_of(text, field.type, rules.multiline)


def length_of(text: str, field_type: str, multiline: str = "line_breaks") -> int:
    """Return a text's length as Salesforce counts it: UTF-16 units; of text areas as the setting says."""
    if field_type == "textarea" and multiline == "bytes":
        return len(text.encode("utf-8", "surrogatepass"))
    length = len(text)
    if facts.LENGTH_IN_UTF16_UNITS and not text.isascii():
        length = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if field_type == "textarea" and multiline == "line_breaks":
        length += (facts.TEXTAREA_NEWLINE_LENGTH - 1) * (text.count("\n") - text.count("\r\n"))
    return length
