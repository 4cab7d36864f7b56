"""Duplicate rules: which existing records match a new one, and the alert that names them (SOAP API guide, DuplicateResult)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...schema.row import Row
from ...schema.sobjects import SObjectType
from ...wire.caller import Caller
from ..storage.records import Records
from ..storage.tables import key_of
from . import facts
from .save_results import RecordError, SaveOptions

MOST_MATCHES = 100  # a matching rule names at most this many records


@dataclass(slots=True, frozen=True)
class MatchingRule:
    """
    When a record of `sobject` is the same as the one being saved.

    `any_of`: alternatives of fields of the matched sObject that must all be equal; the first of each must have a value.
    Engine FuzzyMatchEngine also compares first names: equal, an initial, or the start of the other; a blank one
    matches where the e-mail address is part of the alternative (Salesforce Help, Standard Contact Matching Rule).
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
    """
    Return the rules a new org has for Lead and Contact, each matching both sObjects.

    The matching equation is that of Salesforce Help, "Standard Contact Matching Rule and Standard Lead Matching Rule";
    fuzzy comparison of last names, titles, companies and phones is reduced to equality without regard to case.
    """
    contact = MatchingRule(
        "Standard_Contact_Match_Rule_v1_1",
        "Contact",
        (
            ("Email", "LastName"),
            ("Phone", "LastName"),
            ("AccountId", "LastName", "Title"),
            *_by_street("Mailing"),
        ),
        fields={"MailingStreet": "Street", "MailingCity": "City", "MailingPostalCode": "PostalCode"},
    )
    lead = MatchingRule(
        "Standard_Lead_Match_Rule_v1_0",
        "Lead",
        (("Email", "LastName"), ("Phone", "LastName"), ("Company", "LastName", "Title"), *_by_street("")),
        fields={"Street": "MailingStreet", "City": "MailingCity", "PostalCode": "MailingPostalCode"},
    )
    update = facts.STANDARD_RULES_ALERT_ON_UPDATE
    return [
        DuplicateRule("Standard_Contact_Duplicate_Rule", "Contact", (contact, lead), on_update=update, standard=True),
        DuplicateRule("Standard_Lead_Duplicate_Rule", "Lead", (lead, contact), on_update=update, standard=True),
    ]


def _by_street(prefix: str) -> Iterator[tuple[str, ...]]:
    for other in (f"{prefix}City", f"{prefix}PostalCode", "Title"):
        yield (f"{prefix}Street", "LastName", other)


def detected(
    rules: Iterable[DuplicateRule],
    records: Records,
    caller: Caller | None,
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
        found = [(matching, list(_matches(matching, records, caller, row))) for matching in rule.matching]
        if any(matches for _, matches in found):
            return _error(rule, found, options)
    return None


def _matches(rule: MatchingRule, records: Records, caller: Caller | None, row: Row) -> Iterator[Row]:
    table = records.table(rule.sobject)
    seen: set[str] = {row["Id"]}
    for alternative in rule.any_of:
        wanted = {name: _saved_value(rule, row, name) for name in alternative}
        if any(value is None for value in wanted.values()):
            continue
        for other in table.find_all(wanted):
            if other["Id"] in seen or records.hidden_from(table, other["Id"], caller) or len(seen) > MOST_MATCHES:
                continue
            if _may_match(rule, alternative, row, other):
                seen.add(other["Id"])
                yield other


def _may_match(rule: MatchingRule, alternative: tuple[str, ...], row: Row, other: Row) -> bool:
    if other.get("IsDeleted") or other.get("IsConverted"):
        return False
    if rule.engine != "FuzzyMatchEngine":
        return True
    return _same_first_name(row.get("FirstName"), other.get("FirstName"), blank_matches="Email" in alternative)


def _same_first_name(one: str | None, other: str | None, *, blank_matches: bool) -> bool:
    if one is None or other is None:
        return blank_matches
    short, long = sorted((key_of(one).rstrip("."), key_of(other).rstrip(".")), key=len)
    return bool(long.startswith(short))


def _saved_value(rule: MatchingRule, row: Row, name: str) -> Any:
    value = row.get(name)
    return row.get(rule.fields[name]) if value is None and name in rule.fields else value


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
