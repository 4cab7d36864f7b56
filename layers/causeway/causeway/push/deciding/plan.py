"""Decide what becomes of every task from one view of the org: an outcome at once, or a part in one record's save."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from causeway.contract.outcomes import Candidate, Result
from causeway.push.deciding.describes import Described
from causeway.push.deciding.lookups import resolve_lookups, resolve_parents
from causeway.push.deciding.matching import (
    Match,
    PersonKeys,
    match_contact,
    match_lead,
)
from causeway.push.deciding.merging import Merged, plan_of
from causeway.push.deciding.pass_matching import Matching
from causeway.push.deciding.person_accounts import PersonAccount
from causeway.push.deciding.planned_records import Member, Target, end
from causeway.push.deciding.prepare import Wish
from causeway.push.deciding.reads import View, named_accounts
from causeway.push.deciding.same_person import Persons
from causeway.push.memory.claims import Entity
from causeway.push.memory.two_way import Base
from causeway.salesforce.calls import Row
from causeway.syncs.mapping.mappings import PEOPLE
from causeway.syncs.people import account_of, owner_of, person_data

DONE = (Result.CREATED, Result.UPDATED, Result.UNCHANGED)


class Deciding:
    """Sorts the wishes of one wave into targets; tasks that are decided already get their outcome here."""

    def __init__(self, view: View, described: Described) -> None:
        self._view, self._described = view, described
        self._persons = Persons()
        self._matching = Matching(view, self._persons)
        self._behind: list[tuple[Wish, Target, Match, dict[str, Any]]] = []
        self.targets: dict[tuple[str, str], Target] = {}

    def sort(self, wishes: Iterable[Wish]) -> None:
        """Match each wish and give it its target or its outcome; syncs in order of position, changes oldest first."""
        ordered = sorted(wishes, key=_by_position)
        for wish in ordered:
            self._persons.of(wish)  # first who is who, then what becomes of them
        self._matching.follow(ordered)
        for wish in sorted(ordered, key=_lacks_values):
            if wish.task.sync.sobject in PEOPLE:
                self._sort_person(wish)
            else:
                self._sort_record(wish)

    # --- people

    def _sort_person(self, wish: Wish) -> None:
        task = wish.task
        rules = task.sync.push
        lead, contact = self._matching.person(wish.keys, rules.several)
        is_lead = task.sync.sobject == "Lead"
        match = self._matching.named_duplicate(wish, lead if is_lead else contact)
        if match.verdict == "deleted" and rules.recreate_deleted:
            matching = match_lead if is_lead else match_contact
            match = matching(wish.keys, self._view.people, rules.several, past_deleted=True)
        if wish.warnings:
            match = replace(match, warnings=(*wish.warnings, *match.warnings))
        data = self._tell(wish, lead, contact, match)
        if self._ended(wish, match, data):
            return
        if match.verdict == "found" or self._may_create(wish, contact if is_lead else lead, match, data):
            self._join(wish, match, data)

    def _sort_record(self, wish: Wish) -> None:
        """Match a record of another sObject; without a match value it joins what its key's other changes are creating."""
        task = wish.task
        rules = task.sync.push
        match = self._matching.record(wish)
        if match is None and (task.sync.sobject, self._persons.of(wish)) in self.targets:
            match = Match("none")
        data = self._tell_about(wish, match)
        if match is None:
            names = ", ".join((rules.external_id_field,) if rules.external_id_field else rules.match_fields)
            why = f"The change gives no usable value for {names}, by which the sync finds its record."
            end(wish, Result.REJECTED, "invalid_match_key", why, Match("none"), data)
        elif not self._ended(wish, match, data) and (
            match.verdict == "found" or self._may_create(wish, Match("none"), match, data)
        ):
            self._join(wish, match, data)

    def _tell_about(self, wish: Wish, match: Match | None) -> dict[str, Any]:
        """Complete the document of a change to another sObject with its record and the person it concerns."""
        record = match.record if match and match.verdict == "found" else None
        who = self._matching.who(wish)
        lead = who[1] if who and who[0] == "Lead" else None
        contact = who[1] if who and who[0] == "Contact" else None
        account, owner = account_of(lead, contact, ()), owner_of(lead, contact)
        wish.given |= {"record": record, "account": account, "owner": owner}
        return person_data(lead, contact, account, owner) if wish.about else {}

    def _tell(self, wish: Wish, lead: Match, contact: Match, match: Match) -> dict[str, Any]:
        """Complete the wish's document with what was read, and return the account and owner data."""
        lead_row = lead.record if lead.verdict in ("found", "converted") else None
        contact_row = contact.record if contact.verdict == "found" else None
        _, newest = self._matching.person(PersonKeys(email=wish.keys.email), "newest")
        of_email = newest.record if newest.verdict == "found" else None
        account = account_of(lead_row, of_email or contact_row, named_accounts(self._view, wish.company))
        owner = owner_of(lead_row, contact_row)
        wish.given |= {"record": match.record if match.verdict == "found" else None, "account": account, "owner": owner}
        return person_data(lead_row, contact_row, account, owner)

    def _ended(self, wish: Wish, match: Match, data: dict[str, Any]) -> bool:
        """Settle a task whose condition does not hold or whose match forbids a write."""
        sobject = wish.task.sync.sobject
        if not wish.rules.holds(wish.given):
            end(wish, Result.SKIPPED, "condition", "The sync's condition does not hold for this change.", match, data)
            return True
        match match.verdict:
            case "shared_email":
                end(wish, Result.REJECTED, "shared_email", _shared(sobject), match, data)
            case "several_matches":
                why = f"Several {sobject} records match, and the sync says to reject then."
                end(wish, Result.REJECTED, "several_matches", why, match, data)
            case "deleted":
                why = f"The {sobject} of this record was deleted in Salesforce."
                end(wish, Result.SKIPPED, "deleted_in_salesforce", why, match, data)
            case "converted":
                why = "The lead was converted; converted leads are not changed, and no second lead is created."
                end(wish, Result.SKIPPED, "converted", why, match, data)
            case "found" if not wish.task.sync.push.update_existing:
                end(wish, Result.SKIPPED, "updates_off", "The sync does not update existing records.", match, data)
            case _:
                return False
        return True

    def _may_create(self, wish: Wish, other: Match, match: Match, data: dict[str, Any]) -> bool:
        """Settle a task that must not create; `other` is the person's match as the other sObject of people."""
        rules, sobject = wish.task.sync.push, wish.task.sync.sobject
        if not rules.create_when_missing and (sobject, self._persons.of(wish)) in self.targets:
            return True  # another sync of the source is creating the record: this one adds to it
        if not rules.create_when_missing:
            end(wish, Result.SKIPPED, "no_match", f"No {sobject} matches, and the sync does not create.", match, data)
            return False
        if rules.create_unless == "never" or sobject not in PEOPLE:
            return True
        other_sobject = "Contact" if sobject == "Lead" else "Lead"
        if other.verdict == "shared_email":
            end(wish, Result.REJECTED, "shared_email", _shared(other_sobject), other, data)
            return False
        if other.verdict in ("found", "several_matches"):
            why = f"The person is a {other_sobject.lower()} in Salesforce already, so no {sobject} was created."
            end(wish, Result.SKIPPED, f"exists_as_{other_sobject.lower()}", why, other, data)
            return False
        planned = self.targets.get((other_sobject, self._persons.of(wish)))
        if planned is not None:
            self._behind.append((wish, planned, match, data))
        return planned is None

    def settle_behind(self) -> None:
        """Settle what waited for another sync to create the person: skipped if it did, open for the next wave if it could not."""
        for wish, planned, match, data in self._behind:
            makers = [member.wish.task for member in planned.members]
            made = next((task.outcome for task in makers if task.outcome and task.outcome.result in DONE), None)
            if made is not None:
                word = planned.sobject.lower()
                why = f"The sync {made.sync} made the person a {word}, so no {wish.task.sync.sobject} was created."
                if made.salesforce_id:  # a dry run knows of none
                    data[f"salesforce_{word}_id"] = made.salesforce_id
                    match = replace(match, candidates=(Candidate(made.salesforce_id, "sync", True),))
                end(wish, Result.SKIPPED, f"exists_as_{word}", why, match, data)
            elif not makers or any(task.again for task in makers):
                wish.task.give_back(max((task.again_at_ms for task in makers), default=0))

    def complete_data(self, wishes: Iterable[Wish]) -> None:
        """Add the Ids of records just created to what is told of their person, whichever sync created them."""
        created: dict[str, dict[str, str]] = {}
        people = [wish for wish in wishes if wish.task.sync.sobject in PEOPLE and wish.task.outcome]
        for wish in people:
            outcome = wish.task.outcome
            if outcome and outcome.result is Result.CREATED and outcome.salesforce_id:
                name = f"salesforce_{wish.task.sync.sobject.lower()}_id"
                created.setdefault(self._persons.of(wish), {})[name] = outcome.salesforce_id
        for wish in people if created else ():
            data = wish.task.outcome.data if wish.task.outcome else {}
            data |= {
                name: found for name, found in created.get(self._persons.of(wish), {}).items() if not data.get(name)
            }

    # --- joining

    def _join(self, wish: Wish, match: Match, data: dict[str, Any]) -> None:
        sobject = wish.task.sync.sobject
        place = str(match.record["Id"]) if match.verdict == "found" and match.record else self._persons.of(wish)
        target = self.targets.get((sobject, place))
        if target is None:
            record = match.record if match.verdict == "found" else None
            target = Target(sobject, Merged(wish.rules.describe, record), wish.task.entities[0])
            target.person_account = self._person_account(record) if sobject == "Contact" else None
            self.targets[sobject, place] = target
        wanted = wish.rules.wanted(wish.task.change, wish.given)
        warnings, missing = resolve_parents(wanted, target.merged.record, self._view.named)
        warnings += resolve_lookups(wanted, self._matching.who(wish), target.merged.record)
        target.members.append(Member(wish, match, wanted, data, warnings=tuple(warnings), parents=tuple(missing)))

    def _person_account(self, contact: Row | None) -> PersonAccount | None:
        """Return through which account a contact is written that mirrors a person account."""
        account = self._described("Account") if contact and contact.get("IsPersonAccount") else None
        return PersonAccount(str(contact["AccountId"]), account) if contact and account else None

    # --- planning

    def plan(self, entities: Mapping[str, Entity], owners: Mapping[str, str], bases: Mapping[str, Base]) -> None:
        """
        Merge each target's wishes and plan its save.

        `owners` says which held entity owns each record to update, `bases` what records of bidirectional syncs are weighed against.
        """
        for target in self.targets.values():
            record_id = target.record_id
            if record_id is not None:
                if record_id not in owners:
                    continue
                target.entity = owners[record_id]
            entity = entities[target.entity]
            target.members = [member for member in target.members if member.wish.task.is_open]
            for member in sorted(target.members, key=lambda item: item.wish.task.change.order):
                member.superseded = not target.merged.take(member.wanted.fields, member.wish.task.change.order, entity)
            plan = plan_of(target.merged, entity, bases.get(record_id or ""))
            target.plan = target.person_account.writable(plan) if target.person_account else plan


def _shared(sobject: str) -> str:
    return f"More than 50 {sobject} records have this e-mail address, so it does not tell who is meant."


def _lacks_values(wish: Wish) -> bool:
    """Tell whether a change of another sObject than people says nothing of the fields by which its record is found."""
    return wish.task.sync.sobject not in PEOPLE and not wish.task.values


def _by_position(wish: Wish) -> tuple[Any, ...]:
    return (wish.task.sync.position, wish.task.sync.id, wish.task.change.order)
