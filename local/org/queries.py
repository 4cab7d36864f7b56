"""SOQL over REST: query, queryAll and the pages that follow (REST API guide, Query, QueryAll, Query More Results)."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo

from local.org import soql
from local.org.call import Call, Route
from local.org.cursors import page_size
from local.org.messages import OrgError, Response


def query(call: Call) -> Response:
    """Answer the first page of a query."""
    return _first_page(call, include_deleted=False)


def query_all(call: Call) -> Response:
    """Answer the first page of a query that also sees deleted, merged and archived rows."""
    return _first_page(call, include_deleted=True)


def query_more(call: Call, locator: str) -> Response:
    """Answer the page of a locator; every page, of queryAll too, has its address below `/query`."""
    org = call.org
    return Response(200, org.cursors.next_page(locator, call.session.user_id, call.base, org.clock.now_ms()))


def run_query(call: Call, statement: str, *, include_deleted: bool) -> soql.Result:
    """Parse and run a statement as the caller: their permissions, their time zone."""
    org, session = call.org, call.session
    user = org.store.raw(session.user_id) or {}
    organization = org.store.raw(org.store.organization_id) or {}
    return soql.run(
        soql.parse(statement),
        org.store.view(session),
        org.clock.now_ms(),
        base=call.base,
        include_deleted=include_deleted,
        user_id=session.user_id,
        zone=_zone(user.get("TimeZoneSidKey") or "UTC"),
        fiscal_start_month=organization.get("FiscalYearStartMonth") or 1,
    )


def _first_page(call: Call, *, include_deleted: bool) -> Response:
    statement = call.request.query.get("q", "")
    if not statement.strip():
        raise OrgError("MALFORMED_QUERY", "A query string has to be specified")
    result = run_query(call, statement, include_deleted=include_deleted)
    size = page_size(call.request.headers.get("sforce-query-options", ""))
    page = call.org.cursors.first_page(result, call.session.user_id, call.base, size, call.org.clock.now_ms())
    return Response(200, page)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


ROUTES: list[Route] = [
    ("GET", r"/query/?", query),
    ("GET", r"/queryAll/?", query_all),
    ("GET", r"/query(?:All)?/(?P<locator>[^/]+)", query_more),
]
