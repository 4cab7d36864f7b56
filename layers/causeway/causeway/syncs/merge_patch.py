"""A change of a sync's nested rules as a JSON merge patch (RFC 7396): what it names changes, null resets, the rest stays. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_origin

from pydantic import BaseModel

ATOMIC = frozenset({"filter"})  # a tree, whose groups and conditions make no sense in part
_ALTERNATIVES = {"every_minutes": "daily_at", "daily_at": "every_minutes"}  # a schedule has one of them


def merged[M: BaseModel](before: M, patch: Mapping[str, Any]) -> M:
    """Return the rules with what the patch names; raises ValidationError."""
    return type(before).model_validate(_merged(before.model_dump(), patch))


def _merged(before: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(before)
    for name, value in patch.items():
        is_block = isinstance(value, Mapping) and isinstance(before.get(name), Mapping) and name not in ATOMIC
        if value is None:
            found.pop(name, None)
        else:
            found[name] = _merged(before[name], value) if is_block else value
            other = _ALTERNATIVES.get(name)
            if other and other not in patch:
                found.pop(other, None)
    return found


def without_nulls(model: type[BaseModel], given: Any) -> Any:
    """Return the body of a block with the default in place of each null, which is what removing a key comes to."""
    if not isinstance(given, Mapping):
        return given
    return {name: _value(model, name, value) for name, value in given.items()}


def _value(model: type[BaseModel], name: str, value: Any) -> Any:
    field = model.model_fields.get(name)
    if field is None:
        return value
    if value is None:
        default = field.get_default(call_default_factory=True)
        return default.model_dump() if isinstance(default, BaseModel) else default
    if isinstance(value, list) and get_origin(field.annotation) is tuple:
        return tuple(value)  # what a validator returns is no JSON any more, where a list may stand for a tuple
    nested = field.annotation
    return without_nulls(nested, value) if isinstance(nested, type) and issubclass(nested, BaseModel) else value
