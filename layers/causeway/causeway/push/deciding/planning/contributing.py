"""Add a matched task to the record that it asks something of; the first task of a record begins its plan."""

from __future__ import annotations

from causeway.push.deciding.describes import Described
from causeway.push.deciding.matching.tasks import MatchedTask
from causeway.push.deciding.planning.lookups import Named, resolve_lookups, resolve_parents
from causeway.push.deciding.planning.merging import Merged
from causeway.push.deciding.planning.person_accounts import PersonAccount
from causeway.push.deciding.planning.planned_records import Contribution, PlannedRecord
from causeway.salesforce.calls import Row
from causeway.syncs.mapping.evaluation import desired_fields


def planned_record(matched: MatchedTask, described: Described) -> PlannedRecord:
    """Return the record of a task to update or create, without contributions yet."""
    prepared, record = matched.prepared, matched.match.found
    sobject = prepared.task.sync.sobject
    return PlannedRecord(
        sobject,
        Merged(prepared.rules.describe, record),
        prepared.task.entities[0],
        person_account=_person_account(record, described) if sobject == "Contact" else None,
    )


def contribution_of(matched: MatchedTask, planned: PlannedRecord, named: Named) -> Contribution:
    """Return what a task asks of a record, with its lookups resolved among the records that were read by name."""
    prepared, record = matched.prepared, planned.merged.record
    planned.merged.mapped |= {row.field.name for row in prepared.rules.rows}
    desired = desired_fields(prepared.rules, prepared.task.change, prepared.given)
    warnings, missing = resolve_parents(desired, record, named)
    warnings += resolve_lookups(desired, matched.concerns, record)
    return Contribution(
        prepared, matched.match, desired, matched.data, warnings=tuple(warnings), parents=tuple(missing)
    )


def _person_account(contact: Row | None, described: Described) -> PersonAccount | None:
    """Return the account through which a contact is written that mirrors a person account."""
    account = described("Account") if contact and contact.get("IsPersonAccount") else None
    return PersonAccount(str(contact["AccountId"]), account) if contact and account else None
