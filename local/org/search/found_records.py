"""The records that a search finds, and what it answers of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from .. import soql
from ..rest.query.ports import QueryOrg
from ..rest.query.queries import query_setting
from ..schema.row import Row
from ..schema.sobjects import FieldType, SObjectType
from ..soql.language.syntax import Junction, Literal, Membership, Name
from ..standard.definitions import DEFINITIONS
from ..wire.call import Call
from ..wire.messages import OrgError
from . import facts
from .statements import Returned, Search
from .terms import Tokens, tokens_of

IN_GROUP: dict[str, Callable[[FieldType], bool]] = {
    "ALL": lambda field: field.type in facts.TEXT_TYPES,
    "NAME": lambda field: field.name_field or field.name in ("FirstName", "LastName"),
    "EMAIL": lambda field: field.type == "email",
    "PHONE": lambda field: field.type == "phone",
    "SIDEBAR": lambda field: field.name_field or field.type in ("email", "phone"),
}


def found_records(call: Call[QueryOrg], search: Search) -> list[dict[str, Any]]:
    """Return the records of a search, each sObject's after the other; what is left of the limit is shared evenly."""
    schema = call.org.store.view(call.session).schema
    returned = search.returned or [Returned(each.name) for each in schema.sobjects if is_searchable(each)]
    return [
        record
        for records in _shared([_records(call, search, each) for each in returned], search.most)
        for record in records
    ]


def is_searchable(sobject: SObjectType) -> bool:
    """Say whether searches look into an sObject: it has a name, is there to be queried, and its describe does not deny it."""
    if sobject.name in DEFINITIONS or not sobject.described.get("searchable", True):
        return False
    return sobject.queryable and any(each.name_field for each in sobject.fields)


def _records(call: Call[QueryOrg], search: Search, returned: Returned) -> list[dict[str, Any]]:
    """Return one sObject's records; its fields and clauses are checked also where nothing is found."""
    view = call.org.store.view(call.session)
    sobject = view.schema.sobject(returned.sobject)
    if sobject is None or not is_searchable(sobject):
        code, message = facts.NOT_SEARCHABLE
        raise OrgError(code, message.format(name=returned.sobject))
    query = soql.parse(returned.statement)
    fields = [each for each in sobject.fields if IN_GROUP[search.group](each)]
    ids = [row["Id"] for row in view.rows(sobject.name) if search.test(list(_tokens(fields, row)))]
    if ids:
        found = Membership(Name(("Id",), 0), False, tuple(Literal("string", each, 0) for each in ids))
        query = replace(query, where=Junction("and", (found, query.where)) if query.where else found)
    return soql.run(query, query_setting(call, include_deleted=False, empty=not ids)).records()


def _tokens(fields: list[FieldType], row: Row) -> Iterator[Tokens]:
    """Yield each field's words; a phone number also is one word of its digits."""
    for each in fields:
        value = row.get(each.name)
        if isinstance(value, str):
            yield tokens_of(value)
            if each.type == "phone":
                yield ["".join(filter(str.isdigit, value))]


def _shared(found: list[list[dict[str, Any]]], most: int) -> list[list[dict[str, Any]]]:
    """
    Cut lists so that all together hold at most `most`: evenly, and what one does not need goes to the others.

    Source: SOSL guide, LIMIT: of 19 accounts and 35 contacts a limit of 20 answers 10 and 10.
    """
    share, rest = [0] * len(found), most
    while rest and (open_places := [place for place, each in enumerate(found) if len(each) > share[place]]):
        for place in open_places[:rest]:
            share[place] += 1
        rest -= min(rest, len(open_places))
    return [each[:count] for each, count in zip(found, share, strict=True)]
