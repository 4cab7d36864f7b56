"""Match the changes of one pass with the records that were read: each by itself, then those of one person with one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from causeway.contract.outcomes import Candidate
from causeway.push.deciding.matching.people import (
    Match,
    PersonKeys,
    Several,
    holds,
    match_contact,
    match_id,
    match_lead,
    match_values,
)
from causeway.push.deciding.matching.same_person import PersonGroups
from causeway.push.deciding.prepare import PreparedTask
from causeway.push.deciding.reading.view import View
from causeway.salesforce.calls import Row
from causeway.salesforce.emails import normalized_email
from causeway.syncs.mapping.mappings import PEOPLE


class Matching:
    """Matches over one view of the org; each person's is worked out once."""

    def __init__(self, view: View, groups: PersonGroups) -> None:
        self._view, self._groups = view, groups
        self._matches: dict[tuple[PersonKeys, Several], tuple[Match, Match]] = {}

    def follow(self, prepared_tasks: Iterable[PreparedTask]) -> None:
        """
        Let all changes of a person go where one of them leads, as they would one after the other.

        By the link that its key would have by then, or by what would be remembered of its address.
        """
        for members in self._several_changes(prepared_tasks):
            self._follow(members)

    def _several_changes(self, prepared_tasks: Iterable[PreparedTask]) -> Iterator[list[PreparedTask]]:
        """Yield the prepared tasks of each person (or record) of whom there is more than one change, oldest first."""
        by_person: defaultdict[str, list[PreparedTask]] = defaultdict(list)
        for prepared in prepared_tasks:
            by_person[self._groups.of(prepared)].append(prepared)
        for members in by_person.values():
            if len({id(prepared.task.change) for prepared in members}) > 1:
                yield sorted(members, key=lambda prepared: prepared.task.change.order)

    def _follow(self, members: Sequence[PreparedTask]) -> None:
        links: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        of_person: dict[str, str] = {}
        for prepared in members:
            for sobject, record_id in self._leads_to(prepared):
                links[_key(prepared)].setdefault(sobject, record_id)
                of_person.setdefault(sobject, record_id)
        for prepared in members if of_person else ():
            if prepared.task.sync.sobject in PEOPLE:
                prepared.keys = prepared.keys.following(links[_key(prepared)], of_person)
            else:
                prepared.link = prepared.link or links[_key(prepared)].get(prepared.task.sync.sobject)

    def _leads_to(self, prepared: PreparedTask) -> Iterator[tuple[str, str]]:
        """Yield the records that a change matches by itself: sObject and Id."""
        sobject = prepared.task.sync.sobject
        if sobject not in PEOPLE:
            found = self.record(prepared)
            if found and found.verdict == "found" and found.record:
                yield sobject, str(found.record["Id"])
            return
        lead, contact = self.person(prepared.keys, prepared.task.sync.push.several)
        if lead.verdict in ("found", "converted") and lead.record:
            yield "Lead", str(lead.record["Id"])
        if contact.verdict == "found" and contact.record:
            yield "Contact", str(contact.record["Id"])

    def person(self, keys: PersonKeys, several: Several) -> tuple[Match, Match]:
        """Return a person's lead and contact."""
        found = self._matches.get((keys, several))
        if found is None:
            people = self._view.people
            found = self._matches[keys, several] = (
                match_lead(keys, people, several),
                match_contact(keys, people, several),
            )
        return found

    def named_duplicate(self, prepared: PreparedTask, match: Match) -> Match:
        """Use the one record that a duplicate rule named, if its e-mail is the change's or empty."""
        if match.verdict != "none" or len(prepared.task.named) != 1:
            return match
        row = self._view.people.survivor(prepared.task.named[0])
        email = normalized_email(row.get("Email")) if row else None
        if (
            row is None
            or row.get("IsDeleted")
            or row.get("IsConverted")
            or (row.get("Email") and email != prepared.keys.email)
        ):
            return match
        return Match("found", row, (Candidate(row["Id"], "duplicate_rule", True),), match.warnings)

    def record(self, prepared: PreparedTask) -> Match | None:
        """Return the record of another sObject: by the link of its key, then by match fields; None without a value for them."""
        rows = self._view.rows.get(prepared.task.sync.sobject, {})
        match = match_id(_survivor(rows, prepared.link), prepared.link is not None, "link")
        if match is None or (match.verdict == "deleted" and prepared.task.sync.push.recreate_deleted):
            return self._by_values(prepared, rows)
        return match

    def _by_values(self, prepared: PreparedTask, rows: Mapping[str, Row]) -> Match | None:
        """Return the match by fields; None when the sync has match fields but the change has no value for them."""
        rules = prepared.task.sync.push
        if not prepared.task.values:
            return None if rules.match_fields or rules.external_id_field else Match("none")
        desired = [
            (field, value) for name, value in prepared.task.values if (field := prepared.rules.describe.field(name))
        ]
        found = [row for row in rows.values() if all(holds(row, field, value) for field, value in desired)]
        return match_values(found, rules.several, "external_id" if rules.external_id_field else "match_fields")

    def who(self, prepared: PreparedTask) -> tuple[str, Row] | None:
        """Return the person that a change concerns: the contact, else the open lead."""
        if prepared.about is None:
            return None
        lead, contact = self.person(prepared.about, "newest")
        if contact.verdict == "found" and contact.record:
            return "Contact", contact.record
        return ("Lead", lead.record) if lead.verdict == "found" and lead.record else None


def _survivor(rows: Mapping[str, Row], record_id: str | None) -> Row | None:
    """Return a row of another sObject, followed through merges as far as they were read."""
    row = rows.get(record_id or "")
    while row is not None and row.get("IsDeleted") and row.get("MasterRecordId") in rows:
        row = rows[row["MasterRecordId"]]
    return row


def _key(prepared: PreparedTask) -> tuple[str, str]:
    return prepared.task.change.source, prepared.task.change.key
