"""
Parked changes as CSV for spreadsheets: one line a change and sync, one column a field. Pure.

The parts of an export have the same columns, those of the first one: what only a later part has stands in `other_fields`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

MAX_EXPORTED = 2_000  # changes in one part: with long values still below Lambda's 6 MB
MAX_CELL = 2_000  # characters; a spreadsheet shows no more of a cell with ease
COLUMNS = ("parked_id", "source", "key", "sync", "code", "reason", "remedy", "parked_at", "retry_when")
OTHERS = "other_fields"
MAX_NAMED_BYTES = 1_500  # of the names of columns together: the token of the next part carries them
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula (OWASP, CSV injection)


def named_fields(shown: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the fields that get a column of their own, by the entries of the first part; at most MAX_NAMED_BYTES of names."""
    named: list[str] = []
    room = MAX_NAMED_BYTES
    for name in dict.fromkeys(name for entry in shown for name in _fields(entry)):
        room -= len(json.dumps(name)) + 2  # and the comma between names
        if room >= 0:
            named.append(name)
    return tuple(named)


def parked_csv(shown: Sequence[Mapping[str, Any]], named: Sequence[str]) -> str:
    """
    Return the entries, as `listing.parked_json` shows them, as CSV with a byte order mark, so that Excel reads it as UTF-8.

    `named` are the fields with a column of their own; the others stand together in the last column, as JSON.
    """
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow([*COLUMNS, *(_cell(name) for name in named), OTHERS])
    for entry in shown:
        values = _fields(entry)
        others = {name: value for name, value in values.items() if name not in named}
        cells = [entry[name] for name in COLUMNS] + [values.get(name) for name in named] + [others or None]
        lines.writerow([_cell(cell) for cell in cells])
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
