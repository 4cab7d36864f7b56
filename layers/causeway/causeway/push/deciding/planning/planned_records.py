"""The records that one pass saves: which tasks contribute what to each, and the request that saves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from causeway.contract.outcomes import Warning
from causeway.push.deciding.matching.match import Match
from causeway.push.deciding.planning.merging import Merged, Plan
from causeway.push.deciding.planning.person_accounts import PersonAccount
from causeway.push.deciding.planning.refused_before import Circumstances
from causeway.push.deciding.prepare import PreparedTask
from causeway.push.memory.known_externals import marks_for
from causeway.push.memory.pending_creates import CreatedFor
from causeway.push.tasks import Task
from causeway.salesforce.calls import Save
from causeway.salesforce.values.emails import normalized_email
from causeway.syncs.mapping.desired import DesiredFields, DesiredParent
from causeway.syncs.sync import PushRules


@dataclass(slots=True, eq=False)
class Contribution:
    """One task's part in a record: its match, the fields it asks for, the data of its outcome, and parents to create for it."""

    prepared: PreparedTask
    match: Match
    desired: DesiredFields
    data: dict[str, Any]
    superseded: bool = False
    warnings: tuple[Warning, ...] = ()
    parents: tuple[DesiredParent, ...] = ()

    @property
    def task(self) -> Task:
        """Return the task that contributes."""
        return self.prepared.task


@dataclass(slots=True, eq=False)
class PlannedRecord:
    """
    One record to update or create, with the tasks that contribute to it; `entity` remembers its field times.

    `refused` are the values that the org refused while the record was being saved.
    """

    sobject: str
    merged: Merged
    entity: str = ""
    contributions: list[Contribution] = field(default_factory=list)
    plan: Plan | None = None
    person_account: PersonAccount | None = None
    circumstances: Circumstances = field(default_factory=Circumstances)
    refused: dict[str, Any] = field(default_factory=dict)

    @property
    def record_id(self) -> str | None:
        """Return the record's Id, None when it is to be created."""
        return str(self.merged.record["Id"]) if self.merged.record else None

    @property
    def is_open(self) -> bool:
        """Whether one of its tasks still waits for an outcome."""
        return any(contribution.task.is_open for contribution in self.contributions)

    def keys(self) -> tuple[CreatedFor, ...]:
        """Return the record keys that contribute to this record, with the addresses they came with."""
        tasks = [contribution.task for contribution in self.contributions]
        keys = (
            CreatedFor(
                task.memory_key,
                task.change.source,
                task.change.key,
                task.email,
                marks_for(self.sobject, task.externals),
            )
            for task in tasks
        )
        return tuple(dict.fromkeys(keys))

    def email(self) -> str | None:
        """Return the address that a person's record holds once it is saved, normalized."""
        values = self.plan.values if self.plan else {}
        return normalized_email(values.get("Email", (self.merged.record or {}).get("Email")))

    def own_names(self) -> dict[str, str]:
        """Return the sObject's field by what is sent in its place; only person accounts are sent under other names."""
        if self.person_account is None or self.plan is None:
            return {}
        return {self.person_account.name_of(name) or name: name for name in self.plan.values}

    def save(self) -> Save:
        """Return what to send; duplicates are allowed where every sync says so."""
        rules = [contribution.task.sync.push for contribution in self.contributions]
        allow_duplicates = all(each.on_duplicate == "save" for each in rules)
        values = self.plan.values if self.plan else {}
        if self.person_account is not None:
            account = self.person_account
            return Save("Account", account.values(values), account.account_id, None, allow_duplicates)
        creates, external = self.record_id is None, self._external_id(rules[0], values)
        is_owner_given = values.get("OwnerId") is not None  # an assignment rule would replace it
        assign = creates and not is_owner_given and all(each.assignment_rules for each in rules)
        named = any(contribution.task.named for contribution in self.contributions)
        alone = creates and not external and named  # its duplicates are named again
        return Save(self.sobject, values, self.record_id, external, allow_duplicates, assign, alone)

    def _external_id(self, rules: PushRules, values: Mapping[str, Any]) -> str | None:
        """Return the field by which a create is an upsert, None when the record is known or the values lack it."""
        if self.record_id is not None or not rules.external_id_field:
            return None
        field = self.merged.describe.field(rules.external_id_field)
        return field.name if field and field.name in values else None
