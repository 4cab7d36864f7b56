"""
Decide what becomes of every task of one pass, from one view of the org.

The steps: group the tasks by person, share what their keys lead to, match each task with its record, then end it, defer it,
or add it to the record that will be saved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from causeway.push.deciding.awaiting import awaits_person
from causeway.push.deciding.deferred import Deferred
from causeway.push.deciding.describes import Described
from causeway.push.deciding.endings import end, ending_of, minds_person, other_sobject
from causeway.push.deciding.matching.people import PersonMatches
from causeway.push.deciding.matching.same_person import PersonGroups, person_groups
from causeway.push.deciding.matching.shared_links import with_shared_links
from causeway.push.deciding.matching.tasks import MatchedTask, match_task
from causeway.push.deciding.planning.contributing import contribution_of, planned_record
from causeway.push.deciding.planning.planned_records import PlannedRecord
from causeway.push.deciding.prepare import PreparedTask
from causeway.push.deciding.reading.view import View
from causeway.push.deciding.resolving import ParentsFirst, resolved_match
from causeway.push.faults.crashes import each_alone
from causeway.push.tasks import Task
from causeway.salesforce.calls import Row
from causeway.syncs.mapping.rows import PEOPLE

type Place = tuple[str, str]
"""A record of the pass: its sObject, and its Id or the group of those who create it."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """
    The tasks that have no outcome yet: the records to save, by place, what waits for another sync's create, and what is found
    by parents that are created first. `awaiting` concern a person whom nobody knows: some wait, the others are decided, too.
    """

    groups: PersonGroups
    by_place: dict[Place, PlannedRecord] = field(default_factory=dict)
    deferred: list[Deferred] = field(default_factory=list)
    parents_first: list[ParentsFirst] = field(default_factory=list)
    awaiting: list[Task] = field(default_factory=list)

    @property
    def planned_records(self) -> Collection[PlannedRecord]:
        """Return the records to save, in the order in which they were decided."""
        return self.by_place.values()

    def created_as(self, sobject: str, prepared: PreparedTask) -> PlannedRecord | None:
        """Return the record of an sObject that other tasks of the same group are creating."""
        return self.by_place.get((sobject, self.groups.of(prepared)))

    def is_of_another(self, sobject: str, record: Row, prepared: PreparedTask) -> bool:
        """Return whether this pass writes another person to a record: it will hold that one's external ID."""
        planned = self.by_place.get((sobject, str(record["Id"])))
        return planned is not None and any(
            self.groups.are_others(prepared, contribution.prepared) for contribution in planned.contributions
        )


def decide(prepared_tasks: Iterable[PreparedTask], view: View, described: Described) -> Decisions:
    """Give each task its planned record or its outcome; syncs in order of position, changes oldest first."""
    ordered = sorted(prepared_tasks, key=_by_position)
    decisions = Decisions(person_groups(ordered))
    matches = PersonMatches(view.people)
    found = sorted(with_shared_links(ordered, decisions.groups, view, matches), key=_lacks_values)
    decided = each_alone(
        found, lambda prepared: prepared.task, lambda prepared: _match(prepared, decisions, view, matches, described)
    )
    list(decided)
    return decisions


def _match(
    prepared: PreparedTask, decisions: Decisions, view: View, matches: PersonMatches, described: Described
) -> None:
    """Match one task with its record, and decide what becomes of it, unless it waits for a person or a parent."""
    matched = match_task(prepared, view, matches)
    if awaits_person(matched):
        decisions.awaiting.append(prepared.task)
        if view.read_started_ms < prepared.task.wait_until_ms:
            return
    resolved = resolved_match(matched, view.named)
    if isinstance(resolved, ParentsFirst):
        decisions.parents_first.append(resolved)
    elif resolved is not None:
        _decide(resolved, decisions, view, described)


def _decide(matched: MatchedTask, decisions: Decisions, view: View, described: Described) -> None:
    """Settle one task, defer it, add it to its record, or leave it to the next pass, which knows who has which record."""
    if _must_wait(matched, decisions):
        return
    joined = decisions.created_as(matched.prepared.task.sync.sobject, matched.prepared)
    ending = ending_of(matched, is_joining=joined is not None)
    creating = _other_create(matched, decisions)
    if ending is not None:
        end(matched, ending)
    elif creating is not None:
        decisions.deferred.append(Deferred(matched, creating))
    else:
        _contribute(matched, decisions, view, described)


def _contribute(matched: MatchedTask, decisions: Decisions, view: View, described: Described) -> None:
    place = _place(matched, decisions)
    planned = decisions.by_place.get(place) or planned_record(matched, described)
    planned.contributions.append(contribution_of(matched, planned, view.named))
    decisions.by_place[place] = planned


def _must_wait(matched: MatchedTask, decisions: Decisions) -> bool:
    """Return whether the people of a shared address must have their records first: of several, or of the one that is taken."""
    prepared, found, other = matched.prepared, matched.match.found, matched.other.found
    if prepared.task.sync.sobject not in PEOPLE:
        return False
    if found:
        return decisions.is_of_another(prepared.task.sync.sobject, found, prepared)
    is_taken = other is not None and decisions.is_of_another(other_sobject(prepared.task.sync.sobject), other, prepared)
    return is_taken or decisions.groups.is_undecided(prepared)


def _other_create(matched: MatchedTask, decisions: Decisions) -> PlannedRecord | None:
    """Return the record of the other sObject of people that is to be created first, where the task minds it."""
    if matched.match.found or not minds_person(matched):
        return None
    return decisions.created_as(other_sobject(matched.prepared.task.sync.sobject), matched.prepared)


def _place(matched: MatchedTask, decisions: Decisions) -> Place:
    record = matched.match.found
    sobject = matched.prepared.task.sync.sobject
    return sobject, str(record["Id"]) if record else decisions.groups.of(matched.prepared)


def _lacks_values(prepared: PreparedTask) -> bool:
    """Return whether a change of another sObject than people has no value for what its record is found by."""
    return prepared.task.sync.sobject not in PEOPLE and not prepared.task.values


def _by_position(prepared: PreparedTask) -> tuple[Any, ...]:
    return (prepared.task.sync.position, prepared.task.sync.id, prepared.task.change.order)
