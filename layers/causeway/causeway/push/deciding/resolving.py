"""Resolve the match fields that a person or a parent fills: what they hold is known once these are read, and claimed then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from causeway.contract.outcome_codes import OUTCOMES
from causeway.contract.outcomes import Result
from causeway.push.deciding.matching.tasks import MatchedTask
from causeway.push.deciding.planning.lookups import Named, resolve_lookups, resolve_parents
from causeway.push.deciding.planning.planned_records import Contribution
from causeway.push.tasks import Task
from causeway.salesforce.values.texts import text_of
from causeway.syncs.mapping.desired import CLEAR, DesiredFields
from causeway.syncs.mapping.evaluation import desired_fields


class ParentsFirst(NamedTuple):
    """A task whose record is found by parents that do not exist yet: they are created, then the record is looked for."""

    matched: MatchedTask
    contribution: Contribution


def resolved_match(matched: MatchedTask, named: Named) -> MatchedTask | ParentsFirst | None:
    """
    Return a task that can go on, None for one whose record the next pass looks for, by values that are known now.

    They are claimed before that pass reads: whoever asks for the record of the same person or parent meets.
    """
    task = matched.prepared.task
    names = task.awaits or tuple(task.resolved)
    if not names or _is_linked(matched) or matched.match.verdict not in ("none", "found"):
        return matched
    desired = desired_fields(matched.prepared.rules, task.change, matched.prepared.given)
    warnings, missing = resolve_parents(desired, None, named)
    warnings += resolve_lookups(desired, matched.concerns, None)
    found = _resolved(names, desired, matched)
    if found.keys() == set(names):
        return _gone_on(matched, found)
    if set(names) - found.keys() <= {parent.field.name for parent in missing}:
        return ParentsFirst(matched, Contribution(matched.prepared, matched.match, desired, {}, parents=tuple(missing)))
    why = " ".join(dict.fromkeys(each.detail for each in warnings if each.field in names))
    task.resolved = {}
    return replace(matched, has_no_key=True, why_no_key=why)


def _is_linked(matched: MatchedTask) -> bool:
    """Return whether the record was found by the link of its key: match fields do not count then."""
    return any(each.chosen and each.matched_by == "link" for each in matched.match.candidates)


def _gone_on(matched: MatchedTask, found: dict[str, str]) -> MatchedTask | None:
    """Return the task when it was matched by these very values; else keep them for the next pass."""
    task = matched.prepared.task
    if task.resolved == found and not task.awaits:
        return matched
    task.resolved = found
    return None


def _resolved(names: Iterable[str], desired: DesiredFields, matched: MatchedTask) -> dict[str, str]:
    """Return what the match fields hold; a lookup that does not take this kind of person is empty, if another one takes it."""
    given = {name: desired.fields[name].value for name in names if name in desired.fields}
    found = {name: text for name, value in given.items() if value is not CLEAR and (text := text_of(value))}
    lookups = {lookup.field.name for lookup in desired.lookups}
    if matched.concerns is not None and lookups & found.keys():
        return {name: "" for name in names if name in lookups} | found
    return found


def keep_created(first: Iterable[ParentsFirst]) -> None:
    """Keep the Ids of parents that were created for the next pass; reject a task whose parent was refused."""
    for each in first:
        task, desired = each.matched.prepared.task, each.contribution.desired
        found = _resolved(task.awaits or task.resolved, desired, each.matched)
        if found.keys() >= set(task.awaits):
            task.resolved = found
        elif task.is_open:
            _reject(task, " ".join(warning.detail for warning in each.contribution.warnings))


def _reject(task: Task, why: str) -> None:
    code = "invalid_match_key"
    task.settle(Result.REJECTED, code, detail=f"{OUTCOMES[code].sentence} {why}", remedy=OUTCOMES[code].remedy)
