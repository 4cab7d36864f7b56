"""Duplicate rules: which existing records a new one resembles, and the alert that names them (SOAP API guide, DuplicateResult)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.org import facts
from local.org.records import Records
from local.org.save_results import RecordError, SaveOptions
from local.org.schema import SObjectType
from local.org.tables import Row

MOST_MATCHES = 100  # a matching rule names at most this many records


@dataclass(slots=True, frozen=True)
class MatchingRule:
    """
    When a record of `sobject` is the same as the one being saved.

    `any_of`: alternatives of field names of the matched sObject that must all be equal, the most selective first.
    `fields`: the saved record's field for one of the matched record's, where they differ (`{"MailingCity": "City"}`).
    """

    name: str
    sobject: str
    any_of: tuple[tuple[str, ...], ...]
    engine: str = "FuzzyMatchEngine"
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class DuplicateRule:
    """One rule of one sObject: `allow_save` alerts (saved on request), else it blocks."""

    name: str
    sobject: str
    matching: tuple[MatchingRule, ...]
    allow_save: bool = True
    on_create: bool = True
    on_update: bool = False
    message: str = facts.DUPLICATE_MESSAGE
    active: bool = True
    standard: bool = False

    def applies(self, sobject: str, *, creating: bool) -> bool:
        """Say whether the rule looks at this kind of save."""
        return self.active and self.sobject == sobject and (self.on_create if creating else self.on_update)


def standard_duplicate_rules() -> list[DuplicateRule]:
    """Return the rules a new org has for Lead and Contact, each matching both sObjects."""
    by_name = ("LastName", "FirstName")
    contact = MatchingRule(
        "Standard_Contact_Match_Rule_v1_1",
        "Contact",
        (("Email", *by_name), ("Phone", *by_name), ("MailingStreet", *by_name)),
        fields={"MailingStreet": "Street"},
    )
    lead = MatchingRule(
        "Standard_Lead_Match_Rule_v1_0",
        "Lead",
        (("Email", *by_name), ("Phone", *by_name), ("Street", *by_name), ("Company", "Title", *by_name)),
        fields={"Street": "MailingStreet"},
    )
    update = facts.STANDARD_RULES_ALERT_ON_UPDATE
    return [
        DuplicateRule("Standard_Contact_Duplicate_Rule", "Contact", (contact, lead), on_update=update, standard=True),
        DuplicateRule("Standard_Lead_Duplicate_Rule", "Lead", (lead, contact), on_update=update, standard=True),
    ]


def detected(
    rules: Iterable[DuplicateRule],
    records: Records,
    sobject: SObjectType,
    row: Row,
    options: SaveOptions,
    *,
    creating: bool,
) -> RecordError | None:
    """Return the first active rule's alert or block, or None when the record may be saved."""
    for rule in rules:
        if not rule.applies(sobject.name, creating=creating) or (rule.allow_save and options.allow_save):
            continue
        if rule.standard and not records.settings.duplicate_rules:
            continue
        found = [(matching, list(_matches(matching, records, row))) for matching in rule.matching]
        if any(matches for _, matches in found):
            return _error(rule, found, options)
    return None


def _matches(rule: MatchingRule, records: Records, row: Row) -> Iterator[Row]:
    table = records.table(rule.sobject)
    seen: set[str] = {row["Id"]}
    for alternative in rule.any_of:
        wanted = {name: _saved_value(rule, row, name) for name in alternative}
        if wanted[alternative[0]] is None:
            continue
        for other in table.find_all(wanted):
            if other["Id"] not in seen and not _is_out(other) and len(seen) <= MOST_MATCHES:
                seen.add(other["Id"])
                yield other


def _saved_value(rule: MatchingRule, row: Row, name: str) -> Any:
    value = row.get(name)
    return row.get(rule.fields[name]) if value is None and name in rule.fields else value


def _is_out(row: Row) -> bool:
    return bool(row.get("IsDeleted") or row.get("IsConverted"))


def _error(rule: DuplicateRule, found: list[tuple[MatchingRule, list[Row]]], options: SaveOptions) -> RecordError:
    results = [
        _match_result(matching, rows, options)
        for matching, rows in found
        if rows or facts.EMPTY_MATCH_RESULTS_ARE_LISTED
    ]
    result = {
        "allowSave": rule.allow_save,
        "duplicateRule": rule.name,
        "duplicateRuleEntityType": rule.sobject,
        "errorMessage": rule.message,
        "matchResults": results,
    }
    return RecordError("DUPLICATES_DETECTED", rule.message, [], {facts.DUPLICATE_ELEMENT: result})


def _match_result(rule: MatchingRule, rows: list[Row], options: SaveOptions) -> dict[str, Any]:
    return {
        "entityType": rule.sobject,
        "errors": [],
        "matchEngine": rule.engine,
        "matchRecords": [_match_record(rule, row, options) for row in rows],
        "rule": rule.name,
        "size": len(rows),
        "success": True,
    }


def _match_record(rule: MatchingRule, row: Row, options: SaveOptions) -> dict[str, Any]:
    url = f"/services/data/v{options.version:.1f}/sobjects/{rule.sobject}/{row['Id']}"
    record: dict[str, Any] = {"attributes": {"type": rule.sobject, "url": url}, "Id": row["Id"]}
    if options.include_record_details:
        names = dict.fromkeys(["Name", *(name for alternative in rule.any_of for name in alternative)])
        record |= {name: row.get(name) for name in names}
    return {"additionalInformation": [], "fieldDiffs": [], "matchConfidence": 100.0, "record": record}
