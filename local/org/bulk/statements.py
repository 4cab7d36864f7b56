"""Statements of bulk queries: what they may ask, and their run (Bulk API 2.0 guide, create a query job)."""

from __future__ import annotations

from collections.abc import Iterable

from .. import soql
from ..rest.query.ports import QueryOrg
from ..rest.query.queries import query_setting
from ..soql.language.syntax import Function, Query, TypeChoice
from ..wire.call import Call
from ..wire.messages import OrgError
from . import facts

COMPOUND_TYPES = frozenset({"address", "location"})


def run_statement(call: Call[QueryOrg], statement: str, *, include_deleted: bool) -> soql.Result:
    """Run a statement; raise OrgError for what a bulk query may not ask."""
    query = soql.parse(statement)
    _refuse_unsuited(query)
    return soql.run(query, query_setting(call, include_deleted=include_deleted))


def checked_statement(call: Call[QueryOrg], statement: str) -> soql.Result:
    """Run a statement over no rows, so that creating the job already reports its errors."""
    query = soql.parse(statement)
    _refuse_unsuited(query)
    result = soql.run(query, query_setting(call, include_deleted=False, empty=True))
    if any(each.type in COMPOUND_TYPES for each in result.fields):
        raise _unsuited("Selecting compound data")
    return result


def _refuse_unsuited(query: Query) -> None:
    """Refuse what query jobs do not take (Bulk API 2.0 guide, create a query job)."""
    selected = [each.what for each in query.selected]
    reasons = {
        "GROUP BY": query.grouping is not None,
        "OFFSET": query.offset is not None,
        "TYPEOF": any(isinstance(each, TypeChoice) for each in selected),
        "Aggregate Relationships": any(isinstance(each, Query) for each in selected),
        "Aggregate functions": query.counts_only or _aggregates(selected),
    }
    for what, found in reasons.items():
        if found:
            raise _unsuited(what)


def _unsuited(what: str) -> OrgError:
    code, message = facts.BULK_UNSUITED_QUERY
    return OrgError(code, message.format(what=what))


def _aggregates(selected: Iterable[object]) -> bool:
    return any(isinstance(each, Function) and each.name.lower() in soql.AGGREGATES for each in selected)
