"""Coerces numbers, checkboxes, moments and references."""

from __future__ import annotations

from typing import Any

from causeway.contract.outcomes import Warning
from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.ids import prefixes_of, valid_id
from causeway.salesforce.values.coerced import Coerced, rejected
from causeway.salesforce.values.dates import (
    has_no_offset,
    moment_of_epoch,
    salesforce_date,
    salesforce_datetime,
    salesforce_time,
)
from causeway.salesforce.values.numbers import Reading, exact_number, read_number, rounded, sent_number
from causeway.salesforce.values.texts import text_of

INT_LIMIT = 2**31  # Salesforce's int is one of 32 bits (SOAP API guide, Primitive Data Types)
_TRUE = frozenset({"true", "yes", "y", "on", "1"})
_FALSE = frozenset({"false", "no", "n", "off", "0"})


def number_value(field: FieldDescribe, value: Any) -> Coerced:
    read = read_number(value)
    fault = _number_fault(field, read)
    if read.number is None or fault:
        return fault or rejected(field, "not_a_number", f"{field.label} takes a number; the value is none.")
    whole = field.type in ("int", "long")
    number = rounded(read.number, 0 if whole else field.scale)
    room = (field.digits or field.precision) if whole else field.precision - field.scale
    too_wide = field.type == "int" and number is not None and not -INT_LIMIT <= number < INT_LIMIT
    if number is None or too_wide or (room > 0 and abs(number) >= 10**room):
        most = f"at most {room} digits before the decimal point" if room > 0 else "fewer digits"
        return rejected(field, "number_too_large", f"{field.label} takes {most}; the value was left out.")
    return Coerced(sent_number(number), _fraction_warning(field, read))


def _number_fault(field: FieldDescribe, read: Reading) -> Coerced | None:
    if read.ambiguous:
        detail = f"{field.label}: the comma may separate thousands or decimals, so the value was left out."
        return rejected(field, "number_ambiguous", detail)
    if read.percent and field.type != "percent":
        detail = f"{field.label} is no percent field, so it is unclear what a percentage means there; it was left out."
        return rejected(field, "number_ambiguous", detail)
    return None


def _fraction_warning(field: FieldDescribe, read: Reading) -> tuple[Warning, ...]:
    """Warn of a value such as 0.9 in a percent field: it is stored as 0.9 %, though a product may mean 90 %."""
    if field.type != "percent" or read.percent or read.number is None or not 0 < abs(read.number) < 1:
        return ()
    detail = f"{field.label} is a percent field, so {read.number} was written as {read.number} %, not as {read.number * 100:f} %."
    return (Warning(field.name, "percent_of_one", detail),)


def boolean_value(field: FieldDescribe, value: Any) -> Coerced:
    if isinstance(value, bool):
        return Coerced(value)
    text = (text_of(value) or "").strip().lower()
    if text in _TRUE or text in _FALSE:
        return Coerced(text in _TRUE)
    return rejected(field, "not_a_boolean", f"{field.label} takes true or false.")


def date_value(field: FieldDescribe, value: Any) -> Coerced:
    day = salesforce_date(value) if isinstance(value, str) else None
    if day is None:
        return rejected(field, "date_invalid", f"{field.label} takes a date such as 2026-11-20.")
    return Coerced(day)


def datetime_value(field: FieldDescribe, value: Any) -> Coerced:
    moment = salesforce_datetime(value) if isinstance(value, str) else None
    if moment is not None:
        return Coerced(moment)
    if moment := moment_of_epoch(exact_number(value)):
        detail = f"{field.label} takes a moment; the number was read as time since 1970 and became {moment}."
        return Coerced(moment, (Warning(field.name, "read_as_epoch", detail),))
    if isinstance(value, str) and has_no_offset(value):
        return rejected(
            field, "datetime_without_offset", f"{field.label} takes a moment with an offset; the value names none."
        )
    return rejected(field, "datetime_invalid", f"{field.label} takes a moment such as 2026-11-20T10:00:00Z.")


def time_value(field: FieldDescribe, value: Any) -> Coerced:
    moment = salesforce_time(value) if isinstance(value, str) else None
    return (
        Coerced(moment) if moment else rejected(field, "time_invalid", f"{field.label} takes a time such as 09:30:00.")
    )


def reference_value(field: FieldDescribe, value: Any) -> Coerced:
    full = valid_id(value)
    if full is None:
        return rejected(field, "id_invalid", f"{field.label} takes a Salesforce Id; the value is none.")
    prefixes = prefixes_of(field.reference_to)
    if prefixes and not full.startswith(prefixes):
        expected = " or ".join(field.reference_to)
        return rejected(
            field, "id_of_wrong_object", f"{field.label} refers to {expected}; the Id belongs to something else."
        )
    return Coerced(full)
