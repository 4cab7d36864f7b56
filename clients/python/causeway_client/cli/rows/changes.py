"""Make changes of rows. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from causeway_client.cli.rows.columns import Columns
from causeway_client.cli.rows.files import Row
from causeway_client.cutting import cut
from causeway_client.errors import InvalidChanges
from causeway_client.generated.push import Change


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is not sent, and why."""

    number: int
    key: str | None
    reason: str


@dataclass(slots=True)
class FileChanges:
    """The changes of a file, the rows that are not sent, and keys that stand in several rows."""

    changes: list[Change] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)

    def repeated(self) -> list[str]:
        """Return the keys that several rows have."""
        return [key for key, count in Counter(change.key for change in self.changes).items() if count > 1]


def is_change(row: Row) -> bool:
    """Return whether a JSON line is a change already, in the shape of docs/messages.md."""
    return "key" in row.cells and isinstance(row.cells.get("fields"), Mapping)


def changes_of(rows: Sequence[Row], columns: Columns | None, occurred_at: str | None = None) -> FileChanges:
    """Return the rows as changes; a row that breaks the contract is refused alone. Without columns each row is a change."""
    found = FileChanges()
    for row in rows:
        raw = dict(row.cells) if columns is None else _raw(row, columns, occurred_at)
        key = str(raw["key"]) if raw.get("key") is not None else None
        try:
            if key is None:
                raise ValueError(f"the column {columns.key if columns else 'key'!r} is empty, so nothing identifies it")
            change = Change.model_validate({**raw, "key": key})
            cut("any", "any", [change])  # too large, or with a value that is no JSON
        except InvalidChanges as error:
            found.refused.append(RefusedRow(row.number, key, error.faults[0].reason))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            found.refused.append(RefusedRow(row.number, key, f"{place}: {first['msg']}"))
        except ValueError as error:
            found.refused.append(RefusedRow(row.number, key, str(error)))
        else:
            found.changes.append(change)
    return found


def _raw(row: Row, columns: Columns, occurred_at: str | None) -> dict[str, Any]:
    key = row.cells.get(columns.key)
    is_email = columns.fields.get(columns.key) == "email"
    raw: dict[str, Any] = {
        "key": str(key).lower() if is_email and key is not None else key,
        "fields": {
            field: row.cells[name]
            for name, field in columns.fields.items()
            if name in row.cells and name != occurred_at
        },
    }
    if occurred_at and occurred_at in row.cells:
        raw["occurred_at"] = row.cells[occurred_at]
    return raw
