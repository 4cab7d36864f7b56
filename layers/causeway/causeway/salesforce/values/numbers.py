"""Numbers as products and people write them, exact to the last digit."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, NamedTuple

# Texts, compiled by `re` where they are first used: most batches hold no number that a person wrote.
_NUMBER = r"(?a)[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?"
_CURRENCY = r"^(?:[A-Z]{3}\s*|[$€£¥₹₩₽]\s*|(?:US|CA|A|NZ|HK|S|R)\$\s*)|(?:\s*[A-Z]{3}|\s*[$€£¥₹₩₽])$"
_SPACES = r"(?<=\d)[ \u00a0\u2009\u202f'’](?=\d{3}(?:\D|$))"
_GROUPED = r"(?a)[1-9]\d{0,2}(?P<group>[.,])\d{3}(?:(?P=group)\d{3})*(?:(?!(?P=group))[.,]\d*)?"
_ONE_SEPARATOR = r"(?a)\d+[.,]\d*|[.,]\d+"


class Reading(NamedTuple):
    """A number as read: None when it is none or could be two, `ambiguous` telling which; `percent` when it had a percent sign."""

    number: Decimal | None
    percent: bool = False
    ambiguous: bool = False


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
    return Decimal(value.strip()) if isinstance(value, str) and re.fullmatch(_NUMBER, value.strip()) else None


def read_number(value: Any) -> Reading:
    """
    Read a number in the forms that people write: `1,250.00`, `1.250,00`, `1 250,50`, `$1250`, `1250 EUR`, `(1,250)`, `12%`.

    A form that means two numbers in two countries (`1,250` is 1250 or 1.25) is ambiguous, and not read.
    """
    exact = exact_number(value)
    if exact is not None or not isinstance(value, str):
        return Reading(exact)
    text, negative = _unsigned(value.strip())
    percent = text.endswith("%")
    text = re.sub(_CURRENCY, "", text.removesuffix("%").strip()).strip()
    text, negative = _unsigned(text, negative)
    plain = re.sub(_SPACES, "", text)
    if plain.isascii() and plain.isdigit():
        return Reading(_signed(plain, negative), percent)
    if plain == text and _is_ambiguous(plain):
        return Reading(None, percent, ambiguous=True)
    point = _with_point(plain)
    return Reading(_signed(point, negative) if point else None, percent)


def _unsigned(text: str, negative: bool = False) -> tuple[str, bool]:
    """Return a text without its sign: a minus before or behind it, or the brackets of accountants."""
    text = text.replace("\u2212", "-")
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), not negative
    if text[:1] in "+-" and text[:1]:
        return text[1:].strip(), negative is not (text[0] == "-")
    return (text[:-1].strip(), not negative) if text.endswith("-") else (text, negative)


def _is_ambiguous(text: str) -> bool:
    """Return whether the one comma of a text may separate thousands or decimals."""
    whole, comma, rest = text.partition(",")
    return (
        bool(comma) and len(rest) == 3 and rest.isdigit() and 0 < len(whole) <= 3 and whole.isdigit() and whole != "0"
    )


def _with_point(text: str) -> str | None:
    """Return a grouped or comma-separated number with a decimal point alone."""
    if found := re.fullmatch(_GROUPED, text):
        group = found["group"]
        return text.replace(group, "").replace("," if group == "." else ".", ".")
    return text.replace(",", ".") if re.fullmatch(_ONE_SEPARATOR, text) else None


def _signed(text: str, negative: bool) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return -number if negative else number


def rounded(value: Decimal, scale: int) -> Decimal | None:
    """Return `value` with `scale` decimals, halves away from zero as Salesforce rounds; None when it has too many digits."""
    try:
        return value.quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return None


def sent_number(number: Decimal) -> int | float | Decimal:
    """Return a number as it is sent: an int or a float where that is exact, else the Decimal itself."""
    if number == number.to_integral_value():
        return int(number)
    nearest = float(number)
    return nearest if Decimal(repr(nearest)) == number else number
