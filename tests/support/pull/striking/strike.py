"""A fault at a chosen call of a run, once or for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ALTER = "alter"


@dataclass(frozen=True)
class Strike:
    """
    A fault at the `at`th call of a run (from 1), once or at every call from there on.

    `fault` is a rule of the org's control API, or `{"do": "alter", "how": …}` with a name of alterations.py.
    """

    fault: Mapping[str, Any]
    at: int
    for_ever: bool = False

    def hits(self, number: int) -> bool:
        """Tell whether the call of that number is struck."""
        return number >= self.at if self.for_ever else number == self.at

    @property
    def alters(self) -> str:
        """Return how the answer is altered in transit, "" when the org itself is at fault."""
        return str(self.fault["how"]) if self.fault["do"] == ALTER else ""
