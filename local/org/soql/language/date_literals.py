"""Date literals such as LAST_N_DAYS:30: which there are, and the days each stands for (SOQL guide, date formats)."""

from __future__ import annotations

from datetime import date, timedelta

from . import facts
from .errors import malformed

_FIXED_NAMES = """
YESTERDAY TODAY TOMORROW LAST_WEEK THIS_WEEK NEXT_WEEK LAST_MONTH THIS_MONTH NEXT_MONTH LAST_90_DAYS NEXT_90_DAYS
THIS_QUARTER LAST_QUARTER NEXT_QUARTER THIS_YEAR LAST_YEAR NEXT_YEAR
THIS_FISCAL_QUARTER LAST_FISCAL_QUARTER NEXT_FISCAL_QUARTER THIS_FISCAL_YEAR LAST_FISCAL_YEAR NEXT_FISCAL_YEAR
"""
_FIXED = frozenset(_FIXED_NAMES.split())
_UNITS = ("DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS", "FISCAL_QUARTERS", "FISCAL_YEARS")
_NUMBERED = frozenset(
    [f"{side}_N_{unit}" for side in ("LAST", "NEXT") for unit in _UNITS] + [f"N_{unit}_AGO" for unit in _UNITS]
)
_MONTHS_IN = {"MONTH": 1, "QUARTER": 3, "FISCAL_QUARTER": 3, "YEAR": 12, "FISCAL_YEAR": 12}


def is_period(word: str) -> bool:
    """Say whether a word names a date literal, whatever its case."""
    upper = word.upper()
    return upper in _FIXED or upper in _NUMBERED


def days_of(name: str, number: int | None, today: date, fiscal_start_month: int = 1) -> tuple[date, date]:
    """
    Return the first day of a date literal and the day after its last.

    `name` is upper-case. Weeks begin on Sunday (the en_US locale's). Raise MALFORMED_QUERY for a literal that lacks its
    number or has one it does not take.
    """
    if (name in _NUMBERED) != (number is not None):
        raise malformed(f"Invalid date literal: {name}{'' if number is None else f':{number}'}")
    if number is None:
        return _fixed(name, today, fiscal_start_month)
    return _numbered(name, number, today, fiscal_start_month)


def _fixed(name: str, today: date, fiscal_start_month: int) -> tuple[date, date]:
    single_days = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
    if name in single_days:
        first = _plus_days(today, single_days[name])
        return first, _plus_days(first, 1)
    if name.endswith("_90_DAYS"):
        return _numbered(name.replace("_90_", "_N_"), 90, today, fiscal_start_month)
    side, unit = name.split("_", 1)
    step = {"LAST": -1, "THIS": 0, "NEXT": 1}[side]
    return _span(unit, today, step, step + 1, fiscal_start_month)


def _numbered(name: str, number: int, today: date, fiscal_start_month: int) -> tuple[date, date]:
    """`LAST_N_DAYS:n` includes today; the other LAST_N end before the current one; NEXT_N begin after it."""
    if name.endswith("_AGO"):
        unit = name.removeprefix("N_").removesuffix("S_AGO")
        return _span(unit, today, -number, -number + 1, fiscal_start_month)
    side, unit = name.removesuffix("S").split("_N_")
    if side == "NEXT":
        return _span(unit, today, 1, number + 1, fiscal_start_month)
    until_today = unit == "DAY" and facts.LAST_N_DAYS_INCLUDES_TODAY
    return _span(unit, today, -number, 1 if until_today else 0, fiscal_start_month)


def _span(unit: str, today: date, first: int, after: int, fiscal_start_month: int) -> tuple[date, date]:
    """Return the days from `first` units away from the current one up to `after` units away."""
    if unit == "DAY":
        return _plus_days(today, first), _plus_days(today, after)
    if unit == "WEEK":
        days_gone = today.isoweekday() % 7 if facts.WEEKS_BEGIN_ON_SUNDAY else today.weekday()
        week = today - timedelta(days=days_gone)
        return _plus_days(week, 7 * first), _plus_days(week, 7 * after)
    months = _MONTHS_IN[unit]
    shift = fiscal_start_month - 1 if unit.startswith("FISCAL") else 0
    current = (today.year * 12 + today.month - 1 - shift) // months
    return _month((current + first) * months + shift), _month((current + after) * months + shift)


def _month(number: int) -> date:
    """Return the first day of a month counted from year 0, kept within the calendar."""
    year, month = divmod(number, 12)
    if year < date.min.year:
        return date.min
    return date(year, month + 1, 1) if year <= date.max.year else date.max


def _plus_days(day: date, number: int) -> date:
    """Return a day that many days on, kept within the calendar."""
    ordinal = min(max(day.toordinal() + number, date.min.toordinal()), date.max.toordinal())
    return date.fromordinal(ordinal)
