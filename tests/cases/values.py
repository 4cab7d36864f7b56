"""Values of a case file: `$name` stands for a bound Id or answer, `{$repeat: …}` and `{$times: …}` spare long lists and texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NAME = re.compile(r"\$\{?([a-z]\w*)\}?")


def filled(value: Any, bound: Mapping[str, Any]) -> Any:
    """
    Return a value with every `$name` (or `${name}`) replaced by what is bound, and generators worked out.

    `{$times: 300, of: "x"}` is a text, `{$repeat: 40, each: …}` a list whose items see the number as `$n`. A text that is one
    name alone becomes the bound value itself. `$$` is a dollar sign. Raises ValueError for a name alone that nothing is bound to.
    """
    if isinstance(value, str):
        return _text(value, bound)
    if isinstance(value, list):
        return [filled(item, bound) for item in value]
    if not isinstance(value, dict):
        return value
    if "$times" in value:
        return str(filled(value["of"], bound)) * int(value["$times"])
    if "$repeat" in value:
        return [filled(value["each"], {**bound, "n": number}) for number in range(int(value["$repeat"]))]
    return {_name(name, bound): filled(item, bound) for name, item in value.items()}


def _name(name: Any, bound: Mapping[str, Any]) -> Any:
    """Return the name of a map's value; matchers (`$like`) keep theirs."""
    whole = _NAME.fullmatch(name) if isinstance(name, str) else None
    return name if whole and whole[1] not in bound else filled(name, bound)


def _text(text: str, bound: Mapping[str, Any]) -> Any:
    whole = _NAME.fullmatch(text)
    if whole:
        if whole[1] not in bound:
            raise ValueError(f"nothing is bound to {text}; $${text[1:]} is the text itself")
        return bound[whole[1]]
    parts = [_NAME.sub(lambda name: str(bound.get(name[1], name[0])), part) for part in text.split("$$")]
    return "$".join(parts)


def at_path(value: Any, path: str) -> Any:
    """Return what lies at a dotted path (`ids.0`), None when nothing does."""
    for part in path.split(".") if path else ():
        if isinstance(value, list):
            value = value[int(part)] if part.lstrip("-").isdigit() and -len(value) <= int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, Mapping) else None
    return value
