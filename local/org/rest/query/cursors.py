"""Query results kept for further pages: locators, their owners and lifetimes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...schema.ids import IdFactory
from ...soql import Result, is_long_text
from ...wire.messages import OrgError

LOCATOR_PREFIX = "0r8"  # C captured answers; the guides' samples show the older 01g
LOCATOR_LIFE_S = 2 * 24 * 3600  # limits cheat sheet, API query cursor limits
MAX_PAGE = 2_000  # REST guide, query: default and most rows of a page
MIN_PAGE = 200  # REST guide, query options header
LONG_TEXT_PAGE = 1_000  # C: captured pages of a query with one long text area
WIDE_PAGE = 200  # SOQL guide, change the batch size: two or more custom long text fields

type Page = dict[str, Any]


@dataclass(slots=True)
class Cursor:
    """One result, its owner, the page size it was asked with, and when it ends."""

    result: Result
    user_id: str
    page_size: int
    ends_ms: int


class QueryCursors:
    """All open cursors of an org by locator."""

    def __init__(self, org_id: str) -> None:
        self._ids = IdFactory(org_id[3:7])
        self._open: dict[str, Cursor] = {}

    def first_page(self, result: Result, user_id: str, base: str, page_size: int, now_ms: int) -> Page:
        """Return the first page of a result; keep the result if there are more."""
        cursor = self._cursor(result, user_id, page_size, now_ms)
        return _page(cursor, 0, lambda: self._keep(cursor), base)

    def rest(self, result: Result, start: int, user_id: str, base: str, page_size: int, now_ms: int) -> str:
        """Keep a result and return the address of its rest from `start` on."""
        return f"{base}/query/{self._keep(self._cursor(result, user_id, page_size, now_ms))}-{start}"

    def _cursor(self, result: Result, user_id: str, page_size: int, now_ms: int) -> Cursor:
        """Return a new cursor, and forget those whose time is over."""
        for locator in [each for each, cursor in self._open.items() if cursor.ends_ms <= now_ms]:
            del self._open[locator]
        return Cursor(result, user_id, page_size, now_ms + LOCATOR_LIFE_S * 1000)

    def next_page(self, locator: str, user_id: str, base: str, now_ms: int) -> Page:
        """Return the page a locator such as `0r8...-2000` stands for; raise INVALID_QUERY_LOCATOR."""
        name, _, start = locator.partition("-")
        cursor = self._open.get(name)
        if cursor is None or cursor.user_id != user_id or cursor.ends_ms <= now_ms or not start.isdecimal():
            raise OrgError("INVALID_QUERY_LOCATOR", "invalid query locator")
        if int(start) >= cursor.result.total_size:
            raise OrgError("INVALID_QUERY_LOCATOR", "invalid query locator")
        return _page(cursor, int(start), lambda: name, base)

    def _keep(self, cursor: Cursor) -> str:
        locator = self._ids.next(LOCATOR_PREFIX)
        self._open[locator] = cursor
        return locator


def page_size(options_header: str) -> int:
    """Return the rows of a page that a Sforce-Query-Options header asks for, within Salesforce's bounds."""
    for option in options_header.split(","):
        name, _, value = option.partition("=")
        if name.strip().lower() == "batchsize" and value.strip().isdecimal():
            return min(max(int(value), MIN_PAGE), MAX_PAGE)
    return MAX_PAGE


def _most_rows(result: Result) -> int:
    """Return how many rows a page may have, which is fewer the more long text areas a query selects."""
    if result.is_wide:
        return WIDE_PAGE
    return LONG_TEXT_PAGE if any(is_long_text(each) for each in result.fields) else MAX_PAGE


def _page(cursor: Cursor, start: int, locator: Callable[[], str], base: str) -> Page:
    result = cursor.result
    size = min(cursor.page_size, _most_rows(result))
    records = result.records(start, start + size, size)
    end = start + len(records)
    page: Page = {"totalSize": result.total_size, "done": end >= result.total_size or not records}
    if not page["done"]:
        page["nextRecordsUrl"] = f"{base}/query/{locator()}-{end}"
    page["records"] = records
    return page
