"""Describes what is wrong with a message, in words for its sender. Pure."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

MOST_FAULTS = 3

# Pydantic's words (docs.pydantic.dev, Validation Errors) as a product's developers would say them.
_WORDS = {
    "extra_forbidden": "no such key is known here",
    "missing": "is missing",
    "string_type": "must be a text",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "list_type": "must be a list",
    "string_too_short": "is too short",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must not be empty",
    "too_long": "must have at most {max_length} entries",
    "literal_error": "must be {expected}",
}
_PATTERNS = {
    "tenant": "must be 1 to 64 letters, digits, - or _",
    "source": "must be 1 to 128 letters, digits and the signs _ - : .",
}


def described(error: ValidationError) -> str:
    """Return what is wrong, without repeating any value: such as `feilds: no such key is known here`."""
    parts = [_part(item) for item in error.errors(include_input=False, include_url=False)[:MOST_FAULTS]]
    more = error.error_count() - len(parts)
    return "; ".join(parts) + (f" (and {more} more)" if more else "")


def _part(item: ErrorDetails) -> str:
    place = ".".join(str(part) for part in item["loc"]) or "this"
    return f"{place}: {_words(item, str(item['loc'][-1]) if item['loc'] else '')}"


def _words(item: ErrorDetails, last: str) -> str:
    if item["type"] == "string_pattern_mismatch" and last in _PATTERNS:
        return _PATTERNS[last]
    context: dict[str, Any] = item.get("ctx", {})
    found = _WORDS.get(item["type"])
    return found.format(**context) if found else item["msg"].removeprefix("Value error, ")
