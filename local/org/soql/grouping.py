"""Aggregates."""

from __future__ import annotations

from typing import Any

from local.org.soql.columns import Scope
from local.org.soql.database import Row
from local.org.soql.errors import malformed
from local.org.soql.functions import AGGREGATES
from local.org.soql.syntax import Function, Query


def is_grouped(query: Query) -> bool:
    """Say whether the answer consists of aggregates."""
    return query.grouping is not None or any(
        isinstance(each.what, Function) and each.what.name.lower() in AGGREGATES for each in query.selected
    )


class GroupedQuery:
    """Groups."""

    def __init__(self, scope: Scope) -> None:
        raise malformed("not yet")

    def records(self, rows: list[Row]) -> list[dict[str, Any]]:
        return []
