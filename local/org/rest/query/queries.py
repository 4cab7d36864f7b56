"""SOQL over REST: query, queryAll and the pages that follow (REST API guide, Query, QueryAll, Query More)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from ... import soql
from ...data.storage.visibility import sobject_of
from ...schema.row import Row
from ...schema.sobjects import Schema
from ...wire.call import Call, Route
from ...wire.messages import OrgError, Response
from .column_metadata import column_metadata
from .cursors import page_size
from .ports import QueryOrg


def query(call: Call[QueryOrg]) -> Response:
    """Answer the first page of a query, or with `explain` its plan."""
    if "explain" in call.request.query:
        statement = call.request.query["explain"]
        plan = soql.explained(soql.parse(statement), query_setting(call, include_deleted=False))
        return Response(200, {"plans": [plan], "sourceQuery": statement})
    return _first_page(call, include_deleted=False)


def query_all(call: Call[QueryOrg]) -> Response:
    """Answer the first page of a query that also sees deleted, merged and archived rows."""
    return _first_page(call, include_deleted=True)


def query_more(call: Call[QueryOrg], locator: str) -> Response:
    """Answer the page of a locator; every page, of queryAll too, has its address below `/query`."""
    org = call.org
    return Response(200, org.cursors.next_page(locator, call.session.user_id, call.base, org.clock.now_ms()))


def query_setting(call: Call[QueryOrg], *, include_deleted: bool, empty: bool = False) -> soql.Setting:
    """Return the setting of the caller's queries: their permissions and time zone; `empty` has the schema but no rows."""
    org, session = call.org, call.session
    user = org.store.raw(session.user_id) or {}
    organization = org.store.raw(org.store.organization_id) or {}
    view, size, now_ms = org.store.view(session), _page_size(call), org.clock.now_ms()
    return soql.Setting(
        NoRows(view.schema) if empty else view,
        now_ms,
        call.version,
        include_deleted,
        session.user_id,
        _zone(user.get("TimeZoneSidKey") or "UTC"),
        organization.get("FiscalYearStartMonth") or 1,
        lambda result, start: org.cursors.rest(result, start, session.user_id, call.base, size, now_ms),
        None if empty else _largeness(call),
        views_all_data=org.store.rights(session).has("ViewAllData"),
        **_currencies(org, user),
        locale=str(user.get("LocaleSidKey") or "en_US"),
    )


def _currencies(org: QueryOrg, user: Row) -> dict[str, Any]:
    """Return the rates of the org, its own currency and the user's."""
    rates = org.settings.currencies
    corporate = next(iter(rates), "USD")
    return {"rates": rates, "currency": corporate, "user_currency": user.get("DefaultCurrencyIsoCode") or corporate}


def _largeness(call: Call[QueryOrg]) -> Callable[[str], bool] | None:
    """Return what tells large tables from others, None where the org plays no optimizer."""
    most, store = call.org.settings.optimizer_rows, call.org.store
    return (lambda name: len(store.table(name).rows) > most) if most else None


class NoRows:
    """A database that has a schema and nothing else."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def rows(self, sobject: str, include_deleted: bool = False) -> list[Row]:
        """Return nothing."""
        return []

    def find(self, sobject: str, field: str, values: Iterable[Any], include_deleted: bool = False) -> list[Row]:
        """Return nothing."""
        return []

    def row(self, record_id: str, include_deleted: bool = False) -> Row | None:
        """Return nothing."""
        return None


def _first_page(call: Call[QueryOrg], *, include_deleted: bool) -> Response:
    statement = call.request.query.get("q", "")
    if not statement.strip():
        raise OrgError("MALFORMED_QUERY", "A query string has to be specified")
    if call.request.query.get("columns", "").lower() == "true":
        return _columns(call, soql.parse(statement))
    result = soql.run(soql.parse(statement), query_setting(call, include_deleted=include_deleted))
    now_ms = call.org.clock.now_ms()
    return Response(200, call.org.cursors.first_page(result, call.session.user_id, call.base, _page_size(call), now_ms))


def _columns(call: Call[QueryOrg], query: soql.Query) -> Response:
    """Answer the columns of a statement, which is checked but reads no rows."""
    setting = query_setting(call, include_deleted=False, empty=True)
    result = soql.run(query, setting)
    sobject = sobject_of(call.org.store.view(call.session), result.sobject)
    return Response(200, column_metadata(query, result, sobject))


def _page_size(call: Call[QueryOrg]) -> int:
    return page_size(call.request.headers.get("sforce-query-options", ""))


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


ROUTES: list[Route[QueryOrg]] = [
    ("GET", r"/query/?", query),
    ("GET", r"/queryAll/?", query_all),
    ("GET", r"/query(?:All)?/(?P<locator>[^/]+)", query_more),
]
