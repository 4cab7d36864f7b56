"""DynamoDB's item notation to and from plain values: str, int, bool, bytes, None, list and dict (no fractions are stored)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

type Item = dict[str, dict[str, Any]]


def to_item(values: Mapping[str, Any]) -> Item:
    """Return the item of these values; raise TypeError for a type that is never stored."""
    return {name: to_attribute(value) for name, value in values.items()}


def from_item(item: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the plain values of an item; numbers become int."""
    return {name: from_attribute(attribute) for name, attribute in item.items()}


def to_attribute(value: Any) -> dict[str, Any]:
    """Return one value in DynamoDB's notation."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case list() | tuple():
            return {"L": [to_attribute(each) for each in value]}
        case dict():
            return {"M": to_item(value)}
    raise TypeError(f"{type(value).__name__} is not stored")


def from_attribute(attribute: Mapping[str, Any]) -> Any:
    """Return one attribute as a plain value."""
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            return int(value)
        case "NULL":
            return None
        case "B":
            return bytes(value)
        case "L":
            return [from_attribute(each) for each in value]
        case "M":
            return from_item(value)
    return value
