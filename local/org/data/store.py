"""The org's store: records with their rules, and what the control API and the resources do to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from local.org.data.declaring import rule_records
from local.org.data.declaring.declare import declare
from local.org.data.rules.assignment_rules import AssignmentRule
from local.org.data.rules.duplicate_rules import DuplicateRule, standard_duplicate_rules
from local.org.data.rules.field_values import stored
from local.org.data.rules.save_results import RecordError, SaveOptions, SaveResult
from local.org.data.rules.save_rules import Save, campaign_statuses
from local.org.data.rules.validation_rules import ValidationRule
from local.org.data.saving import person_accounts, saving
from local.org.data.saving import recycle_bin as deleting
from local.org.data.saving.derived_values import derive, number
from local.org.data.storage.records import Records
from local.org.data.storage.visibility import View
from local.org.schema.row import Row
from local.org.schema.sobjects import FieldType, Schema, SObjectType
from local.org.standard.sales import MEMBER_STATUSES
from local.org.standard.seed import organization_row, seed_records
from local.org.wire.caller import Caller
from local.org.wire.messages import OrgError

DEFAULT_OPTIONS = SaveOptions()


class Store(Records):
    """All records of one org, its rules, and the ways to change them."""

    def __init__(self, schema: Schema, **parts: Any) -> None:
        super().__init__(schema, **parts)
        self.validation_rules: dict[str, list[ValidationRule]] = {}
        self.duplicate_rules: list[DuplicateRule] = standard_duplicate_rules()
        self.assignment_rules: list[AssignmentRule] = []
        self._defaults: dict[str, tuple[int, Row]] = {}
        seed_records(self)
        self._index_for_duplicate_rules()
        rule_records.refresh(self)
        schema.touch(self.clock.now_ms())

    def _index_for_duplicate_rules(self) -> None:
        """Have the indices that duplicate rules need before a large load, so that no save builds them."""
        for matching in (each for rule in self.duplicate_rules for each in rule.matching):
            for names in matching.any_of:
                self.table(matching.sobject).index(names)

    def view(self, caller: Caller | None) -> View:
        """Return what the caller's transaction sees now; None sees everything that is committed."""
        return View(self, caller)

    def declare(self, declaration: Mapping[str, Any]) -> None:
        """Add what a schema declaration says (SCHEMA.md)."""
        declare(self, declaration)
        rule_records.refresh(self)

    def settings_changed(self) -> None:
        """Follow the settings that change the schema; person accounts, once enabled, stay until a reset."""
        if self.settings.person_accounts:
            person_accounts.enable(self)
        rule_records.refresh(self)
        self.load("Organization", [{"Id": self.organization_id, **organization_row(self.settings)}])

    # --- one record, by the rules ---

    def create(
        self, caller: Caller | None, sobject: str, values: Mapping[str, Any], options: SaveOptions = DEFAULT_OPTIONS
    ) -> SaveResult:
        """Insert a record; raise NOT_FOUND for an unknown sObject."""
        return saving.Saving(self, caller, sobject, options).create(values)

    def update(
        self,
        caller: Caller | None,
        sobject: str,
        record_id: str,
        values: Mapping[str, Any],
        options: SaveOptions = DEFAULT_OPTIONS,
    ) -> SaveResult:
        """Change a record."""
        return saving.Saving(self, caller, sobject, options).update(record_id, values)

    def upsert(
        self,
        caller: Caller | None,
        sobject: str,
        key: str,
        values: Mapping[str, Any],
        options: SaveOptions = DEFAULT_OPTIONS,
    ) -> SaveResult:
        """Change the record whose external ID field `key` has the value in `values`, or insert one."""
        return saving.Saving(self, caller, sobject, options).upsert(key, values)

    def delete(
        self, caller: Caller | None, sobject: str, record_id: str, options: SaveOptions = DEFAULT_OPTIONS
    ) -> SaveResult:
        """Move a record to the recycle bin."""
        return saving.Saving(self, caller, sobject, options).delete(record_id)

    # --- rows as the control API gives them ---

    def load(
        self, sobject: str, rows: Iterable[Mapping[str, Any]], *, commit_delay_s: float | None = None
    ) -> list[str]:
        """Insert rows, or replace those whose Id exists, bypassing every rule; return their Ids."""
        kind = self.table(sobject).sobject
        with self.transaction(None, commit_delay_s=commit_delay_s or 0):
            return [self._load(kind, values) for values in rows]

    def _load(self, sobject: SObjectType, values: Mapping[str, Any]) -> str:
        given: Row = {}
        for name, value in values.items():
            field = sobject.field(name)
            if field is None and name not in ("attributes",):
                raise OrgError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")
            if field is not None:
                given[field.name] = value if field.type in ("string", "address") else _unchecked(field, value)
        record_id = given.get("Id")
        before = self.table(sobject.name).rows.get(record_id) if record_id else None
        row = saving.changed_row(self, None, before, given) if before else saving.new_row(self, None, sobject, given)
        row.update({name: value for name, value in given.items() if value is not None})
        derive(self, sobject, row, before)
        if before is None:
            number(self, sobject, row)
        self.write(sobject, row, row["Id"], "updated" if before else "created")
        self.after_save(None, sobject, row)
        return str(row["Id"])

    # --- what saving needs ---

    def defaults(self, sobject: SObjectType) -> Row:
        """Return the values a new record has when nothing is given: checkboxes and default picklist entries."""
        known = self._defaults.get(sobject.name)
        if known is None or known[0] != self.schema.revision:
            whole = self.table(sobject.name).sobject
            known = self._defaults[sobject.name] = (self.schema.revision, _defaults(whole))
        return known[1]

    def forget_defaults(self) -> None:
        """Work the defaults out anew: a declaration changed the fields."""
        self._defaults.clear()

    def after_save(self, caller: Caller | None, sobject: SObjectType, row: Row) -> None:
        """Do what the org does once a record is saved."""
        if sobject.name == "Account" and row.get("IsPersonAccount"):
            person_accounts.mirror(self, caller, row)
        if sobject.name == "Campaign" and not campaign_statuses(self, row["Id"]):
            self._add_member_statuses(row["Id"])

    def _add_member_statuses(self, campaign_id: str) -> None:
        """Give a campaign the two member statuses it starts with (Object Reference, CampaignMemberStatus)."""
        kind = self.table("CampaignMemberStatus").sobject
        for order, label in enumerate(MEMBER_STATUSES.split(";"), start=1):
            values = {"CampaignId": campaign_id, "Label": label, "SortOrder": order}
            values |= {"IsDefault": order == 1, "HasResponded": order > 1}
            row = saving.new_row(self, None, kind, values)
            self.write(kind, row, row["Id"])

    def feature_failures(self, save: Save) -> Iterator[RecordError]:
        """Yield what the org's optional features refuse."""
        if self.settings.person_accounts:
            yield from person_accounts.bad_fields(save)

    # --- the recycle bin ---

    def put_in_recycle_bin(self, caller: Caller | None, sobject: SObjectType, row: Row) -> None:
        """Delete a record with what goes along; its stamp moves."""
        deleting.put_in_recycle_bin(self, caller, sobject, row)

    def undelete(self, caller: Caller | None, record_id: str) -> None:
        """Take a record out of the recycle bin."""
        deleting.undelete(self, caller, record_id)

    def hard_delete(self, caller: Caller | None, record_id: str) -> None:
        """Remove a record for good."""
        deleting.hard_delete(self, caller, record_id)

    def empty_recycle_bin(self) -> int:
        """Remove every deleted record for good; return how many."""
        return deleting.empty_recycle_bin(self)


def _unchecked(field: FieldType, value: Any) -> Any:
    """Return a loaded value as the field stores it; one that the field's rules refuse is kept as it is."""
    try:
        return stored(field, value, wide_email=True)
    except RecordError:
        return value


def _defaults(sobject: SObjectType) -> Row:
    values: Row = {}
    for field in sobject.fields:
        default = next((each.value for each in field.picklist_values if each.default), None)
        value = field.default_value if field.default_value is not None else default
        if value is not None:
            values[field.name] = value
    return values
