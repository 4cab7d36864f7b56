"""Keeps the records of DuplicateRule, MatchingRule and AssignmentRule in step with the org's rules."""

from __future__ import annotations

from ...schema.row import Row
from ..rules.duplicate_rules import DuplicateRule, MatchingRule
from ..rules.ruled_records import RuledRecords
from ..saving.loading import load


def refresh(store: RuledRecords) -> None:
    """Load a record for every rule, or change the one it has."""
    matching = {each.name: each for rule in store.duplicate_rules for each in rule.matching}
    _load(store, "MatchingRule", "DeveloperName", [_matching_rule(each) for each in matching.values()])
    _load(store, "DuplicateRule", "DeveloperName", [_duplicate_rule(store, each) for each in store.duplicate_rules])
    rules = [
        {"Id": each.rule_id, "Name": each.name, "SobjectType": each.sobject, "Active": each.active}
        for each in store.assignment_rules
    ]
    _load(store, "AssignmentRule", "Id", rules)


def _load(store: RuledRecords, sobject: str, key: str, rows: list[Row]) -> None:
    """Load the rows whose record is missing or differs, so that a stamp moves only with a change."""
    known = {row[key]: row for row in store.table(sobject).rows.values()}
    for row in rows:
        before = known.get(row[key], {})
        if any(before.get(name) != value for name, value in row.items()):
            load(store, sobject, [{**({"Id": before["Id"]} if before else {}), **row}])


def _duplicate_rule(store: RuledRecords, rule: DuplicateRule) -> Row:
    active = rule.active and (store.settings.duplicate_rules or not rule.standard)
    return {**_names(rule.name), "SobjectType": rule.sobject, "IsActive": active, "SobjectSubtype": "None"}


def _matching_rule(rule: MatchingRule) -> Row:
    return {**_names(rule.name), "SobjectType": rule.sobject, "MatchEngine": rule.engine, "RuleStatus": "Active"}


def _names(name: str) -> Row:
    return {"DeveloperName": name, "MasterLabel": name.replace("_", " "), "Language": "en_US"}
