"""The product's own fields of one source: those it registered, and those seen in its messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import Field

from causeway.contract.names import Strict

MAX_FIELDS = 500  # so that one source's list stays far below DynamoDB's 400 KB an item
MAX_NAME = 256

type FieldType = Literal["string", "number", "boolean", "date", "datetime", "list", "object"]


class ProductField(Strict):
    """One field the product may send; `learned` when it was seen in a message and never registered."""

    name: str = Field(min_length=1, max_length=MAX_NAME)
    label: str = Field(default="", max_length=256)
    type: FieldType = "string"
    learned: bool = False


def seen_fields(changes: Iterable[Mapping[str, Any]]) -> dict[str, FieldType]:
    """Return the names and JSON types in the `fields` of changes; a null has no type, so it counts as a string."""
    seen: dict[str, FieldType] = {}
    for fields in changes:
        for name, value in fields.items():
            if name not in seen and 0 < len(name) <= MAX_NAME:
                seen[name] = _type_of(value)
    return seen


def _type_of(value: Any) -> FieldType:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, list):
        return "list"
    return "object" if isinstance(value, Mapping) else "string"
