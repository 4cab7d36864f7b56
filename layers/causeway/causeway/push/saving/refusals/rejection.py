"""Reject a record that the org will not take, with the reason and the remedy."""

from __future__ import annotations

from causeway.contract.outcomes import Result
from causeway.push.deciding.planning.planned_records import PlannedRecord
from causeway.push.deciding.planning.settling import settle_contributions
from causeway.salesforce.answers.data_rules import CORRECT_AND_REDRIVE
from causeway.salesforce.answers.reading import rule_of
from causeway.salesforce.calls import SaveError


def reject_record(planned: PlannedRecord, error: SaveError) -> None:
    """Reject the record for what Salesforce says."""
    settle_contributions(
        planned,
        Result.REJECTED,
        planned.record_id,
        f"salesforce:{error.code}",
        detail=f"Salesforce refused the record: {error.message}",
        remedy=rule_of(0, error.code, error.message).remedy or CORRECT_AND_REDRIVE,
    )


def reject_duplicate(planned: PlannedRecord, error: SaveError) -> None:
    """Reject the record as a duplicate of those that the duplicate rule names."""
    settle_contributions(
        planned,
        Result.REJECTED,
        planned.record_id,
        "duplicate_blocked",
        detail=f"A duplicate rule of the org refuses the record. Similar records: {named_records(error)}.",
        remedy="Merge or correct the named records in Salesforce, send the record's Id, or relax the duplicate rule.",
    )


def named_records(error: SaveError) -> str:
    """Return the Ids that a duplicate rule names, for a sentence."""
    return ", ".join(record_id for _, record_id in error.duplicates) or "not named"
