"""Records of a batch as they were sent: CSV, JSON or XML (Bulk API guide, Prepare Data Files)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

from ..bulk.columns import Values, column_of, row_values
from ..bulk.csv_files import invalid_file
from ..data.rules.save_results import RecordError
from ..schema.sobjects import SObjectType
from ..wire.call import Call
from ..wire.messages import OrgError
from .documents import local_name, parsed_xml
from .job_store import Job
from .ports import Bulk1Org

XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"

type Records = list[Values | RecordError]


def records_of(call: Call[Bulk1Org], job: Job, sobject: SObjectType, content: bytes) -> Records:
    """Return the values of each record, or why it cannot be read; raise INVALIDBATCH for a batch that cannot be read at all."""
    try:
        if job.content_type == "XML":
            return _of_xml(call, sobject, content)
        text = content.decode("utf-8-sig")
        return _of_json(text) if job.is_json else _of_csv(call, sobject, text)
    except UnicodeDecodeError as error:
        raise invalid_file("The batch is not UTF-8") from error


def _of_csv(call: Call[Bulk1Org], sobject: SObjectType, text: str) -> Records:
    """Read CSV with line feeds, with or without carriage returns; empty lines are no records."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        raise invalid_file(f"Failed to parse CSV: {error}") from error
    header = rows[0] if rows else []
    columns = [replace(column_of(call, sobject, name), place=place) for place, name in enumerate(header)]
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(columns):
            raise invalid_file(f"Row {number} has {len(row)} values for {len(columns)} columns")
    return [row_values(columns, row) for row in rows[1:]]


def _of_json(text: str) -> Records:
    try:
        records = json.loads(text)
    except ValueError as error:
        raise invalid_file(f"Failed to parse JSON: {error}") from error
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise invalid_file("A batch is an array of records")
    return [{("Id" if name.lower() == "id" else name): value for name, value in each.items()} for each in records]


def _of_xml(call: Call[Bulk1Org], sobject: SObjectType, content: bytes) -> Records:
    try:
        root = parsed_xml(content)
    except ElementTree.ParseError as error:
        raise invalid_file(f"Failed to parse XML: {error}") from error
    return [_record(call, sobject, each) for each in root if local_name(each) == "sObject"]


def _record(call: Call[Bulk1Org], sobject: SObjectType, element: ElementTree.Element) -> Values | RecordError:
    """Return one sObject's values; a field that it does not have is the record's own failure."""
    values: Values = {}
    try:
        for name, text in _named_texts(element):
            if text != "":
                column_of(call, sobject, name).put_text(values, text)
    except RecordError as error:
        return error
    except OrgError as error:
        return RecordError("INVALID_FIELD", error.message.partition(" : ")[2])
    return values


def _named_texts(element: ElementTree.Element) -> Iterator[tuple[str, str | None]]:
    """
    Yield the fields of an sObject as CSV would head them; a nil field has no text.

    A parent by external ID is an sObject within its relationship: `Account.Key__c`, or `Lead:Who.Email` with its type.
    """
    for each in element:
        name, parent = local_name(each), next(iter(each), None)
        if parent is None:
            yield name, None if each.get(XSI_NIL) == "true" else (each.text or "")
            continue
        members: dict[str, Any] = {
            local_name(key): (key.text or "") for key in (parent if local_name(parent) == "sObject" else each)
        }
        target = members.pop("type", None)
        for key, text in members.items():
            yield f"{target}:{name}.{key}" if target else f"{name}.{key}", text
