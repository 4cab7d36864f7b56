"""What a query runs on: the rows and the schema a user's transaction sees, and who asks, when, and in which zone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Protocol, runtime_checkable

from ...schema.row import Row
from ...schema.sobjects import Schema

type KeepRest = Callable[[Any, int], str]


class Database(Protocol):
    """Rows by sObject, as one transaction sees them; rows are never changed in place."""

    schema: Schema

    def rows(self, sobject: str, include_deleted: bool = False) -> Iterable[Row]:
        """Return every row of the sObject."""
        ...

    def find(
        self, sobject: str, field: str, values: Iterable[Any], include_deleted: bool = False
    ) -> Iterable[Row] | None:
        """Return the rows whose field equals one of the values whatever the case; None when no index answers that."""
        ...

    def row(self, record_id: str, include_deleted: bool = False) -> Row | None:
        """Return the row of that Id."""
        ...


@runtime_checkable
class Stamped(Protocol):
    """A database that can also give rows in the order of stamps, for incremental readers."""

    def by_stamp(self, sobject: str, low: str, high: str, include_deleted: bool = False) -> Iterable[Row] | None:
        """Return the rows stamped from `low` to `high` by SystemModstamp and Id; None when that order is not at hand."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """
    Where and when a query runs, and in which API version; `include_deleted` is queryAll.

    `keep_rest(result, start)` keeps a list of children that is longer than a page and returns the address of its rest;
    without it such lists come whole. `currency` is the corporate one, `rates` are those of all (empty: there is one).
    `is_large(sobject)` says whether the optimizer finds its table large (None: no optimizer).
    """

    database: Database
    now_ms: int
    version: float = 66.0
    include_deleted: bool = False
    user_id: str = ""
    zone: tzinfo = UTC
    fiscal_start_month: int = 1
    keep_rest: KeepRest | None = None
    is_large: Callable[[str], bool] | None = None
    locale: str = "en_US"
    currency: str = "USD"
    user_currency: str = "USD"
    rates: Mapping[str, float] = field(default_factory=dict)
    views_all_data: bool = True

    @property
    def base(self) -> str:
        """Return the start of the URLs of records."""
        return f"/services/data/v{self.version:.1f}"

    @property
    def today(self) -> date:
        """Return the day it is for the user."""
        return datetime.fromtimestamp(self.now_ms / 1000, self.zone).date()

    def midnight(self, day: date) -> str:
        """Return the beginning of the user's day as datetimes are stored: UTC, milliseconds."""
        local = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        return stored_datetime(local)


def stored_datetime(moment: datetime) -> str:
    """Return a moment as datetimes are stored, so that they compare as text: `2026-01-01T00:00:00.000+0000`."""
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        utc = moment.replace(tzinfo=UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}+0000".rjust(28, "0")
