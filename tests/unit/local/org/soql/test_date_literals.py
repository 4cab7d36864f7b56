"""Date literals: the days they stand for, in the user's time zone and the org's fiscal year."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from local.org.soql.language.date_literals import days_of, is_period
from tests.support.org.soql import contacts, names

THURSDAY = date(2026, 5, 14)


@pytest.mark.parametrize(
    ("literal", "first", "last"),
    [
        ("YESTERDAY", "2026-05-13", "2026-05-13"),
        ("TODAY", "2026-05-14", "2026-05-14"),
        ("TOMORROW", "2026-05-15", "2026-05-15"),
        ("LAST_WEEK", "2026-05-03", "2026-05-09"),
        ("THIS_WEEK", "2026-05-10", "2026-05-16"),
        ("NEXT_WEEK", "2026-05-17", "2026-05-23"),
        ("LAST_MONTH", "2026-04-01", "2026-04-30"),
        ("THIS_MONTH", "2026-05-01", "2026-05-31"),
        ("NEXT_MONTH", "2026-06-01", "2026-06-30"),
        ("LAST_90_DAYS", "2026-02-13", "2026-05-14"),
        ("NEXT_90_DAYS", "2026-05-15", "2026-08-12"),
        ("LAST_N_DAYS:1", "2026-05-13", "2026-05-14"),
        ("NEXT_N_DAYS:2", "2026-05-15", "2026-05-16"),
        ("N_DAYS_AGO:3", "2026-05-11", "2026-05-11"),
        ("LAST_N_WEEKS:2", "2026-04-26", "2026-05-09"),
        ("NEXT_N_WEEKS:1", "2026-05-17", "2026-05-23"),
        ("N_WEEKS_AGO:1", "2026-05-03", "2026-05-09"),
        ("LAST_N_MONTHS:5", "2025-12-01", "2026-04-30"),
        ("NEXT_N_MONTHS:8", "2026-06-01", "2027-01-31"),
        ("N_MONTHS_AGO:5", "2025-12-01", "2025-12-31"),
        ("THIS_QUARTER", "2026-04-01", "2026-06-30"),
        ("LAST_QUARTER", "2026-01-01", "2026-03-31"),
        ("NEXT_QUARTER", "2026-07-01", "2026-09-30"),
        ("LAST_N_QUARTERS:2", "2025-10-01", "2026-03-31"),
        ("NEXT_N_QUARTERS:3", "2026-07-01", "2027-03-31"),
        ("N_QUARTERS_AGO:2", "2025-10-01", "2025-12-31"),
        ("THIS_YEAR", "2026-01-01", "2026-12-31"),
        ("LAST_YEAR", "2025-01-01", "2025-12-31"),
        ("NEXT_YEAR", "2027-01-01", "2027-12-31"),
        ("LAST_N_YEARS:2", "2024-01-01", "2025-12-31"),
        ("NEXT_N_YEARS:2", "2027-01-01", "2028-12-31"),
        ("N_YEARS_AGO:2", "2024-01-01", "2024-12-31"),
    ],
)
def test_a_date_literal_stands_for_whole_days(literal: str, first: str, last: str) -> None:
    """Source: SOQL guide, date formats and date literals; weeks begin on Sunday in the en_US locale."""
    name, _, number = literal.partition(":")
    assert is_period(name.lower())
    starts, after = days_of(name, int(number) if number else None, THURSDAY)
    assert (starts.isoformat(), after.toordinal() - 1) == (first, date.fromisoformat(last).toordinal())


@pytest.mark.parametrize(
    ("literal", "first", "last"),
    [
        ("THIS_FISCAL_QUARTER", "2026-05-01", "2026-07-31"),
        ("LAST_FISCAL_QUARTER", "2026-02-01", "2026-04-30"),
        ("NEXT_FISCAL_QUARTER", "2026-08-01", "2026-10-31"),
        ("THIS_FISCAL_YEAR", "2026-02-01", "2027-01-31"),
        ("LAST_FISCAL_YEAR", "2025-02-01", "2026-01-31"),
        ("NEXT_FISCAL_YEAR", "2027-02-01", "2028-01-31"),
        ("LAST_N_FISCAL_QUARTERS:2", "2025-11-01", "2026-04-30"),
        ("NEXT_N_FISCAL_YEARS:1", "2027-02-01", "2028-01-31"),
        ("N_FISCAL_QUARTERS_AGO:1", "2026-02-01", "2026-04-30"),
        ("N_FISCAL_YEARS_AGO:1", "2025-02-01", "2026-01-31"),
        ("THIS_QUARTER", "2026-04-01", "2026-06-30"),
    ],
)
def test_fiscal_literals_follow_the_org_s_fiscal_year(literal: str, first: str, last: str) -> None:
    """Source: SOQL guide, date formats and date literals: the fiscal year is defined on its page in Setup."""
    name, _, number = literal.partition(":")
    starts, after = days_of(name, int(number) if number else None, THURSDAY, fiscal_start_month=2)
    assert (starts.isoformat(), after.toordinal() - 1) == (first, date.fromisoformat(last).toordinal())


def test_no_number_leaves_the_calendar() -> None:
    assert days_of("LAST_N_DAYS", 10**7, THURSDAY)[0] == date.min
    assert days_of("NEXT_N_YEARS", 10**5, THURSDAY)[1] == date.max
    assert days_of("LAST_N_MONTHS", 10**6, THURSDAY)[0] == date.min


NIGHT_IN_BERLIN = contacts(
    {"LastName": "Before", "CreatedDate": "2026-05-13T21:59:59.000+0000"},
    {"LastName": "First", "CreatedDate": "2026-05-13T22:00:00.000+0000"},
    {"LastName": "Last", "CreatedDate": "2026-05-14T21:59:59.000+0000"},
    {"LastName": "After", "CreatedDate": "2026-05-14T22:00:00.000+0000"},
)


@pytest.mark.parametrize(
    ("operator", "matching"),
    [
        ("=", "First Last"),
        ("!=", "Before After"),
        ("<", "Before"),
        ("<=", "Before First Last"),
        (">", "After"),
        (">=", "First Last After"),
    ],
)
def test_days_begin_at_the_user_s_midnight(operator: str, matching: str) -> None:
    """Source: SOQL guide, date formats: date literals are evaluated in the user's time zone [R]; all six operators."""
    berlin = ZoneInfo("Europe/Berlin")
    assert names(f"CreatedDate {operator} TODAY", NIGHT_IN_BERLIN, zone=berlin) == matching.split()


def test_another_zone_has_another_day() -> None:
    assert names("CreatedDate = TODAY", NIGHT_IN_BERLIN) == ["Last", "After"]


@pytest.mark.parametrize(
    "literal",
    [
        "2026-05-13T22:00:00Z",
        "2026-05-14T00:00:00+02:00",
        "2026-05-14T00:00:00+0200",
        "2026-05-13T22:00:00.000+0000",
        "2026-05-13t22:00:00.0z",
    ],
)
def test_datetimes_compare_as_moments_whatever_their_zone(literal: str) -> None:
    """Source: SOQL guide, date formats: a datetime literal has a zone; milliseconds may follow."""
    assert names(f"CreatedDate >= {literal} AND CreatedDate <= {literal}", NIGHT_IN_BERLIN) == ["First"]
    assert names(f"CreatedDate IN ({literal})", NIGHT_IN_BERLIN) == ["First"]


def test_milliseconds_count() -> None:
    assert names("CreatedDate > 2026-05-13T22:00:00.001Z", NIGHT_IN_BERLIN) == ["Last", "After"]


@pytest.mark.parametrize(
    ("function", "value"),
    [
        ("CALENDAR_YEAR(CreatedDate)", 2026),
        ("CALENDAR_QUARTER(CreatedDate)", 1),
        ("CALENDAR_MONTH(CreatedDate)", 3),
        ("DAY_IN_MONTH(CreatedDate)", 7),
        ("DAY_IN_WEEK(CreatedDate)", 7),
        ("DAY_IN_YEAR(CreatedDate)", 66),
        ("WEEK_IN_MONTH(CreatedDate)", 1),
        ("WEEK_IN_YEAR(CreatedDate)", 10),
        ("HOUR_IN_DAY(CreatedDate)", 23),
        ("HOUR_IN_DAY(convertTimezone(CreatedDate))", 0),
        ("DAY_IN_WEEK(convertTimezone(CreatedDate))", 1),
        ("FISCAL_MONTH(CreatedDate)", 12),
        ("FISCAL_QUARTER(CreatedDate)", 4),
        ("FISCAL_YEAR(CreatedDate)", 2026),
        ("FISCAL_YEAR(Birthdate)", 1991),
        ("calendar_month(Birthdate)", 4),
    ],
)
def test_date_functions_take_moments_apart(function: str, value: int) -> None:
    """Source: SOQL guide, date functions: Sunday is 1, the first week ends on the 7th, UTC unless convertTimezone."""
    database = contacts(
        {"LastName": "It", "CreatedDate": "2026-03-07T23:30:00.000+0000", "Birthdate": "1990-04-30"}, {"LastName": "No"}
    )
    setting = {"zone": ZoneInfo("Europe/Berlin"), "fiscal_start_month": 4}
    assert names(f"{function} = {value} AND LastName = 'It'", database, **setting) == ["It"]
    assert names(f"{function} = {value + 1} AND LastName = 'It'", database, **setting) == []


def test_day_only_is_a_date() -> None:
    """Source: SOQL guide, date functions: DAY_ONLY returns the day part of a datetime."""
    assert names("DAY_ONLY(CreatedDate) = 2026-05-13", NIGHT_IN_BERLIN) == ["Before", "First"]
    berlin = ZoneInfo("Europe/Berlin")
    assert names("DAY_ONLY(convertTimezone(CreatedDate)) = 2026-05-13", NIGHT_IN_BERLIN, zone=berlin) == ["Before"]
