"""The result of a coercion, and what every coercion says alike."""

from __future__ import annotations

from typing import Any, NamedTuple

from causeway.contract.outcomes import Warning
from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.values.texts import storable, text_of


class Coerced(NamedTuple):
    """The result of a coercion: the value to send when `keep`, else nothing is sent; the warnings say what was lost."""

    value: Any
    warnings: tuple[Warning, ...] = ()
    keep: bool = True


NOTHING = Coerced(None, (), keep=False)


def rejected(field: FieldDescribe, code: str, detail: str) -> Coerced:
    return Coerced(None, (Warning(field.name, code, detail),), keep=False)


def plain(field: FieldDescribe, value: Any) -> tuple[str | None, tuple[Warning, ...]]:
    text = text_of(value)
    if text is None:
        return None, ()
    kept, lossy = storable(text)
    if not lossy:
        return kept, ()
    detail = f"{field.label} held characters that Salesforce cannot store; they were left out."
    return kept, (Warning(field.name, "characters_removed", detail),)


def not_text(field: FieldDescribe, value: Any) -> Coerced:
    kind = "a list" if isinstance(value, (list, tuple)) else "an object" if isinstance(value, dict) else "no text"
    detail = f"{field.label} takes text, but the value is {kind}; use an expression such as join(', ', …) to make text of it."
    return rejected(field, "type_mismatch", detail)


def too_long(field: FieldDescribe) -> Coerced:
    return rejected(field, "too_long", f"{field.label} holds {field.length} characters; the longer value was left out.")
