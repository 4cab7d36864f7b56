"""The records of one org together with its rules: what every save, load and declaration works on."""

from __future__ import annotations

from typing import Any

from ...schema.row import Row
from ...schema.sobjects import Schema, SObjectType
from ...wire.caller import Caller
from ..storage.records import Records
from ..storage.visibility import View
from .assignment_rules import AssignmentRule
from .duplicate_rules import DuplicateRule, standard_duplicate_rules
from .text_values import ValueRules
from .validation_rules import ValidationRule


class RuledRecords(Records):
    """Tables, rules and default values; it changes nothing by itself."""

    def __init__(self, schema: Schema, **parts: Any) -> None:
        super().__init__(schema, **parts)
        self.validation_rules: dict[str, list[ValidationRule]] = {}
        self.duplicate_rules: list[DuplicateRule] = standard_duplicate_rules()
        self.assignment_rules: list[AssignmentRule] = []
        self._defaults: dict[str, tuple[int, Row]] = {}

    def view(self, caller: Caller | None) -> View:
        """Return what the caller's transaction sees now; None sees everything that is committed."""
        return View(self, caller)

    def value_rules(self) -> ValueRules:
        """Return what the settings say of values now."""
        now = self.settings
        return ValueRules(now.internationalized_email, now.multiline_length, now.rich_text_entities_count)

    def defaults(self, sobject: SObjectType) -> Row:
        """Return the values a new record has when nothing is given: checkboxes and default picklist entries."""
        known = self._defaults.get(sobject.name)
        if known is None or known[0] != self.schema.revision:
            whole = self.table(sobject.name).sobject
            known = self._defaults[sobject.name] = (self.schema.revision, _defaults(whole))
        return known[1]

    def forget_defaults(self) -> None:
        """Drop the cached defaults after a declaration changed the fields."""
        self._defaults.clear()

    def index_for_duplicate_rules(self) -> None:
        """Build the indices of duplicate rules before a large load, so that no save has to."""
        for matching in (each for rule in self.duplicate_rules for each in rule.matching):
            for names in matching.any_of:
                self.table(matching.sobject).index(names)


def _defaults(sobject: SObjectType) -> Row:
    values: Row = {}
    for field in sobject.fields:
        default = next((each.value for each in field.picklist_values if each.default), None)
        value = field.default_value if field.default_value is not None else default
        if value is not None:
            values[field.name] = value
    return values
