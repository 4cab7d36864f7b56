"""Compare what came with what must come: maps by the named keys, lists in any order unless they say otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_MATCHERS: dict[str, Callable[[Any, Any], bool]] = {
    "$like": lambda found, wanted: isinstance(found, str) and re.search(wanted, found, re.DOTALL) is not None,
    "$unlike": lambda found, wanted: not isinstance(found, str) or re.search(wanted, found, re.DOTALL) is None,
    "$in": lambda found, wanted: found in wanted,
    "$not": lambda found, wanted: found != wanted,
    "$max": lambda found, wanted: found is not None and found <= wanted,
    "$min": lambda found, wanted: found is not None and found >= wanted,
    "$length": lambda found, wanted: found is not None and len(found) == wanted,
    "$longest": lambda found, wanted: found is not None and len(found) <= wanted,
    "$blank": lambda found, wanted: (found in (None, "", [])) is wanted,
}


def differences(found: Any, wanted: Any, where: str = "") -> list[str]:
    """
    Return what differs, one sentence each; nothing when `found` holds all that `wanted` names.

    A map names the keys that must hold (others may be there). A list must have as many items, each of which fits another one;
    `{$has: […]}` lets further ones be. Other matchers: `$like` and `$unlike` (regular expressions), `$in`, `$not`, `$min`,
    `$max`, `$length`, `$longest`, `$blank`.
    """
    if isinstance(wanted, Mapping):
        return _map_differences(found, wanted, where)
    if isinstance(wanted, list):
        return _list_differences(found, wanted, where, exactly=True)
    if found == wanted and isinstance(found, bool) == isinstance(wanted, bool):
        return []
    return [f"{where or 'it'} is {_short(found)}, not {_short(wanted)}"]


def _map_differences(found: Any, wanted: Mapping[str, Any], where: str) -> list[str]:
    if any(isinstance(name, str) and name.startswith("$") for name in wanted):
        return [line for name, value in wanted.items() for line in _matched(found, name, value, where)]
    if not isinstance(found, Mapping):
        return [f"{where or 'it'} is {_short(found)}, not a map with {sorted(wanted)}"]
    return [
        line
        for name, value in wanted.items()
        for line in differences(found.get(name), value, f"{where}.{name}" if where else str(name))
    ]


def _matched(found: Any, name: str, wanted: Any, where: str) -> list[str]:
    if name == "$has":
        return _list_differences(found, wanted, where, exactly=False)
    if name not in _MATCHERS:
        return [f"{where}: the case file uses an unknown matcher {name}"]
    return (
        []
        if _MATCHERS[name](found, wanted)
        else [f"{where or 'it'} is {_short(found)}, which is not {name} {_short(wanted)}"]
    )


def _list_differences(found: Any, wanted: Sequence[Any], where: str, *, exactly: bool) -> list[str]:
    if not isinstance(found, Sequence) or isinstance(found, str):
        return [f"{where or 'it'} is {_short(found)}, not a list"]
    rest, missing = list(found), []
    for item in wanted:
        fitting = next((place for place, other in enumerate(rest) if not differences(other, item)), None)
        if fitting is None:
            missing.append(item)
        else:
            del rest[fitting]
    lines = [f"{where or 'the list'} lacks {_short(item)}{_nearest(rest, item)}" for item in missing]
    if exactly and len(rest) > len(missing):
        lines.append(f"{where or 'the list'} has {len(rest) - len(missing)} more than it should: {_short(rest)}")
    return lines


def _nearest(rest: Sequence[Any], wanted: Any) -> str:
    """Say what keeps the nearest item from fitting."""
    closest = min((differences(item, wanted) for item in rest), key=len, default=[])
    return f" (nearest: {'; '.join(closest)})" if closest else ""


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 400 else f"{text[:400]}… ({len(text)} characters)"
