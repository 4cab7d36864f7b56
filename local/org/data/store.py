"""The org's store: records with their rules, and what the control API and the resources do to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..schema.row import Row
from ..schema.sobjects import Schema, SObjectType
from ..standard.seed import seed_records
from ..wire.caller import Caller
from .declaring.currencies import add_currencies
from .declaring.declare import declare
from .declaring.rule_records import refresh
from .declaring.settings_changed import follow_settings
from .rules.ruled_records import RuledRecords
from .rules.save_results import SaveOptions, SaveResult
from .saving import recycle_bin
from .saving.loading import load
from .saving.saving import Saving

DEFAULT_OPTIONS = SaveOptions()


class Store(RuledRecords):
    """All records of one org, its rules, and the ways to change them."""

    def __init__(self, schema: Schema, **parts: Any) -> None:
        super().__init__(schema, **parts)
        seed_records(self)
        self.index_for_duplicate_rules()
        refresh(self)
        schema.touch(self.clock.now_ms())

    def declare(self, declaration: Mapping[str, Any]) -> None:
        """Add what a schema declaration says (SCHEMA.md)."""
        declare(self, declaration)
        if self.settings.currencies:
            add_currencies(self)
        refresh(self)

    def settings_changed(self) -> None:
        """Follow the settings that change the schema; person accounts, once enabled, stay until a reset."""
        follow_settings(self)

    # --- one record, by the rules ---

    def create(
        self, caller: Caller | None, sobject: str, values: Mapping[str, Any], options: SaveOptions = DEFAULT_OPTIONS
    ) -> SaveResult:
        """Insert a record; raise NOT_FOUND for an unknown sObject."""
        return Saving(self, caller, sobject, options).create(values)

    def update(
        self,
        caller: Caller | None,
        sobject: str,
        record_id: str,
        values: Mapping[str, Any],
        options: SaveOptions = DEFAULT_OPTIONS,
    ) -> SaveResult:
        """Change a record."""
        return Saving(self, caller, sobject, options).update(record_id, values)

    def upsert(
        self,
        caller: Caller | None,
        sobject: str,
        key: str,
        values: Mapping[str, Any],
        options: SaveOptions = DEFAULT_OPTIONS,
    ) -> SaveResult:
        """Change the record whose external ID field `key` has the value in `values`, or insert one."""
        return Saving(self, caller, sobject, options).upsert(key, values)

    def delete(
        self, caller: Caller | None, sobject: str, record_id: str, options: SaveOptions = DEFAULT_OPTIONS
    ) -> SaveResult:
        """Move a record to the recycle bin."""
        return Saving(self, caller, sobject, options).delete(record_id)

    # --- rows as the control API gives them ---

    def load(
        self, sobject: str, rows: Iterable[Mapping[str, Any]], *, commit_delay_s: float | None = None
    ) -> list[str]:
        """Insert rows, or replace those whose Id exists, bypassing every rule; return their Ids."""
        return load(self, sobject, rows, commit_delay_s=commit_delay_s or 0)

    # --- the recycle bin ---

    def put_in_recycle_bin(self, caller: Caller | None, sobject: SObjectType, row: Row) -> None:
        """Delete a record with its details; its stamp moves."""
        recycle_bin.put_in_recycle_bin(self, caller, sobject, row)

    def undelete(self, caller: Caller | None, record_id: str) -> None:
        """Restore a record from the recycle bin."""
        recycle_bin.undelete(self, caller, record_id)

    def hard_delete(self, caller: Caller | None, record_id: str) -> None:
        """Remove a record permanently."""
        recycle_bin.hard_delete(self, caller, record_id)

    def empty_recycle_bin(self) -> int:
        """Remove every deleted record permanently; return how many."""
        return recycle_bin.empty_recycle_bin(self)
