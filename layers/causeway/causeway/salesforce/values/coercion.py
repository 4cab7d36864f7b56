"""Coerces product values to what a Salesforce field takes, by its describe."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from causeway.contract.outcomes import Warning
from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.ids import prefixes_of, valid_id
from causeway.salesforce.values.dates import (
    has_no_offset,
    salesforce_date,
    salesforce_datetime,
    salesforce_time,
)
from causeway.salesforce.values.emails import accepted_email
from causeway.salesforce.values.picklists import choice
from causeway.salesforce.values.texts import cut_to, is_blank, salesforce_length, storable, text_of

INT_LIMIT = 2**31  # Salesforce's int is one of 32 bits (SOAP API guide, Primitive Data Types)
MAX_MULTIPICKLIST_VALUES = 100  # Salesforce limit: values selected in one multi-select picklist

CUT_TYPES = frozenset({"string", "textarea"})
TEXT_TYPES = frozenset({"string", "textarea", "phone", "url", "combobox", "encryptedstring"})
NUMBER_TYPES = frozenset({"int", "long", "double", "currency", "percent"})

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_TRUE = frozenset({"true", "yes", "y", "on", "1"})
_FALSE = frozenset({"false", "no", "n", "off", "0"})


@dataclass(frozen=True, slots=True)
class Coerced:
    """The result of a coercion: the value to send when `keep`, else nothing is sent; the warnings say what was lost."""

    value: Any
    warnings: tuple[Warning, ...] = ()
    keep: bool = True


NOTHING = Coerced(None, (), keep=False)
Coercer = Callable[[FieldDescribe, Any], Coerced]


def coerced(field: FieldDescribe, value: Any, *, may_cut: bool = True) -> Coerced:
    """
    Return `value` as the field takes it; never raises.

    Only string and textarea values are cut to length, and not even they when they identify a record (external Id, unique,
    or `may_cut` false). Any other value that cannot be written is rejected with a warning. A blank value sends nothing.
    """
    if is_blank(value):
        return NOTHING
    coerce = _COERCERS.get(field.type)
    if coerce is None:
        return _rejected(
            field, "type_not_supported", f"{field.label} is of type {field.type}, which can not be written."
        )
    if field.type in CUT_TYPES and may_cut and not (field.external_id or field.unique):
        return _cut_text(field, value)
    return coerce(field, value)


def cleared(field: FieldDescribe) -> Coerced:
    """Return what empties the field: null, or false for a checkbox (a boolean is never null); nothing where it may not be empty."""
    if field.type == "boolean":
        return Coerced(False)
    if not field.nillable:
        return _rejected(field, "cannot_clear", f"{field.label} may not be empty, so null was ignored.")
    return Coerced(None)


def _rejected(field: FieldDescribe, code: str, detail: str) -> Coerced:
    return Coerced(None, (Warning(field.name, code, detail),), keep=False)


def _plain(field: FieldDescribe, value: Any) -> tuple[str | None, tuple[Warning, ...]]:
    text = text_of(value)
    if text is None:
        return None, ()
    kept, lossy = storable(text)
    if not lossy:
        return kept, ()
    detail = f"{field.label} held characters that Salesforce can not store; they were left out."
    return kept, (Warning(field.name, "characters_removed", detail),)


def _not_text(field: FieldDescribe, value: Any) -> Coerced:
    kind = "a list" if isinstance(value, (list, tuple)) else "an object" if isinstance(value, dict) else "no text"
    detail = f"{field.label} takes text, but the value is {kind}; use an expression such as join(', ', …) to make text of it."
    return _rejected(field, "type_mismatch", detail)


def _cut_text(field: FieldDescribe, value: Any) -> Coerced:
    text, warnings = _plain(field, value)
    if not text:
        return _not_text(field, value) if text is None else Coerced(None, warnings, keep=False)
    textarea = field.type == "textarea"
    if not field.length or salesforce_length(text, textarea=textarea) <= field.length:
        return Coerced(text, warnings)
    detail = f"{field.label} holds {field.length} characters; the text has {salesforce_length(text, textarea=textarea)} and was cut."
    kept = cut_to(text, field.length, textarea=textarea)
    return Coerced(kept, (*warnings, Warning(field.name, "cut", detail))) if kept else _too_long(field)


def _whole_text(field: FieldDescribe, value: Any) -> Coerced:
    text, warnings = _plain(field, value)
    if not text:
        return _not_text(field, value) if text is None else Coerced(None, warnings, keep=False)
    if field.length and salesforce_length(text, textarea=field.type == "textarea") > field.length:
        return _too_long(field)
    return Coerced(text, warnings)


def _too_long(field: FieldDescribe) -> Coerced:
    return _rejected(
        field, "too_long", f"{field.label} holds {field.length} characters; the longer value was left out."
    )


def _email(field: FieldDescribe, value: Any) -> Coerced:
    address = accepted_email(value)
    if address is None:
        return _rejected(
            field, "email_invalid", f"{field.label}: the org would refuse this e-mail address, so it was left out."
        )
    return _too_long(field) if field.length and len(address) > field.length else Coerced(address)


def _picklist(field: FieldDescribe, value: Any) -> Coerced:
    text, warnings = _plain(field, value)
    if not text:
        return _not_text(field, value) if text is None else Coerced(None, warnings, keep=False)
    found, refused = _listed(field, text)
    if refused:
        return refused
    if field.length and salesforce_length(found, textarea=False) > field.length:
        return _too_long(field)
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
    return "", _rejected(field, code, f"{field.label} is a restricted picklist and '{text[:80]}' {what}.")


def _multipicklist(field: FieldDescribe, value: Any) -> Coerced:
    parts = value if isinstance(value, (list, tuple)) else str(text_of(value) or "").split(";")
    chosen: dict[str, str] = {}
    for part in parts:
        text, _ = _plain(field, part)
        if text is None or ";" in text:
            return _rejected(field, "type_mismatch", f"{field.label} takes a list of texts without semicolons.")
        if text:
            found, refused = _listed(field, text)
            if refused:
                return refused
            chosen.setdefault(found.lower(), found)
    if len(chosen) > MAX_MULTIPICKLIST_VALUES:
        return _rejected(field, "too_many_values", f"{field.label} takes at most {MAX_MULTIPICKLIST_VALUES} values.")
    return _joined(field, list(chosen.values()))


def _joined(field: FieldDescribe, chosen: list[str]) -> Coerced:
    """Join in describe's order, as Salesforce stores a multi-select picklist."""
    last = len(field.picklist_values)
    text = ";".join(sorted(chosen, key=lambda item: field.positions.get(item.lower(), last)))
    if not text:
        return NOTHING
    return (
        _too_long(field) if field.length and salesforce_length(text, textarea=False) > field.length else Coerced(text)
    )


def exact_number(value: Any) -> Decimal | None:
    """Return a JSON number, or a text that spells one with a decimal point, exactly; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    return Decimal(value.strip()) if isinstance(value, str) and _NUMBER.fullmatch(value.strip()) else None


def rounded(value: Decimal, scale: int) -> Decimal | None:
    """Return `value` with `scale` decimals, halves away from zero as Salesforce rounds; None when it has too many digits."""
    try:
        return value.quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return None


def _number(field: FieldDescribe, value: Any) -> Coerced:
    exact = exact_number(value)
    if exact is None:
        return _rejected(field, "not_a_number", f"{field.label} takes a number; the value is none.")
    whole = field.type in ("int", "long")
    number = rounded(exact, 0 if whole else field.scale)
    room = (field.digits or field.precision) if whole else field.precision - field.scale
    too_wide = field.type == "int" and number is not None and not -INT_LIMIT <= number < INT_LIMIT
    if number is None or too_wide or (room > 0 and abs(number) >= 10**room):
        most = f"at most {room} digits before the decimal point" if room > 0 else "fewer digits"
        return _rejected(field, "number_too_large", f"{field.label} takes {most}; the value was left out.")
    return Coerced(int(number) if number == number.to_integral_value() else float(number))


def _boolean(field: FieldDescribe, value: Any) -> Coerced:
    if isinstance(value, bool):
        return Coerced(value)
    text = (text_of(value) or "").strip().lower()
    if text in _TRUE or text in _FALSE:
        return Coerced(text in _TRUE)
    return _rejected(field, "not_a_boolean", f"{field.label} takes true or false.")


def _date(field: FieldDescribe, value: Any) -> Coerced:
    day = salesforce_date(value) if isinstance(value, str) else None
    if day is None:
        return _rejected(field, "date_invalid", f"{field.label} takes a date such as 2026-11-20.")
    return Coerced(day)


def _datetime(field: FieldDescribe, value: Any) -> Coerced:
    moment = salesforce_datetime(value) if isinstance(value, str) else None
    if moment is not None:
        return Coerced(moment)
    if isinstance(value, str) and has_no_offset(value):
        return _rejected(
            field, "datetime_without_offset", f"{field.label} takes a moment with an offset; the value names none."
        )
    return _rejected(field, "datetime_invalid", f"{field.label} takes a moment such as 2026-11-20T10:00:00Z.")


def _time(field: FieldDescribe, value: Any) -> Coerced:
    moment = salesforce_time(value) if isinstance(value, str) else None
    return (
        Coerced(moment) if moment else _rejected(field, "time_invalid", f"{field.label} takes a time such as 09:30:00.")
    )


def _reference(field: FieldDescribe, value: Any) -> Coerced:
    full = valid_id(value)
    if full is None:
        return _rejected(field, "id_invalid", f"{field.label} takes a Salesforce Id; the value is none.")
    prefixes = prefixes_of(field.reference_to)
    if prefixes and not full.startswith(prefixes):
        expected = " or ".join(field.reference_to)
        return _rejected(
            field, "id_of_wrong_object", f"{field.label} refers to {expected}; the Id belongs to something else."
        )
    return Coerced(full)


_COERCERS: dict[str, Coercer] = {
    **dict.fromkeys(TEXT_TYPES, _whole_text),
    **dict.fromkeys(NUMBER_TYPES, _number),
    "email": _email,
    "picklist": _picklist,
    "multipicklist": _multipicklist,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "reference": _reference,
}


def is_supported(field: FieldDescribe) -> bool:
    """Return whether values of the field's type can be written at all (not address, location, base64, anyType, id)."""
    return field.type in _COERCERS
