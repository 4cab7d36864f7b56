"""From a JSON value to the value a field stores: one function per field type. Pure."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from ...schema.ids import normalized
from ...schema.sobjects import FieldType
from ...wire.messages import OrgError
from . import facts
from .save_results import RecordError
from .text_values import (
    DEFAULT_RULES,
    MOST_PER_CHARACTER,
    ValueRules,
    as_rich_text,
    counted_length,
    is_rich,
)

INT_LIMIT = 2**31
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_WIDE_ATOM = r"[^\s@.,;:<>()\[\]\\\"\x00-\x1f]"
_WIDE_LABEL = r"[^\W_]([\w-]*[^\W_])?"
_LABELS = "{1,}" if facts.EMAIL_DOMAIN_NEEDS_A_DOT else "*"
_ASCII_EMAIL = re.compile(rf"{_ATOM}+(\.{_ATOM}+)*@{_LABEL}(\.{_LABEL}){_LABELS}")
_WIDE_EMAIL = re.compile(rf"{_WIDE_ATOM}+(\.{_WIDE_ATOM}+)*@{_WIDE_LABEL}(\.{_WIDE_LABEL}){_LABELS}")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?Z?")
_DATETIME = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?")

type Coercion = Callable[[FieldType, Any, ValueRules], Any]


def stored(field: FieldType, value: Any, rules: ValueRules = DEFAULT_RULES) -> Any:
    """
    Return the value as the field stores it (None: no value).

    Raise OrgError for a JSON value that cannot be read as the field's type, which fails the whole request, and
    RecordError for one that the field's own rules refuse.
    """
    if value is None or (value == "" and facts.EMPTY_STRING_IS_NULL):
        return False if field.type == "boolean" and facts.NULL_CHECKBOX_IS_FALSE else None
    coercion: Coercion = COERCIONS.get(field.type, _text)
    return coercion(field, value, rules)


def is_email(address: str, *, wide: bool = False) -> bool:
    """Say whether Salesforce takes the address; `wide`: the org has internationalized email turned on."""
    return (_WIDE_EMAIL if wide and not address.isascii() else _ASCII_EMAIL).fullmatch(address) is not None


def unreadable(field: FieldType, value: Any) -> OrgError:
    """Return the parser's refusal of a JSON value that is not of the field's type."""
    return OrgError(
        facts.WRONG_JSON_TYPE_CODE,
        f"Cannot deserialize instance of {field.type} from {_json_token(value)} or request may be missing a required field "
        "at [line:1, column:1]",
    )


def _json_token(value: Any) -> str:
    """Return the name and text of a JSON value's first token, as the parser's messages have them."""
    if isinstance(value, bool):
        return "VALUE_TRUE value true" if value else "VALUE_FALSE value false"
    if isinstance(value, str):
        return f"VALUE_STRING value {value}"
    if isinstance(value, int | float):
        return f"VALUE_NUMBER_{'INT' if isinstance(value, int) else 'FLOAT'} value {value}"
    return "START_ARRAY value [" if isinstance(value, list) else "START_OBJECT value {"


def _string(field: FieldType, value: Any) -> str | None:
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, int | float):
        value = str(value)
    elif not isinstance(value, str):
        raise unreadable(field, value)
    return (value.strip() if facts.STRINGS_ARE_TRIMMED else value) or None


def _text(field: FieldType, value: Any, rules: ValueRules) -> str | None:
    given = _string(field, value)
    if given is None:
        return None
    text = as_rich_text(given) if is_rich(field) else given
    is_near = len(text) * MOST_PER_CHARACTER > field.length > 0
    if is_near and counted_length(field, given, text, rules) > field.length:
        shown = given if len(given) <= 255 else given[:255]
        raise RecordError(
            "STRING_TOO_LONG", f"{field.label}: data value too large: {shown} (max length={field.length})", [field.name]
        )
    return text


def _email(field: FieldType, value: Any, rules: ValueRules) -> str | None:
    address = _text(field, value, rules)
    if address is not None and not is_email(address, wide=rules.wide_email):
        raise RecordError("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {address}", [field.name])
    return address


def _picklist(field: FieldType, value: Any, rules: ValueRules) -> str | None:
    choice = _text(field, value, rules)
    if choice is None:
        return None
    entry = field.picklist_value(choice)
    if field.restricted_picklist and (entry is None or not entry.active):
        raise bad_picklist_value(field, choice)
    known = entry is not None and (field.restricted_picklist or facts.UNRESTRICTED_PICKLIST_IS_CANONICAL)
    return entry.value if entry is not None and known else choice


def bad_picklist_value(field: FieldType, choice: str) -> RecordError:
    """Return the refusal of a value that a restricted picklist does not have."""
    return RecordError(
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        f"{field.label}: bad value for restricted picklist field: {choice}",
        [field.name],
    )


def _multipicklist(field: FieldType, value: Any, rules: ValueRules) -> str | None:
    text = _string(field, value)
    if text is None:
        return None
    chosen = dict.fromkeys(_picklist(field, part, rules) for part in text.split(";") if part.strip())
    if len(chosen) > facts.MULTIPICKLIST_MOST_VALUES:
        raise bad_picklist_value(field, text)
    return ";".join(part for part in chosen if part) or None


def _boolean(field: FieldType, value: Any, rules: ValueRules) -> bool:
    if isinstance(value, bool):
        return value
    known = {"true": True, "1": True, "false": False, "0": False}
    if isinstance(value, str) and value.strip().lower() in known:
        return known[value.strip().lower()]
    if value in (0, 1) and isinstance(value, int):
        return bool(value)
    raise unreadable(field, value)


def _number(field: FieldType, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise unreadable(field, value)
    if isinstance(value, float) and not math.isfinite(value):
        raise unreadable(field, value)
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise unreadable(field, value) from error
    if not number.is_finite():
        raise unreadable(field, value)
    return number


def _out_of_range(field: FieldType, value: Any) -> RecordError:
    return RecordError(
        "NUMBER_OUTSIDE_VALID_RANGE",
        f"{field.label}: value outside of valid range on numeric field: {value}",
        [field.name],
    )


def _whole(field: FieldType, value: Any, rules: ValueRules) -> int:
    number = _number(field, value)
    if number != number.to_integral_value():
        raise unreadable(field, value)
    if not -INT_LIMIT <= number < INT_LIMIT or len(str(abs(int(number)))) > (field.digits or 10):
        raise _out_of_range(field, value)
    return int(number)


def _decimal(field: FieldType, value: Any, rules: ValueRules) -> float | int:
    number = _number(field, value)
    if abs(number) >= Decimal(10) ** (field.precision - field.scale):
        raise _out_of_range(field, value)
    rounded = number.quantize(Decimal(1).scaleb(-field.scale), rounding=ROUND_HALF_UP)
    return float(rounded)


def _date(field: FieldType, value: Any, rules: ValueRules) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if facts.DATE_ACCEPTS_DATETIME and (moment := _DATETIME.fullmatch(text)):
        text = moment[1]
    if not _DATE.fullmatch(text):
        raise unreadable(field, value)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise unreadable(field, value) from error
    _check_year(field, day.year, value)
    return text


def _datetime(field: FieldType, value: Any, rules: ValueRules) -> str:
    match = _DATETIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        if isinstance(value, str) and _DATE.fullmatch(value.strip()):
            return f"{_date(field, value, rules)}T00:00:00.000+0000"
        raise unreadable(field, value)
    if match[3] is None and not facts.DATETIME_WITHOUT_ZONE_IS_UTC:
        raise unreadable(field, value)
    try:
        moment = datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3] or 'Z'}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise unreadable(field, value) from error
    _check_year(field, moment.year, value)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def _check_year(field: FieldType, year: int, value: Any) -> None:
    if not facts.OLDEST_YEAR <= year <= facts.NEWEST_YEAR:
        raise RecordError(facts.YEAR_OUT_OF_RANGE_CODE, f"{field.label}: invalid date: {value}", [field.name])


def _time(field: FieldType, value: Any, rules: ValueRules) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not _TIME.fullmatch(text):
        raise unreadable(field, value)
    clock, _, fraction = text.removesuffix("Z").partition(".")
    return f"{clock}.{fraction.ljust(3, '0')}Z"


def _reference(field: FieldType, value: Any, rules: ValueRules) -> str:
    if not isinstance(value, str):
        raise unreadable(field, value)
    record_id = normalized(value.strip())
    if record_id is None:
        raise wrong_id(field, value)
    return record_id


def _base64(field: FieldType, value: Any, rules: ValueRules) -> str:
    try:
        return base64.b64encode(base64.b64decode(value if isinstance(value, str) else "?", validate=True)).decode()
    except ValueError as error:
        raise unreadable(field, value) from error


def wrong_id(field: FieldType, value: str) -> RecordError:
    """Return the refusal of something that is not an Id of the field's kind."""
    return RecordError(facts.WRONG_ID_TYPE_CODE, f"{field.label}: id value of incorrect type: {value}", [field.name])


COERCIONS: dict[str, Coercion] = {
    "string": _text,
    "email": _email,
    "picklist": _picklist,
    "multipicklist": _multipicklist,
    "boolean": _boolean,
    "int": _whole,
    "long": _whole,
    "double": _decimal,
    "currency": _decimal,
    "percent": _decimal,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "reference": _reference,
    "id": _reference,
    "base64": _base64,
}
