"""PK chunking: one statement as many, each over a range of Ids (Bulk API guide, PK Chunking header)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import soql
from ..schema.ids import ALPHABET
from ..schema.sobjects import Schema, SObjectType
from ..soql.parsing.lexer import tokens_of
from ..wire.call import Call
from ..wire.messages import OrgError
from . import facts
from .documents import refusal
from .job_store import Chunking, Job
from .ports import Bulk1Org

DEFAULT_SIZE, MAX_SIZE = 100_000, 250_000  # same page
CHUNKED_BY_PARENT = re.compile(r"(?:.+)(Share|History|CleanInfo)")


def chunking_of(header: str, sobject: SObjectType, schema: Schema) -> Chunking | None:
    """Return the chunking that a header such as `chunkSize=50000; startRow=001...; parent=Account` asks for, if any."""
    options = dict(_options(header))
    if not header or options.get("false") is not None:
        return None
    parent = options.get("parent", "")
    if not (parent or sobject.name in facts.CHUNKED_OBJECTS or sobject.name.endswith("__c")):
        raise refusal(facts.NOT_CHUNKABLE_OBJECT, sobject=sobject.name)
    if parent and (not CHUNKED_BY_PARENT.fullmatch(sobject.name) or _reference_to(sobject, schema, parent) is None):
        raise refusal(facts.NOT_CHUNKABLE_OBJECT, sobject=sobject.name)
    size = options.get("chunksize") or str(DEFAULT_SIZE)
    if not size.isdecimal() or not 0 < int(size) <= MAX_SIZE:
        raise refusal(("InvalidJob", "chunkSize is a number up to {most}"), most=MAX_SIZE)
    return Chunking(int(size), options.get("startrow", ""), parent)


def _options(header: str) -> Iterator[tuple[str, str]]:
    for each in header.split(";"):
        name, _, value = each.partition("=")
        yield name.strip().lower(), value.strip()


def _reference_to(sobject: SObjectType, schema: Schema, parent: str) -> str | None:
    """Return the field by which records of a sharing or history object name their parent."""
    target = schema.sobject(parent)
    fields = [each.name for each in sobject.fields if target and target.name in each.reference_to]
    return fields[0] if fields else None


def _check(query: soql.Query) -> None:
    """Raise MALFORMED_QUERY for a statement with more than WHERE."""
    if query.ordering or query.limit is not None or query.offset is not None or query.grouping or query.with_clauses:
        raise OrgError("MALFORMED_QUERY", facts.NOT_CHUNKABLE_QUERY)


def chunk_statements(call: Call[Bulk1Org], job: Job, query: soql.Query) -> list[str]:
    """
    Return the statement with the bounds of each chunk that has records; deleted ones count too.

    A chunk spans so many Ids, whether a record has each or not, as chunks of Salesforce do.
    """
    _check(query)
    chunking = job.chunking or Chunking(DEFAULT_SIZE)
    view = call.org.store.view(call.session)
    source = chunking.parent or job.sobject
    sobject = view.schema.sobject(job.sobject)
    field = (_reference_to(sobject, view.schema, chunking.parent) if chunking.parent and sobject else None) or "Id"
    ids = sorted(row["Id"][:15] for row in view.rows(source, include_deleted=True))
    ids = [each for each in ids if each >= chunking.start[:15]]
    return [_bounded(query.text, field, first, last) for first, last in _ranges(ids, chunking)]


def _ranges(ids: list[str], chunking: Chunking) -> Iterator[tuple[str, str]]:
    """Yield the first Id of each chunk and the one behind it; ranges without any record are left out."""
    if not ids:
        return
    begin = _number(chunking.start[:15] or ids[0])
    reached = -1
    for each in ids:
        chunk = (_number(each) - begin) // chunking.size
        if chunk > reached:
            reached = chunk
            yield _short_id(begin + chunk * chunking.size), _short_id(begin + (chunk + 1) * chunking.size)


def _number(short_id: str) -> int:
    number = 0
    for letter in short_id:
        number = number * len(ALPHABET) + ALPHABET.index(letter)
    return number


def _short_id(number: int) -> str:
    letters = ""
    for _ in range(15):
        number, rest = divmod(number, len(ALPHABET))
        letters = ALPHABET[rest] + letters
    return letters


def _bounded(statement: str, field: str, first: str, last: str) -> str:
    """Return a statement with bounds added to its WHERE."""
    bounds = f"{field} >= '{first}' AND {field} < '{last}'"
    where = next((each for each in tokens_of(statement) if each.kind == "where"), None)
    if where is None:
        return f"{statement.rstrip()} WHERE {bounds}"
    end = where.at + len(where.text)
    return f"{statement[:end]} ({statement[end:].strip()}) AND {bounds}"
