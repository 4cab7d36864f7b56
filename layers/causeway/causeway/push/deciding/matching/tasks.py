"""Match one task, and complete its document with what was read: the record, the account and the owner."""

from __future__ import annotations

from collections.abc import Iterable
from copy import replace
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from causeway.contract.outcomes import Candidate
from causeway.push.deciding.keys import PersonKeys
from causeway.push.deciding.matching.match import Match
from causeway.push.deciding.matching.people import PersonMatch, PersonMatches
from causeway.push.deciding.matching.records import match_record
from causeway.push.deciding.prepare import PreparedTask
from causeway.push.deciding.reading.people_rows import PeopleRows
from causeway.push.deciding.reading.view import View, named_accounts
from causeway.salesforce.calls import Row
from causeway.salesforce.values.emails import normalized_email
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.people.person_data import account_of, owner_of, person_data

type Person = tuple[str, Row]
"""A person in Salesforce: sObject and row."""


@dataclass(frozen=True, slots=True)
class MatchedTask:
    """
    A task with its match; its document holds what was read.

    `other` is the person's match as the other sObject of people, `concerns` the person that the change is about, `data` the
    account and owner data of its outcome. `has_no_key`: the change gives no usable value for what its record is found by;
    `why_no_key` says why not, where the values come from a person or a parent.
    """

    prepared: PreparedTask
    match: Match
    other: Match = field(default_factory=lambda: Match("none"))
    data: dict[str, Any] = field(default_factory=dict)
    concerns: Person | None = None
    has_no_key: bool = False
    why_no_key: str = ""


def match_task(prepared: PreparedTask, view: View, matches: PersonMatches) -> MatchedTask:
    """Match one task with the rows of the view."""
    concerns = _person_concerned(prepared, matches)
    if prepared.task.sync.sobject in PEOPLE:
        return _matched_person(prepared, concerns, view, matches)
    return _matched_record(prepared, concerns, view)


def _matched_person(prepared: PreparedTask, concerns: Person | None, view: View, matches: PersonMatches) -> MatchedTask:
    sobject, several = prepared.task.sync.sobject, prepared.task.sync.push.several
    person = matches.of(prepared.keys, several)
    match = _named_duplicate(prepared, person.of(sobject), view.people)
    if match.verdict == "deleted" and prepared.task.sync.push.recreate_deleted:
        match = matches.past_deleted(sobject, prepared.keys, several)
    match = replace(match, warnings=(*prepared.warnings, *match.warnings))
    around = around_person(prepared.keys, person, named_accounts(view, prepared.company), matches)
    return MatchedTask(_completed(prepared, match, around), match, person.other_than(sobject), around.data(), concerns)


def _matched_record(prepared: PreparedTask, concerns: Person | None, view: View) -> MatchedTask:
    """Match a record of another sObject; its data is that of the person it concerns."""
    found = match_record(prepared, view.rows.get(prepared.task.sync.sobject, {}))
    match = found or Match("none")
    around = _around_record(concerns)
    return MatchedTask(
        _completed(prepared, match, around),
        match,
        data=around.data() if prepared.about else {},
        concerns=concerns,
        has_no_key=found is None,
    )


class Around(NamedTuple):
    """A person's rows as read, and the account and the owner that belong to them."""

    lead: Row | None
    contact: Row | None
    account: Row | None
    owner: Row | None

    def data(self) -> dict[str, Any]:
        """Return the account and owner data of the person (docs/messages.md)."""
        return person_data(self.lead, self.contact, self.account, self.owner)


def _completed(prepared: PreparedTask, match: Match, around: Around) -> PreparedTask:
    read = {"record": match.found, "account": around.account, "owner": around.owner}
    return replace(prepared, given=prepared.given.with_more(read))


def around_person(keys: PersonKeys, person: PersonMatch, named: Iterable[Row], matches: PersonMatches) -> Around:
    """Return what belongs to a person; the account is that of the newest contact with its address, else one of those `named`."""
    lead = person.lead.record if person.lead.verdict in ("found", "converted") else None
    contact = person.contact.found
    newest = matches.of(keys.of_address(), "newest").contact.found
    account = account_of(lead, newest or contact, named)
    return Around(lead, contact, account, owner_of(lead, contact))


def _around_record(concerns: Person | None) -> Around:
    sobject, row = concerns or (None, None)
    lead, contact = row if sobject == "Lead" else None, row if sobject == "Contact" else None
    return Around(lead, contact, account_of(lead, contact, ()), owner_of(lead, contact))


def _person_concerned(prepared: PreparedTask, matches: PersonMatches) -> Person | None:
    """Return the person that a change concerns: the contact, else the open lead."""
    if prepared.about is None:
        return None
    person = matches.of(prepared.about, "newest")
    if person.contact.found:
        return "Contact", person.contact.found
    return ("Lead", person.lead.found) if person.lead.found else None


def _named_duplicate(prepared: PreparedTask, match: Match, people: PeopleRows) -> Match:
    """Use the one record that a duplicate rule named, if its e-mail is the change's or empty."""
    if match.verdict != "none" or len(prepared.task.named) != 1:
        return match
    row = people.survivor(prepared.task.named[0])
    if row is None or row.get("IsDeleted") or row.get("IsConverted") or people.is_another(row, prepared.keys):
        return match
    if row.get("Email") and normalized_email(row.get("Email")) != prepared.keys.email:
        return match
    return Match("found", row, (Candidate(row["Id"], "duplicate_rule", True),), match.warnings)
