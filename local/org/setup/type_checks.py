"""Check JSON values against the types of a dataclass, for what the control API takes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, get_args, get_origin, get_type_hints

from ..wire.messages import OrgError


def check_types(kind: type, values: Mapping[str, Any], what: str, code: str) -> None:
    """Raise `code` for a name that the dataclass does not have, or a value of another type."""
    hints = _hints_of(kind)
    for name, value in values.items():
        if name not in hints or get_origin(hints[name]) is ClassVar:
            raise OrgError(code, f"There is no {what} {name!r}; local/org/README.md lists them.")
        if not fits(value, hints[name]):
            raise OrgError(code, f"{what.capitalize()} {name!r} takes {described(hints[name])}, not {value!r:.100}.")


@cache
def _hints_of(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def fits(value: Any, hint: Any) -> bool:
    """Say whether a JSON value has a type such as `int`, `float`, `list[str]`, `dict[str, str]` or `int | None`."""
    if isinstance(hint, UnionType):
        return any(fits(value, each) for each in get_args(hint))
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if get_origin(hint) is list:
        return isinstance(value, list) and all(fits(each, get_args(hint)[0]) for each in value)
    if get_origin(hint) is dict:
        return isinstance(value, dict) and all(fits(each, get_args(hint)[1]) for each in value.values())
    return isinstance(value, hint)


def described(hint: Any) -> str:
    """Return a type's name as its users write it."""
    return "null" if hint is NoneType else getattr(hint, "__name__", str(hint)) if not get_args(hint) else str(hint)
