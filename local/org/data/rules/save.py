"""What the rules of a save look at: the record before and after it, and what the request changes."""

from __future__ import annotations

from dataclasses import dataclass

from ...schema.row import Row
from ...schema.sobjects import SObjectType
from ...wire.caller import Caller
from ..storage.records import Records


@dataclass(slots=True, frozen=True)
class Save:
    """One record to save: the stored version (None: new), the new version, and what the request changes."""

    records: Records
    caller: Caller | None
    sobject: SObjectType
    before: Row | None
    row: Row
    changes: Row
