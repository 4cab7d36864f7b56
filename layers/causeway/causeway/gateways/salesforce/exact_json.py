"""JSON in which decimal numbers keep all their digits, on the way to the org and back."""

from __future__ import annotations

import json
import re
import secrets
from decimal import Decimal
from typing import Any

FLOAT_DIGITS = 15  # significant digits that every float keeps


def exact_json(body: Any) -> bytes:
    """Return a body as JSON, a Decimal as the number that it is."""
    mark = f"decimal-{secrets.token_hex(16)}-"  # drawn for each body, so that no value can hold it
    found: list[Decimal] = []

    def marked(value: Any) -> str:
        if not isinstance(value, Decimal):
            raise TypeError(f"A {type(value).__name__} cannot be sent as JSON.")
        found.append(value)
        return f"{mark}{value:f}"

    text = json.dumps(body, default=marked, allow_nan=False)
    return (re.sub(f'"{mark}([^"]*)"', r"\1", text) if found else text).encode()


def exact_float(text: str) -> float | Decimal:
    """Return a JSON number with a fraction: a float when that keeps its digits, else the Decimal."""
    number = float(text)
    return number if len(text) <= FLOAT_DIGITS or Decimal(repr(number)) == Decimal(text) else Decimal(text)
