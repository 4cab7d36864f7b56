"""Compares two values of a field as Salesforce stores them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.ids import to18, valid_id
from causeway.salesforce.values.coercion import NUMBER_TYPES
from causeway.salesforce.values.dates import salesforce_date, salesforce_datetime, salesforce_time
from causeway.salesforce.values.numbers import exact_number, rounded
from causeway.salesforce.values.rich_texts import is_rich, same_rich_text
from causeway.salesforce.values.texts import is_blank, stored_lines, text_of


def same_value(field: FieldDescribe, current: Any, desired: Any) -> bool:
    """
    Return whether writing `desired` over `current` would change nothing in Salesforce.

    Compared as Salesforce stores them: trimmed text with one kind of line break, canonical picklist values, sets of
    multi-select values, numbers at the field's scale, moments in whole seconds, a null checkbox as false, rich text by what it shows.
    """
    if field.type == "boolean":
        return bool(current) == bool(desired)
    if is_blank(current) or is_blank(desired):
        return is_blank(current) and is_blank(desired)
    if is_rich(field) and isinstance(current, str) and isinstance(desired, str):
        return same_rich_text(current, desired)
    return bool(current == desired or _stored(field, current) == _stored(field, desired))


def stored_text(field: FieldDescribe, value: Any) -> str:
    """Return a text that is the same for every value of which `same_value` is true; empty for a blank value and a cleared checkbox."""
    if is_blank(value) or (field.type == "boolean" and not value):
        return ""
    stored = _stored(field, value)
    return ";".join(sorted(stored)) if isinstance(stored, frozenset) else str(stored)


def _stored(field: FieldDescribe, value: Any) -> Any:
    """Return a value in the form in which equal stored values are equal."""
    if field.type in NUMBER_TYPES:
        exact = exact_number(value)
        return rounded(exact, 0 if field.type in ("int", "long") else field.scale) if exact is not None else value
    text = text_of(value)
    if text is None:
        return value
    comparable = _COMPARABLE.get(field.type)
    return comparable(text) if comparable else stored_lines(text)


def _folded(text: str) -> str:
    return text.strip().lower()


def _set(text: str) -> frozenset[str]:
    return frozenset(part.strip().lower() for part in text.split(";") if part.strip())


def _full_id(text: str) -> str:
    return to18(text) if valid_id(text) else text


_COMPARABLE: dict[str, Callable[[str], Any]] = {
    "email": _folded,
    "picklist": _folded,
    "multipicklist": _set,
    "date": lambda text: salesforce_date(text) or text,
    "datetime": lambda text: salesforce_datetime(text) or text,
    "time": lambda text: salesforce_time(text) or text,
    "reference": _full_id,
    "id": _full_id,
}
