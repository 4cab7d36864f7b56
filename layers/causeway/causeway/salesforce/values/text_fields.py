"""How a text counts against a field's length, and what is sent of it: as the field's kind and the org's own count say. Pure."""

from __future__ import annotations

from collections.abc import Callable

from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.values.rich_texts import as_html, is_html, is_rich, plain_text
from causeway.salesforce.values.texts import cut_by, salesforce_length

BYTES = "bytes"
"""The stricter count of an org, learned from a refusal: UTF-8 bytes, a line break as two (Salesforce Help 000382141)."""

type Measure = Callable[[str], int]


def measure_of(field: FieldDescribe) -> Measure:
    """Return what counts the length of plain text in a field: of rich text areas with entities and line break elements."""
    stored = stored_length(field)
    return (lambda text: stored(as_html(text))) if is_rich(field) else stored


def sent_text(field: FieldDescribe, text: str) -> str:
    """Return what is sent of plain text."""
    return as_html(text) if is_rich(field) else text


def shown_text(field: FieldDescribe, stored: str) -> str:
    """Return what people read of what a field holds."""
    return plain_text(stored) if is_rich(field) else stored


def fitted_text(field: FieldDescribe, text: str) -> tuple[str, int]:
    """
    Return what is sent of a text that may be HTML, cut to the field's length, and the length that it had if it was cut, else 0.

    HTML is never cut inside: what does not fit goes as plain text.
    """
    if is_rich(field) and is_html(text):
        length = stored_length(field)(text)
        return (text, 0) if _fits(field, length) else (_cut(field, plain_text(text)), length)
    length = measure_of(field)(text)
    return (sent_text(field, text), 0) if _fits(field, length) else (_cut(field, text), length)


def refitted_text(field: FieldDescribe, stored: str) -> str:
    """Return what a field is to store, cut to its length; rich text loses its formatting where it is cut."""
    return stored if _fits(field, stored_length(field)(stored)) else _cut(field, shown_text(field, stored))


def _cut(field: FieldDescribe, text: str) -> str:
    return sent_text(field, cut_by(text, field.length, measure_of(field)))


def _fits(field: FieldDescribe, length: int) -> bool:
    return not field.length or length <= field.length


def stored_length(field: FieldDescribe) -> Measure:
    """Return what counts the length of what a field stores."""
    textarea = field.type == "textarea"
    if field.text_count == BYTES:
        return lambda text: len(text.encode("utf-8", "surrogatepass")) + (text.count("\n") if textarea else 0)
    return lambda text: salesforce_length(text, textarea=textarea)
