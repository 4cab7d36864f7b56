"""Lead all changes of a person to the record that one of them finds, as they would go there one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from copy import replace
from dataclasses import dataclass, field

from causeway.push.deciding.matching.people import PersonMatches
from causeway.push.deciding.matching.records import match_record
from causeway.push.deciding.matching.same_person import PersonGroups
from causeway.push.deciding.prepare import PreparedTask
from causeway.push.deciding.reading.view import View
from causeway.syncs.mapping.rows import PEOPLE


def with_shared_links(
    prepared_tasks: Sequence[PreparedTask], groups: PersonGroups, view: View, matches: PersonMatches
) -> list[PreparedTask]:
    """
    Return the tasks in their order, each with the links that the other changes of its person find.

    A task follows the link that its key would have by then, or what would be remembered of its address.
    """
    linked: dict[int, PreparedTask] = {}
    for members in groups.several_changes(prepared_tasks):
        links = _links_of(members, view, matches)
        linked |= {id(prepared): links.added_to(prepared) for prepared in members}
    return [linked.get(id(prepared), prepared) for prepared in prepared_tasks]


@dataclass(frozen=True, slots=True)
class _Links:
    """What the changes of one person lead to, by sObject: per key, and for the person as a whole; the oldest counts."""

    of_key: defaultdict[tuple[str, str], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    of_person: dict[str, str] = field(default_factory=dict)

    def added_to(self, prepared: PreparedTask) -> PreparedTask:
        links, sobject = self.of_key[_key(prepared)], prepared.task.sync.sobject
        if sobject in PEOPLE:
            return replace(prepared, keys=prepared.keys.following(links, self.of_person))
        return replace(prepared, link=prepared.link or links.get(sobject))


def _links_of(members: Sequence[PreparedTask], view: View, matches: PersonMatches) -> _Links:
    links = _Links()
    for prepared in members:
        for sobject, record_id in _matched_ids(prepared, view, matches):
            links.of_key[_key(prepared)].setdefault(sobject, record_id)
            links.of_person.setdefault(sobject, record_id)
    return links


def _matched_ids(prepared: PreparedTask, view: View, matches: PersonMatches) -> Iterator[tuple[str, str]]:
    """Yield the records that a change matches by itself: sObject and Id."""
    sobject = prepared.task.sync.sobject
    if sobject not in PEOPLE:
        match = match_record(prepared, view.rows.get(sobject, {}))
        if match and match.found:
            yield sobject, str(match.found["Id"])
        return
    person = matches.of(prepared.keys, prepared.task.sync.push.several)
    if person.lead.verdict in ("found", "converted") and person.lead.record:
        yield "Lead", str(person.lead.record["Id"])
    if person.contact.found:
        yield "Contact", str(person.contact.found["Id"])


def _key(prepared: PreparedTask) -> tuple[str, str]:
    return prepared.task.change.source, prepared.task.change.key
