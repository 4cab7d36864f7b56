"""Decide what becomes of every task from one view of the org: an outcome at once, or a part in one record's save."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from causeway.contract.outcomes import Candidate, Result
from causeway.push.deciding.describes import Described
from causeway.push.deciding.matching.one_pass import Matching
from causeway.push.deciding.matching.people import (
    Match,
    PersonKeys,
    match_contact,
    match_lead,
)
from causeway.push.deciding.matching.same_person import PersonGroups
from causeway.push.deciding.planning.lookups import resolve_lookups, resolve_parents
from causeway.push.deciding.planning.merging import Merged, plan_of
from causeway.push.deciding.planning.person_accounts import PersonAccount
from causeway.push.deciding.planning.planned_records import Contribution, PlannedRecord, end
from causeway.push.deciding.prepare import PreparedTask
from causeway.push.deciding.reading.view import View, named_accounts
from causeway.push.memory.entity import Entity
from causeway.push.memory.two_way import Base
from causeway.salesforce.calls import Row
from causeway.syncs.mapping.mappings import PEOPLE
from causeway.syncs.people import account_of, owner_of, person_data

DONE = (Result.CREATED, Result.UPDATED, Result.UNCHANGED)


class Deciding:
    """Sorts the prepared tasks of one pass into planned records; tasks that are decided already get their outcome here."""

    def __init__(self, view: View, described: Described) -> None:
        self._view, self._described = view, described
        self._groups = PersonGroups()
        self._matching = Matching(view, self._groups)
        self._behind: list[tuple[PreparedTask, PlannedRecord, Match, dict[str, Any]]] = []
        self.planned_records: dict[tuple[str, str], PlannedRecord] = {}

    def sort(self, prepared_tasks: Iterable[PreparedTask]) -> None:
        """Match each request and give it its planned record or its outcome; syncs in order of position, changes oldest first."""
        ordered = sorted(prepared_tasks, key=_by_position)
        for prepared in ordered:
            self._groups.of(prepared)  # first who is who, then what becomes of them
        self._matching.follow(ordered)
        for prepared in sorted(ordered, key=_lacks_values):
            if prepared.task.sync.sobject in PEOPLE:
                self._sort_person(prepared)
            else:
                self._sort_record(prepared)

    # --- people

    def _sort_person(self, prepared: PreparedTask) -> None:
        task = prepared.task
        rules = task.sync.push
        lead, contact = self._matching.person(prepared.keys, rules.several)
        is_lead = task.sync.sobject == "Lead"
        match = self._matching.named_duplicate(prepared, lead if is_lead else contact)
        if match.verdict == "deleted" and rules.recreate_deleted:
            matching = match_lead if is_lead else match_contact
            match = matching(prepared.keys, self._view.people, rules.several, past_deleted=True)
        if prepared.warnings:
            match = replace(match, warnings=(*prepared.warnings, *match.warnings))
        data = self._tell(prepared, lead, contact, match)
        if self._ended(prepared, match, data):
            return
        if match.verdict == "found" or self._may_create(prepared, contact if is_lead else lead, match, data):
            self._join(prepared, match, data)

    def _sort_record(self, prepared: PreparedTask) -> None:
        """Match a record of another sObject; without a match value it joins what its key's other changes are creating."""
        task = prepared.task
        rules = task.sync.push
        match = self._matching.record(prepared)
        if match is None and (task.sync.sobject, self._groups.of(prepared)) in self.planned_records:
            match = Match("none")
        data = self._tell_about(prepared, match)
        if match is None:
            names = ", ".join((rules.external_id_field,) if rules.external_id_field else rules.match_fields)
            why = f"The change gives no usable value for {names}, by which the sync finds its record."
            end(prepared, Result.REJECTED, "invalid_match_key", why, Match("none"), data)
        elif not self._ended(prepared, match, data) and (
            match.verdict == "found" or self._may_create(prepared, Match("none"), match, data)
        ):
            self._join(prepared, match, data)

    def _tell_about(self, prepared: PreparedTask, match: Match | None) -> dict[str, Any]:
        """Complete the document of a change to another sObject with its record and the person it concerns."""
        record = match.record if match and match.verdict == "found" else None
        who = self._matching.who(prepared)
        lead = who[1] if who and who[0] == "Lead" else None
        contact = who[1] if who and who[0] == "Contact" else None
        account, owner = account_of(lead, contact, ()), owner_of(lead, contact)
        prepared.given |= {"record": record, "account": account, "owner": owner}
        return person_data(lead, contact, account, owner) if prepared.about else {}

    def _tell(self, prepared: PreparedTask, lead: Match, contact: Match, match: Match) -> dict[str, Any]:
        """Complete the request's document with what was read, and return the account and owner data."""
        lead_row = lead.record if lead.verdict in ("found", "converted") else None
        contact_row = contact.record if contact.verdict == "found" else None
        _, newest = self._matching.person(PersonKeys(email=prepared.keys.email), "newest")
        of_email = newest.record if newest.verdict == "found" else None
        account = account_of(lead_row, of_email or contact_row, named_accounts(self._view, prepared.company))
        owner = owner_of(lead_row, contact_row)
        prepared.given |= {
            "record": match.record if match.verdict == "found" else None,
            "account": account,
            "owner": owner,
        }
        return person_data(lead_row, contact_row, account, owner)

    def _ended(self, prepared: PreparedTask, match: Match, data: dict[str, Any]) -> bool:
        """Settle a task whose condition does not hold or whose match forbids a write."""
        sobject = prepared.task.sync.sobject
        if not prepared.rules.holds(prepared.given):
            end(
                prepared,
                Result.SKIPPED,
                "condition",
                "The sync's condition does not hold for this change.",
                match,
                data,
            )
            return True
        match match.verdict:
            case "shared_email":
                end(prepared, Result.REJECTED, "shared_email", _shared(sobject), match, data)
            case "several_matches":
                why = f"Several {sobject} records match, and the sync says to reject then."
                end(prepared, Result.REJECTED, "several_matches", why, match, data)
            case "deleted":
                why = f"The {sobject} of this record was deleted in Salesforce."
                end(prepared, Result.SKIPPED, "deleted_in_salesforce", why, match, data)
            case "converted":
                why = "The lead was converted; converted leads are not changed, and no second lead is created."
                end(prepared, Result.SKIPPED, "converted", why, match, data)
            case "found" if not prepared.task.sync.push.update_existing:
                end(prepared, Result.SKIPPED, "updates_off", "The sync does not update existing records.", match, data)
            case _:
                return False
        return True

    def _may_create(self, prepared: PreparedTask, other: Match, match: Match, data: dict[str, Any]) -> bool:
        """Settle a task that must not create; `other` is the person's match as the other sObject of people."""
        rules, sobject = prepared.task.sync.push, prepared.task.sync.sobject
        if not rules.create_when_missing and (sobject, self._groups.of(prepared)) in self.planned_records:
            return True  # another sync of the source is creating the record: this one adds to it
        if not rules.create_when_missing:
            end(
                prepared,
                Result.SKIPPED,
                "no_match",
                f"No {sobject} matches, and the sync does not create.",
                match,
                data,
            )
            return False
        if rules.create_unless == "never" or sobject not in PEOPLE:
            return True
        other_sobject = "Contact" if sobject == "Lead" else "Lead"
        if other.verdict == "shared_email":
            end(prepared, Result.REJECTED, "shared_email", _shared(other_sobject), other, data)
            return False
        if other.verdict in ("found", "several_matches"):
            why = f"The person is a {other_sobject.lower()} in Salesforce already, so no {sobject} was created."
            end(prepared, Result.SKIPPED, f"exists_as_{other_sobject.lower()}", why, other, data)
            return False
        planned = self.planned_records.get((other_sobject, self._groups.of(prepared)))
        if planned is not None:
            self._behind.append((prepared, planned, match, data))
        return planned is None

    def settle_deferred(self) -> None:
        """Settle what waited for another sync to create the person: skipped if it did, open for the next pass if it could not."""
        for prepared, planned, match, data in self._behind:
            makers = [contribution.prepared.task for contribution in planned.contributions]
            made = next((task.outcome for task in makers if task.outcome and task.outcome.result in DONE), None)
            if made is not None:
                word = planned.sobject.lower()
                why = f"The sync {made.sync} made the person a {word}, so no {prepared.task.sync.sobject} was created."
                if made.salesforce_id:  # a dry run knows of none
                    data[f"salesforce_{word}_id"] = made.salesforce_id
                    match = replace(match, candidates=(Candidate(made.salesforce_id, "sync", True),))
                end(prepared, Result.SKIPPED, f"exists_as_{word}", why, match, data)
            elif not makers or any(task.redelivered for task in makers):
                prepared.task.redeliver(max((task.redeliver_at_ms for task in makers), default=0))

    def complete_data(self, prepared_tasks: Iterable[PreparedTask]) -> None:
        """Add the Ids of records just created to what is told of their person, whichever sync created them."""
        created: dict[str, dict[str, str]] = {}
        people = [
            prepared for prepared in prepared_tasks if prepared.task.sync.sobject in PEOPLE and prepared.task.outcome
        ]
        for prepared in people:
            outcome = prepared.task.outcome
            if outcome and outcome.result is Result.CREATED and outcome.salesforce_id:
                name = f"salesforce_{prepared.task.sync.sobject.lower()}_id"
                created.setdefault(self._groups.of(prepared), {})[name] = outcome.salesforce_id
        for prepared in people if created else ():
            data = prepared.task.outcome.data if prepared.task.outcome else {}
            data |= {
                name: found for name, found in created.get(self._groups.of(prepared), {}).items() if not data.get(name)
            }

    # --- joining

    def _join(self, prepared: PreparedTask, match: Match, data: dict[str, Any]) -> None:
        sobject = prepared.task.sync.sobject
        place = str(match.record["Id"]) if match.verdict == "found" and match.record else self._groups.of(prepared)
        planned = self.planned_records.get((sobject, place))
        if planned is None:
            record = match.record if match.verdict == "found" else None
            planned = PlannedRecord(sobject, Merged(prepared.rules.describe, record), prepared.task.entities[0])
            planned.person_account = self._person_account(record) if sobject == "Contact" else None
            self.planned_records[sobject, place] = planned
        desired = prepared.rules.desired(prepared.task.change, prepared.given)
        warnings, missing = resolve_parents(desired, planned.merged.record, self._view.named)
        warnings += resolve_lookups(desired, self._matching.who(prepared), planned.merged.record)
        planned.contributions.append(
            Contribution(prepared, match, desired, data, warnings=tuple(warnings), parents=tuple(missing))
        )

    def _person_account(self, contact: Row | None) -> PersonAccount | None:
        """Return through which account a contact is written that mirrors a person account."""
        account = self._described("Account") if contact and contact.get("IsPersonAccount") else None
        return PersonAccount(str(contact["AccountId"]), account) if contact and account else None

    # --- planning

    def plan(self, entities: Mapping[str, Entity], owners: Mapping[str, str], bases: Mapping[str, Base]) -> None:
        """
        Merge what each record's changes ask for and plan its save.

        `owners` says which held entity owns each record to update, `bases` what records of bidirectional syncs are weighed against.
        """
        for planned in self.planned_records.values():
            record_id = planned.record_id
            if record_id is not None:
                if record_id not in owners:
                    continue
                planned.entity = owners[record_id]
            entity = entities[planned.entity]
            planned.contributions = [
                contribution for contribution in planned.contributions if contribution.prepared.task.is_open
            ]
            for contribution in sorted(planned.contributions, key=lambda item: item.prepared.task.change.order):
                contribution.superseded = not planned.merged.take(
                    contribution.desired.fields, contribution.prepared.task.change.order, entity
                )
            plan = plan_of(planned.merged, entity, bases.get(record_id or ""))
            planned.plan = planned.person_account.writable(plan) if planned.person_account else plan


def _shared(sobject: str) -> str:
    return f"More than 50 {sobject} records have this e-mail address, so it does not tell who is meant."


def _lacks_values(prepared: PreparedTask) -> bool:
    """Tell whether a change of another sObject than people says nothing of the fields by which its record is found."""
    return prepared.task.sync.sobject not in PEOPLE and not prepared.task.values


def _by_position(prepared: PreparedTask) -> tuple[Any, ...]:
    return (prepared.task.sync.position, prepared.task.sync.id, prepared.task.change.order)
