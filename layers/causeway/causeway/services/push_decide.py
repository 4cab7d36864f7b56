"""Decide what becomes of every task from one view of the org: an outcome at once, or a part in one record's save."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from causeway.domain.claims import Home
from causeway.domain.emails import normalized_email
from causeway.domain.field_decisions import missing_sentence
from causeway.domain.mappings import PEOPLE, normalized_name
from causeway.domain.matching import Match, PersonKeys, Several, match_contact, match_lead
from causeway.domain.merging import Merged, Plan, plan_of
from causeway.domain.org_calls import Row, Save
from causeway.domain.outcomes import Candidate, Result, Warning
from causeway.domain.people import account_of, owner_of, person_data
from causeway.domain.wanted import CLEAR, Wanted, WantedField, WantedParent
from causeway.services.push_ports import Task
from causeway.services.push_reads import View, Wish, named_accounts

REMEDIES = {
    "shared_email": "Give the people addresses of their own, or send salesforce_contact_id or salesforce_lead_id.",
    "several_matches": "Merge the duplicates in Salesforce, send the record's Id, or let the sync choose the newest.",
    "missing_required_field": "Send the missing fields, map them, or give them a default in Salesforce.",
    "deleted_in_salesforce": "Restore the record in Salesforce, or let the sync recreate deleted records.",
}


@dataclass(slots=True, eq=False)
class Member:
    """One task's part in a record: its match, what it wants, and the data that its outcome carries."""

    wish: Wish
    match: Match
    wanted: Wanted
    data: dict[str, Any]
    superseded: bool = False
    warnings: tuple[Warning, ...] = ()


@dataclass(slots=True, eq=False)
class Target:
    """One record to update or create, with everybody who wants something of it; `home` owns its field times."""

    sobject: str
    merged: Merged
    home: str = ""
    members: list[Member] = field(default_factory=list)
    plan: Plan | None = None

    @property
    def record_id(self) -> str | None:
        """Return the record's Id, None when it is to be created."""
        return str(self.merged.record["Id"]) if self.merged.record else None

    def save(self) -> Save:
        """Return what to send; duplicates are allowed where every sync says so, or after a rule has named its records."""
        tasks = [member.wish.task for member in self.members]
        rules = tasks[0].sync.push
        allow_duplicates = all(task.sync.push.on_duplicate == "save" or task.save_anyway for task in tasks)
        values = self.plan.values if self.plan else {}
        creates = self.record_id is None
        external = rules.external_id_field if creates and rules.external_id_field in values else None
        assign = creates and all(member.wish.task.sync.push.assignment_rules for member in self.members)
        return Save(self.sobject, values, self.record_id, external, allow_duplicates, assign)


class Deciding:
    """Sorts the wishes of one wave into targets; tasks that are decided already get their outcome here."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._matches: dict[tuple[PersonKeys, Several], tuple[Match, Match]] = {}
        self._persons: dict[str, str] = {}
        self.targets: dict[tuple[str, str], Target] = {}

    def sort(self, wishes: Iterable[Wish]) -> None:
        """Match each wish and give it its target or its outcome; syncs in order of position, changes oldest first."""
        ordered = sorted(wishes, key=_by_position)
        for wish in ordered:
            self._person_of(wish)  # first who is who, then what becomes of them
        for wish in ordered:
            self._sort_person(wish)

    # --- people

    def _sort_person(self, wish: Wish) -> None:
        task = wish.task
        rules = task.sync.push
        lead, contact = self._person(wish.keys, rules.several)
        is_lead = task.sync.sobject == "Lead"
        match = self._named_duplicate(wish, lead if is_lead else contact)
        if match.verdict == "deleted" and rules.recreate_deleted:
            bare = (
                replace(wish.keys, lead_id=None, linked_lead=None)
                if is_lead
                else replace(wish.keys, contact_id=None, linked_contact=None)
            )
            match = self._person(bare, rules.several)[0 if is_lead else 1]
        data = self._tell(wish, lead, contact, match)
        if not wish.rules.holds(wish.given):
            _end(wish, Result.SKIPPED, "condition", "The sync's condition does not hold for this change.", match, data)
            return
        if self._ended_by_match(wish, match, data):
            return
        if match.verdict == "found" or self._may_create(wish, lead, contact, match, data):
            self._join(wish, match, data)

    def _named_duplicate(self, wish: Wish, match: Match) -> Match:
        """Use the one record that a duplicate rule named, if its e-mail is the change's or empty."""
        if match.verdict != "none" or len(wish.task.named) != 1:
            return match
        row = self._view.people.survivor(wish.task.named[0])
        email = normalized_email(row.get("Email")) if row else None
        if (
            row is None
            or row.get("IsDeleted")
            or row.get("IsConverted")
            or (row.get("Email") and email != wish.keys.email)
        ):
            return match
        return Match("found", row, (Candidate(row["Id"], "duplicate_rule", True),), match.warnings)

    def _person(self, keys: PersonKeys, several: Several) -> tuple[Match, Match]:
        found = self._matches.get((keys, several))
        if found is None:
            people = self._view.people
            found = self._matches[keys, several] = (
                match_lead(keys, people, several),
                match_contact(keys, people, several),
            )
        return found

    def _tell(self, wish: Wish, lead: Match, contact: Match, match: Match) -> dict[str, Any]:
        """Complete the wish's document with what was read, and return the account and owner data."""
        lead_row = lead.record if lead.verdict in ("found", "converted") else None
        contact_row = contact.record if contact.verdict == "found" else None
        account = account_of(lead_row, contact_row, named_accounts(self._view, wish.company))
        owner = owner_of(lead_row, contact_row)
        wish.given |= {"record": match.record if match.verdict == "found" else None, "account": account, "owner": owner}
        return person_data(lead_row, contact_row, account, owner)

    def _ended_by_match(self, wish: Wish, match: Match, data: dict[str, Any]) -> bool:
        sobject = wish.task.sync.sobject
        match match.verdict:
            case "shared_email":
                why = f"More than 50 {sobject} records have this e-mail address, so it does not tell who is meant."
                _end(wish, Result.REJECTED, "shared_email", why, match, data)
            case "several_matches":
                why = f"Several {sobject} records match, and the sync says to reject then."
                _end(wish, Result.REJECTED, "several_matches", why, match, data)
            case "deleted":
                why = f"The {sobject} of this record was deleted in Salesforce."
                _end(wish, Result.SKIPPED, "deleted_in_salesforce", why, match, data)
            case "converted":
                why = "The lead was converted; converted leads are not changed, and no second lead is created."
                _end(wish, Result.SKIPPED, "converted", why, match, data)
            case "found" if not wish.task.sync.push.update_existing:
                _end(wish, Result.SKIPPED, "updates_off", "The sync does not update existing records.", match, data)
            case _:
                return False
        return True

    def _may_create(self, wish: Wish, lead: Match, contact: Match, match: Match, data: dict[str, Any]) -> bool:
        rules, sobject = wish.task.sync.push, wish.task.sync.sobject
        if not rules.create_when_missing:
            _end(wish, Result.SKIPPED, "no_match", f"No {sobject} matches, and the sync does not create.", match, data)
            return False
        if rules.create_unless == "never" or sobject not in PEOPLE:
            return True
        other = contact if sobject == "Lead" else lead
        planned = ("Contact" if sobject == "Lead" else "Lead", self._person_of(wish)) in self.targets
        if other.verdict != "found" and not planned:
            return True
        word = "contact" if sobject == "Lead" else "lead"
        why = f"The person is a {word} in Salesforce already, so no {sobject} was created."
        _end(wish, Result.SKIPPED, f"exists_as_{word}", why, other if other.verdict == "found" else match, data)
        return False

    def _person_of(self, wish: Wish) -> str:
        """Return one name for all wishes of a person who is not in Salesforce yet: those of one key, and of one email."""
        names = [f"key {wish.task.change.source} {wish.task.change.key}"]
        if wish.keys.email:
            names.append(f"email {wish.keys.email}")
        known = [self._persons[name] for name in names if name in self._persons]
        person = known[0] if known else names[0]
        for name, found in list(self._persons.items()) if len(set(known)) > 1 else ():
            if found in known:
                self._persons[name] = person
        for name in names:
            self._persons[name] = person
        return person

    # --- joining

    def _join(self, wish: Wish, match: Match, data: dict[str, Any]) -> None:
        sobject = wish.task.sync.sobject
        place = str(match.record["Id"]) if match.verdict == "found" and match.record else self._person_of(wish)
        target = self.targets.get((sobject, place))
        if target is None:
            record = match.record if match.verdict == "found" else None
            target = Target(sobject, Merged(wish.rules.describe, record), wish.task.homes[0])
            self.targets[sobject, place] = target
        wanted = wish.rules.wanted(wish.task.change, wish.given)
        member = Member(wish, match, wanted, data)
        self._resolve_parents(member, target)
        target.members.append(member)

    def _resolve_parents(self, member: Member, target: Target) -> None:
        """Turn lookups wanted by name into Ids where exactly one record has that name."""
        for parent in member.wanted.parents:
            if parent.name is CLEAR:
                member.wanted.fields.setdefault(parent.field.name, WantedField(parent.field, CLEAR, parent.rule))
                continue
            found = self._named(parent)
            if len(found) == 1:
                wish = WantedField(parent.field, found[0]["Id"], parent.rule)
                member.wanted.fields.setdefault(parent.field.name, wish)
            elif parent.rule == "overwrite" or not (target.merged.record or {}).get(parent.field.name):
                member.warnings += (_parent_warning(parent, len(found)),)

    def _named(self, parent: WantedParent) -> list[Row]:
        return self._view.accounts.get(normalized_name(str(parent.name)), []) if parent.sobject == "Account" else []

    # --- planning

    def plan(self, homes: Mapping[str, Home], owners: Mapping[str, str]) -> None:
        """Merge each target's wishes and plan its save; `owners` says which held home owns each record to update."""
        for target in self.targets.values():
            record_id = target.record_id
            if record_id is not None:
                if record_id not in owners:
                    continue
                target.home = owners[record_id]
            home = homes[target.home]
            for member in sorted(target.members, key=lambda item: item.wish.task.change.order):
                member.superseded = not target.merged.take(member.wanted.fields, member.wish.task.change.order, home)
            target.plan = plan_of(target.merged, home)


def _by_position(wish: Wish) -> tuple[Any, ...]:
    return (wish.task.sync.position, wish.task.sync.id, wish.task.change.order)


def _parent_warning(parent: WantedParent, found: int) -> Warning:
    if found:
        return Warning(
            parent.field.name,
            "parent_ambiguous",
            f"{found} {parent.sobject} records have this name, so none was chosen.",
        )
    return Warning(
        parent.field.name, "parent_missing", f"No {parent.sobject} has this name, so the lookup was left as it is."
    )


def _end(wish: Wish, result: Result, code: str, detail: str, match: Match, data: dict[str, Any]) -> None:
    """Settle a task without any write."""
    chosen = next((candidate.id for candidate in match.candidates if candidate.chosen), None)
    wish.task.advances = False
    wish.task.settle(
        result,
        code,
        detail=detail,
        remedy=REMEDIES.get(code),
        salesforce_id=chosen,
        warnings=match.warnings,
        candidates=match.candidates,
        data=data,
        signals=wish.rules.signals_of(wish.given),
    )


def settle_members(target: Target, result: Result, record_id: str | None, code: str | None = None, **more: Any) -> None:
    """Give every task of a target its outcome: they share what was written, each with its own warnings and candidates."""
    written = tuple(target.plan.values) if target.plan and result in (Result.CREATED, Result.UPDATED) else ()
    shared = target.plan.warnings if target.plan else ()
    id_name = f"salesforce_{target.sobject.lower()}_id"
    for member in target.members:
        if not member.wish.task.is_open:
            continue
        data = dict(member.data)
        if record_id and target.sobject in PEOPLE:
            data[id_name] = record_id
        clamped = _clamped(member.wish.task)
        member.wish.task.settle(
            result,
            code,
            salesforce_id=record_id,
            fields_written=written,
            warnings=(*member.match.warnings, *clamped, *member.wanted.warnings, *member.warnings, *shared),
            candidates=member.match.candidates,
            data=data,
            signals=member.wish.rules.signals_of(member.wish.given),
            **more,
        )


def _clamped(task: Task) -> tuple[Warning, ...]:
    if not task.change.clamped:
        return ()
    return (
        Warning(
            "occurred_at", "clamped", "occurred_at lay more than 5 minutes after the sending and was set back to it."
        ),
    )


def settle_without_write(target: Target) -> bool:
    """Settle a planned target that needs no write; return False when it must be saved."""
    plan = target.plan
    if plan is None:
        return False
    if target.record_id is None and plan.missing:
        sentence = missing_sentence(target.merged.describe, plan.missing)
        for member in target.members:
            member.wish.task.advances = False
        settle_members(
            target,
            Result.REJECTED,
            None,
            "missing_required_field",
            detail=sentence,
            remedy=REMEDIES["missing_required_field"],
        )
        return True
    if target.record_id is None or plan.values:
        return False
    settle_superseded(target)
    settle_members(target, Result.UNCHANGED, target.record_id)
    return True


def settle_superseded(target: Target) -> None:
    """Skip the changes of which nothing was left: newer ones have decided all their fields."""
    late = [member for member in target.members if member.superseded]
    if late:
        only = Target(target.sobject, target.merged, target.home, late)
        why = "Newer changes have already decided every field that this one carries."
        settle_members(only, Result.SKIPPED, target.record_id, "superseded", detail=why)
