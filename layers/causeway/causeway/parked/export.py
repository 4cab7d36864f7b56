"""Parked changes as CSV for spreadsheets: one line a change and sync, one column a field. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

MAX_EXPORTED = 2_000  # changes in one part: with long values still below Lambda's 6 MB
MAX_CELL = 2_000  # characters; a spreadsheet shows no more of a cell with ease
COLUMNS = ("parked_id", "source", "key", "sync", "code", "reason", "remedy", "parked_at", "retry_when")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula (OWASP, CSV injection)


def parked_csv(shown: Sequence[Mapping[str, Any]]) -> str:
    """Return the entries, as `listing.parked_json` shows them, as CSV with a byte order mark, so that Excel reads it as UTF-8."""
    fields = list(dict.fromkeys(name for entry in shown for name in _fields(entry)))
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow([*COLUMNS, *(_cell(name) for name in fields)])
    for entry in shown:
        values = _fields(entry)
        lines.writerow([_cell(entry[name]) for name in COLUMNS] + [_cell(values.get(name)) for name in fields])
    return "\ufeff" + text.getvalue()


def _fields(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    fields = (entry.get("change") or {}).get("fields")
    return fields if isinstance(fields, Mapping) else {}


def _cell(value: Any) -> str:
    """Return a value as a cell that no spreadsheet computes; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    text = (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))[:MAX_CELL]
    return f"'{text}" if text.startswith(_FORMULA) else text
