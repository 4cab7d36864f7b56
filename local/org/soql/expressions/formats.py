"""
FORMAT: numbers, dates, times and amounts as the user's locale writes them (SOQL guide, FORMAT).

R: the patterns of the locales that users of this org may have; any other is written as en_US.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from ...schema.sobjects import FieldType

type Formatter = Callable[[Any], str]


class Locale(NamedTuple):
    """How a locale writes a day, a time of day, and a number: group and decimal separators."""

    day: str
    clock: str
    group: str
    point: str


EN_US = Locale("{d.month}/{d.day}/{d.year}", "12", ",", ".")
LOCALES = {
    "en_US": EN_US,
    "en_GB": Locale("{d.day:02}/{d.month:02}/{d.year}", "24", ",", "."),
    "nl_NL": Locale("{d.day}-{d.month}-{d.year}", "24", ".", ","),
    "de_DE": Locale("{d.day:02}.{d.month:02}.{d.year}", "24", ".", ","),
    "fr_FR": Locale("{d.day:02}/{d.month:02}/{d.year}", "24", "\u202f", ","),
    "ja_JP": Locale("{d.year}/{d.month:02}/{d.day:02}", "24", ",", "."),
}
SYMBOLS = {"USD": "$", "EUR": "\u20ac", "GBP": "\u00a3", "JPY": "\u00a5"}


def formatter(kind: str, scale: int, locale: str, zone: tzinfo, currency: str) -> Formatter | None:
    """Return what writes values of a type; None for a type that FORMAT does not take."""
    rules = LOCALES.get(locale, EN_US)
    match kind:
        case "int" | "long":
            return lambda value: _number(value, 0, rules)
        case "double":
            return lambda value: _number(value, scale, rules)
        case "percent":
            return lambda value: f"{_number(value, scale, rules)}%"
        case "currency":
            return lambda value: _amount(value, scale, rules, currency)
        case "date":
            return lambda value: rules.day.format(d=date.fromisoformat(value))
        case "datetime":
            return lambda value: _moment(datetime.fromisoformat(value).astimezone(zone), rules)
        case "time":
            return lambda value: _clock(time.fromisoformat(value), rules)
    return None


def scale_of(field: FieldType | None) -> int:
    """Return how many decimals a field's values are written with."""
    return field.scale if field is not None else 2


def _number(value: Any, scale: int, rules: Locale) -> str:
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    text = f"{rounded:,f}"
    return text.translate({ord(","): rules.group, ord("."): rules.point})


def _amount(value: Any, scale: int, rules: Locale, currency: str) -> str:
    symbol = SYMBOLS.get(currency, f"{currency} ")
    digits = _number(abs(value), scale, rules)
    written = f"{symbol}{digits}" if rules.point == "." else f"{digits} {symbol.strip()}"
    return f"-{written}" if value < 0 else written


def _moment(moment: datetime, rules: Locale) -> str:
    return f"{rules.day.format(d=moment)}, {_clock(moment.time(), rules)}"


def _clock(moment: time, rules: Locale) -> str:
    if rules.clock == "24":
        return f"{moment:%H:%M}"
    return f"{moment.hour % 12 or 12}:{moment:%M} {'AM' if moment.hour < 12 else 'PM'}"
