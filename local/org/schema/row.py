"""A record as the org stores it."""

from __future__ import annotations

from typing import Any

type Row = dict[str, Any]
"""The values of a record by field name; a field without a value is missing."""
