"""What queries need of the org."""

from __future__ import annotations

from typing import Protocol

from ..ports import DataOrg
from .cursors import QueryCursors


class QueryOrg(DataOrg, Protocol):
    """The org as queries see it: its records, and the results that are still open."""

    @property
    def cursors(self) -> QueryCursors:
        """Return the open results."""
