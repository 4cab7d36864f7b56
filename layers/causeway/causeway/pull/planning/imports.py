"""What an import reads once, beyond the schedule: everything of the rule, or a narrower part of it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

MAX_IDS = 2_000  # of one import: 42,000 characters of SOQL


@dataclass(frozen=True, slots=True)
class Import:
    """The records of the rule that are read: those of these Ids, and of this filter; neither means all of them."""

    ids: tuple[str, ...] = ()
    filter: Mapping[str, Any] | None = None

    def text(self) -> str:
        """Return the form in which a job carries it."""
        return json.dumps(asdict(self), separators=(",", ":"))


EVERYTHING = Import()


def import_of(text: str) -> Import:
    """Return the import that a job carries."""
    found = json.loads(text)
    return Import(tuple(found["ids"]), found["filter"])
