"""Find the record of another sObject than people, among rows already read: by the link of its key, then by match fields. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from causeway.contract.outcomes import Candidate
from causeway.push.deciding.keys import MOMENTS, comparable, compared
from causeway.push.deciding.matching.match import Match, chosen_match
from causeway.push.deciding.prepare import PreparedTask
from causeway.push.tasks import MatchValue
from causeway.salesforce.calls import Row
from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.values.coercion import NUMBER_TYPES
from causeway.salesforce.values.comparison import same_value
from causeway.salesforce.values.texts import text_of


def match_record(prepared: PreparedTask, rows: Mapping[str, Row]) -> Match | None:
    """Return the match of a task among the rows of its sObject; None when the change has no value for the match fields."""
    match = _match_link(prepared, rows)
    if match is None or (match.verdict == "deleted" and prepared.task.sync.push.recreate_deleted):
        return _match_values(prepared, rows)
    return match


def _match_link(prepared: PreparedTask, rows: Mapping[str, Row]) -> Match | None:
    """Return the record that the key's link leads to; None when there is no link."""
    if prepared.link is None:
        return None
    row = _survivor(rows, prepared.link)
    if row is None or row.get("IsDeleted"):
        return Match("deleted", row)
    return Match("found", row, (Candidate(row["Id"], "link", True),))


def _match_values(prepared: PreparedTask, rows: Mapping[str, Row]) -> Match | None:
    """Return the match among live rows that hold the change's values; None when it has no value for the match fields."""
    rules = prepared.task.sync.push
    if not prepared.task.values:
        return None if rules.match_fields or rules.external_id_field else Match("none")
    given = [(field, each) for each in prepared.task.values if (field := prepared.rules.describe.field(each.name))]
    how = "external_id" if rules.external_id_field else "match_fields"
    live = (row for row in rows.values() if not row.get("IsDeleted"))
    found = [(row, how) for row in live if all(_holds(row, field, value) for field, value in given)]
    return chosen_match(found, rules.several)


def _holds(row: Row, field: FieldDescribe, value: MatchValue) -> bool:
    """Return whether a row's match field holds a value; texts in any case, unless case counts in the field."""
    if field.type in NUMBER_TYPES or field.type in MOMENTS or field.type == "boolean":
        return same_value(field, row.get(field.name), comparable(field, value.text))
    return bool(compared(field, text_of(row.get(field.name)) or "") == value.compared)


def _survivor(rows: Mapping[str, Row], record_id: str) -> Row | None:
    """Return a row, followed through merges as far as they were read."""
    row = rows.get(record_id)
    while row is not None and row.get("IsDeleted") and row.get("MasterRecordId") in rows:
        row = rows[row["MasterRecordId"]]
    return row
