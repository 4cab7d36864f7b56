"""The search resources: SOSL and parameterized search (REST API guide, Search and Parameterized Search)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..rest.query.ports import QueryOrg
from ..wire.call import Call, Route
from ..wire.messages import OrgError, Response
from . import facts
from .found_records import found_records
from .statements import GROUPS, MOST_RECORDS, Returned, Search, read
from .terms import malformed, plain


def search(call: Call[QueryOrg]) -> Response:
    """GET search?q=: the records that a SOSL statement finds."""
    statement = call.request.query.get("q", "")
    if not statement.strip():
        raise malformed(facts.NO_SEARCH_STRING)
    return _answer(call, read(statement))


def parameterized(call: Call[QueryOrg]) -> Response:
    """GET or POST parameterizedSearch: the same without SOSL; the parameters are the query's or the body's."""
    if call.version < facts.OLDEST_PARAMETERIZED_SEARCH:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    given = call.request.json() if call.request.method == "POST" else _of_query(call.request.query)
    if not isinstance(given, dict) or not str(given.get("q") or "").strip():
        raise malformed(facts.NO_SEARCH_STRING)
    group = str(given.get("in") or "ALL").upper()
    if group not in GROUPS:
        raise malformed(facts.MALFORMED_TOKEN.format(token=given["in"]))
    most = min(_number(given.get("overallLimit"), MOST_RECORDS), MOST_RECORDS)
    return _answer(call, Search(plain(str(given["q"])), group, _returned(given), most))


def _answer(call: Call[QueryOrg], asked: Search) -> Response:
    records = found_records(call, asked)
    return Response(200, {"searchRecords": records} if call.version >= facts.RECORDS_IN_AN_OBJECT_SINCE else records)


def _of_query(query: Mapping[str, str]) -> dict[str, Any]:
    """Return the parameters of a GET as a body would have them: `Account.fields=Id,Name` belongs to its sObject."""
    given: dict[str, Any] = dict(query)
    names = [name for name in query.get("sobject", "").split(",") if name.strip()]
    given["sobjects"] = [
        {
            "name": name.strip(),
            **{key.partition(".")[2]: value for key, value in query.items() if key.startswith(f"{name.strip()}.")},
        }
        for name in names
    ]
    return given


def _returned(given: Mapping[str, Any]) -> list[Returned]:
    """Return what is asked of each sObject; what one does not say, the defaults say."""
    sobjects = given.get("sobjects") or []
    if not isinstance(sobjects, list) or not all(isinstance(each, dict) and each.get("name") for each in sobjects):
        raise OrgError("JSON_PARSER_ERROR", "sobjects is a list of objects, each with a name")
    return [
        Returned(
            str(each["name"]),
            _names(each.get("fields") or given.get("fields") or "Id"),
            _clauses(each, given.get("defaultLimit")),
        )
        for each in sobjects
    ]


def _names(fields: Any) -> str:
    return ", ".join(map(str, fields)) if isinstance(fields, list) else str(fields)


def _clauses(sobject: Mapping[str, Any], default_limit: Any) -> str:
    limit = sobject.get("limit") or default_limit
    clauses = {
        "WHERE": sobject.get("where"),
        "ORDER BY": sobject.get("orderBy"),
        "LIMIT": _number(limit, 0) if limit else None,
    }
    return " ".join(f"{keyword} {value}" for keyword, value in clauses.items() if value)


def _number(given: Any, default: int) -> int:
    if given is None or given == "":
        return default
    if not str(given).isdecimal():
        raise malformed(f"A limit is a number, not {given}")
    return int(given)


ROUTES: list[Route[QueryOrg]] = [
    ("GET", r"/search/?", search),
    ("GET", r"/parameterizedSearch/?", parameterized),
    ("POST", r"/parameterizedSearch/?", parameterized),
]
