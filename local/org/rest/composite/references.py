"""References between the parts of a composite: `@{account.id}`, `@{contacts.records[0].Id}`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

REFERENCE = re.compile(r"@\{\s*(\w+)((?:\.\w+|\[\d+\])*)\s*\}")
_ENCODED = re.compile(r"(?:@|%40)(?:\{|%7B)([\w.\[\]]|%5B|%5D)+(?:\}|%7D)", re.IGNORECASE)
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


class MissingReference(Exception):
    """A reference has no value."""


def resolved(value: Any, answers: Mapping[str, Mapping[str, Any]]) -> Any:
    """Return a body with every reference in its texts replaced; raise MissingReference."""
    if isinstance(value, str):
        return _resolved_text(value, answers)
    if isinstance(value, list):
        return [resolved(each, answers) for each in value]
    if isinstance(value, dict):
        return {name: resolved(each, answers) for name, each in value.items()}
    return value


def resolved_url(url: str, answers: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a URL with every reference in it replaced, written plainly or percent-encoded."""
    plain = _ENCODED.sub(lambda match: _decoded(match[0]), url)
    return str(_resolved_text(plain, answers))


def _decoded(text: str) -> str:
    for code, character in (("%40", "@"), ("%7B", "{"), ("%7D", "}"), ("%5B", "["), ("%5D", "]")):
        text = text.replace(code, character).replace(code.lower(), character)
    return text


def _resolved_text(text: str, answers: Mapping[str, Mapping[str, Any]]) -> Any:
    if "@{" not in text:
        return text
    whole = REFERENCE.fullmatch(text)
    if whole is not None:
        return _value(whole, answers)
    return REFERENCE.sub(lambda match: str(_value(match, answers)), text)


def _value(match: re.Match[str], answers: Mapping[str, Mapping[str, Any]]) -> Any:
    reference, path = match[1], match[2]
    answer = answers.get(reference)
    value = answer.get("body") if answer is not None and answer["httpStatusCode"] < 300 else None
    for name, index in _STEP.findall(path):
        value = _step(value, name, index)
    if value is None or isinstance(value, dict | list):
        shown = path.removeprefix(".")
        raise MissingReference(f"Invalid reference specified. No value for {reference}.{shown} found in {reference}")
    return value


def _step(value: Any, name: str, index: str) -> Any:
    if name:
        return value.get(name) if isinstance(value, dict) else None
    return value[int(index)] if isinstance(value, list) and int(index) < len(value) else None
