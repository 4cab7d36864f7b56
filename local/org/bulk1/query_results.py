"""Rows of a query's result as CSV, JSON or XML (Bulk API guide, Walk Through a Bulk Query Sample)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from .. import soql
from ..bulk.csv_files import CsvFormat, cell
from . import facts
from .documents import NAMESPACE, PROLOGUE

TIME_TYPES = frozenset({"date", "datetime"})


def written(result: soql.Result, content_type: str) -> bytes:
    """Return a result in the content type of its job."""
    write = {"CSV": _csv, "JSON": _json, "XML": _xml}[content_type]
    return write(result).encode()


def _csv(result: soql.Result) -> str:
    """Return a header and rows; without any row the sentence that stands for them."""
    if not result.total_size:
        return facts.NO_ROWS_AS_CSV
    return CsvFormat().written([result.columns, *([cell(value) for value in row] for row in result.flat_rows())])


def _json(result: soql.Result) -> str:
    """Return an array of records; dates and datetimes are milliseconds since 1970."""
    records = result.records()
    if facts.JSON_TIMES_IN_MS:
        named = zip(result.columns, result.fields, strict=True)
        times = [path.split(".") for path, field in named if field.type in TIME_TYPES]
        for record in records:
            for path in times:
                _put_ms(record, path)
    return json.dumps(records)


def _put_ms(record: dict[str, Any], path: list[str]) -> None:
    """Turn the time at a path into milliseconds; parents that are null have none."""
    *parents, name = path
    for parent in parents:
        record = record.get(parent) or {}
    text = record.get(name)
    if isinstance(text, str):
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        record[name] = round(moment.timestamp() * 1000)


def _xml(result: soql.Result) -> str:
    """Return `queryResult` with a `records` element for each row."""
    records = "".join(f'<records xsi:type="sObject">{_members(each)}</records>' for each in result.records())
    schema = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    return f'{PROLOGUE}<queryResult xmlns="{NAMESPACE}" {schema}>{records}</queryResult>'


def _members(record: Mapping[str, Any]) -> str:
    fields = (_member(name, value) for name, value in record.items() if name != "attributes")
    return f"<type>{record['attributes']['type']}</type>" + "".join(fields)


def _member(name: str, value: Any) -> str:
    if value is None:
        return f'<{name} xsi:nil="true"/>'
    if isinstance(value, Mapping):
        return f'<{name} xsi:type="sObject">{_members(value)}</{name}>'
    return f"<{name}>{escape(cell(value))}</{name}>"
