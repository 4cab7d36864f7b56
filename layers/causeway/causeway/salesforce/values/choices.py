"""Coerces values of picklists and multi-select picklists."""

from __future__ import annotations

from typing import Any

from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.values.coerced import NOTHING, Coerced, not_text, plain, rejected, too_long
from causeway.salesforce.values.picklists import choice
from causeway.salesforce.values.texts import is_blank, salesforce_length, text_of

MAX_MULTIPICKLIST_VALUES = 100  # Salesforce limit: values selected in one multi-select picklist


def picklist_value(field: FieldDescribe, value: Any) -> Coerced:
    text, warnings = plain(field, value)
    if not text:
        return not_text(field, value) if text is None else Coerced(None, warnings, keep=False)
    found, refused = _listed(field, text)
    if refused:
        return refused
    if field.length and salesforce_length(found, textarea=False) > field.length:
        return too_long(field)
    return Coerced(found, warnings)


def _listed(field: FieldDescribe, text: str) -> tuple[str, Coerced | None]:
    """Return the value as Salesforce stores it; an unrestricted picklist takes any text."""
    item = choice(field, text)
    if item and item.active:
        return item.value, None
    if not field.restricted_picklist:
        return (item.value if item else text), None
    code, what = (
        ("picklist_value_inactive", "is inactive") if item else ("picklist_value_unknown", "is no value or label of it")
    )
    return "", rejected(field, code, f"{field.label} is a restricted picklist and '{text[:80]}' {what}.")


def multipicklist_value(field: FieldDescribe, value: Any) -> Coerced:
    members = _members(value)
    if members is None:
        return rejected(field, "type_mismatch", f"{field.label} takes a list of texts; the value is none.")
    chosen: dict[str, str] = {}
    for part in members:
        text, _ = plain(field, part)
        if text:
            found, refused = _listed(field, text)
            if refused:
                return refused
            chosen.setdefault(found.lower(), found)
    if len(chosen) > MAX_MULTIPICKLIST_VALUES:
        return rejected(field, "too_many_values", f"{field.label} takes at most {MAX_MULTIPICKLIST_VALUES} values.")
    return _joined(field, list(chosen.values()))


def _members(value: Any) -> list[str] | None:
    """
    Return the members of a multi-select as forms send them, blank ones left out; None when it is none.

    A text with semicolons, a list, or an object whose keys are the indices of a list (`{"0": "Events", "2": "News"}`).
    """
    if isinstance(value, dict):
        if not all(isinstance(name, str) and name.isascii() and name.isdigit() for name in value):
            return None
        value = [value[name] for name in sorted(value, key=int)]
    parts = value if isinstance(value, (list, tuple)) else [value]
    texts = [text_of(part) for part in parts if not is_blank(part)]
    if None in texts:
        return None
    return [member for text in texts if text for member in text.split(";") if not is_blank(member)]


def _joined(field: FieldDescribe, chosen: list[str]) -> Coerced:
    """Join in describe's order, as Salesforce stores a multi-select picklist."""
    last = len(field.picklist_values)
    text = ";".join(sorted(chosen, key=lambda item: field.positions.get(item.lower(), last)))
    if not text:
        return NOTHING
    return too_long(field) if field.length and salesforce_length(text, textarea=False) > field.length else Coerced(text)
