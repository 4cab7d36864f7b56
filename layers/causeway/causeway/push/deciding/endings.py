"""Why a task ends without a write: its condition, its match, or a rule that forbids a create. Pure."""

from __future__ import annotations

from typing import NamedTuple

from causeway.contract.outcome_codes import OUTCOMES
from causeway.contract.outcomes import Result
from causeway.push.deciding.matching.match import Match
from causeway.push.deciding.matching.tasks import MatchedTask
from causeway.push.deciding.missing_fields import lacks_external_id
from causeway.syncs.mapping.expression_budget import ExpressionTooCostly
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.signals import looks


class Ending(NamedTuple):
    """An outcome without a write, and the match that its candidates and warnings come from."""

    result: Result
    code: str
    detail: str
    match: Match


def end(matched: MatchedTask, ending: Ending) -> None:
    """Settle a task with its ending."""
    prepared, match = matched.prepared, ending.match
    prepared.task.looks = looks(prepared.rules.signal_rules, prepared.given)
    prepared.task.settle(
        ending.result,
        ending.code,
        detail=ending.detail,
        remedy=OUTCOMES[ending.code].remedy,
        salesforce_id=next((candidate.id for candidate in match.candidates if candidate.chosen), None),
        warnings=match.warnings,
        candidates=match.candidates,
        data=matched.data,
        signals=prepared.rules.signals_of(prepared.given),
    )


def ending_of(matched: MatchedTask, *, is_joining: bool) -> Ending | None:
    """
    Return why a task is not written, None when it is.

    `is_joining`: other tasks of the same person or record are creating its record, so it has no need to find or create one.
    """
    if matched.has_no_key and not is_joining:
        return _without_key(matched)
    if (unmet := _of_condition(matched)) is not None:
        return unmet
    if matched.match.verdict in ("found", "none"):
        return _of_found(matched) if matched.match.found else _of_missing(matched, is_joining=is_joining)
    return _of_match(matched)


def _of_condition(matched: MatchedTask) -> Ending | None:
    try:
        holds = matched.prepared.rules.holds(matched.prepared.given)
    except ExpressionTooCostly as error:
        why = f"The sync's condition takes more work than a condition may: {error}."
        return Ending(Result.REJECTED, "condition_too_costly", why, matched.match)
    why = "The sync's condition does not hold for this change."
    return None if holds else Ending(Result.SKIPPED, "condition", why, matched.match)


def _without_key(matched: MatchedTask) -> Ending:
    rules = matched.prepared.task.sync.push
    names = ", ".join((rules.external_id_field,) if rules.external_id_field else rules.match_fields)
    why = f"The change gives no usable value for {names}, by which the sync finds its record."
    if matched.why_no_key:
        why = f"{why} {matched.why_no_key}"
    return Ending(Result.REJECTED, "invalid_match_key", why, Match("none"))


def _of_match(matched: MatchedTask) -> Ending | None:
    """Return the ending of a match that is neither one record nor none."""
    sobject, match = matched.prepared.task.sync.sobject, matched.match
    match match.verdict:
        case "shared_email":
            return _shared_email(sobject, match)
        case "several_matches":
            why = f"Several {sobject} records match, and the sync says to reject then."
            return Ending(Result.REJECTED, "several_matches", why, match)
        case "deleted":
            why = f"The {sobject} of this record was deleted in Salesforce."
            return Ending(Result.SKIPPED, "deleted_in_salesforce", why, match)
        case "converted":
            why = "The lead was converted; converted leads are not changed, and no second lead is created."
            return Ending(Result.SKIPPED, "converted", why, match)
        case _:
            return None


def _of_found(matched: MatchedTask) -> Ending | None:
    if matched.prepared.task.sync.push.update_existing:
        return None
    return Ending(Result.SKIPPED, "updates_off", "The sync does not update existing records.", matched.match)


def _of_missing(matched: MatchedTask, *, is_joining: bool) -> Ending | None:
    """Return why a task must not create; one that joins other tasks only adds to what they create."""
    sobject = matched.prepared.task.sync.sobject
    if matched.prepared.unusable_email and not matched.prepared.task.values and not is_joining:
        return _invalid_email(matched)
    if not matched.prepared.task.sync.push.create_when_missing:
        why = f"No {sobject} matches, and the sync does not create."
        return None if is_joining else Ending(Result.SKIPPED, "no_match", why, matched.match)
    if matched.prepared.task.unseen_external:
        return _without_external_id(matched)
    if lacks_external_id(matched.prepared.task.sync, matched.prepared.rules.describe):
        return _without_external_id(matched)
    return _of_other(matched) if minds_person(matched) else None


def _without_external_id(matched: MatchedTask) -> Ending:
    """Return why nobody is created while the field is missing by which the person would be found again."""
    sync = matched.prepared.task.sync
    unseen = matched.prepared.task.unseen_external or f"{sync.sobject}.{sync.push.external_id_field}"
    sobject, _, name = unseen.partition(".")
    field = f"external ID field {name} that the connected user can see"
    why = f"{sobject} has no {field}, so people of one address could not be told apart, nor found again."
    return Ending(Result.REJECTED, "invalid_match_key", why, matched.match)


def _invalid_email(matched: MatchedTask) -> Ending:
    """Return the ending of a person whom nothing identifies but an address that is none: created, it would be a duplicate."""
    why = f"The e-mail address cannot be used: {matched.prepared.unusable_email}. Nothing else says who the person is."
    return Ending(Result.REJECTED, "invalid_email", why, matched.match)


def minds_person(matched: MatchedTask) -> bool:
    """Return whether a task creates only somebody who is not there as the other sObject of people."""
    sync = matched.prepared.task.sync
    return sync.push.create_when_missing and sync.push.create_unless != "never" and sync.sobject in PEOPLE


def _of_other(matched: MatchedTask) -> Ending | None:
    """Return the ending of a person who is in Salesforce already, as the other sObject of people."""
    sobject = matched.prepared.task.sync.sobject
    there = other_sobject(sobject)
    if matched.other.verdict == "shared_email":
        return _shared_email(there, matched.other)
    if matched.other.verdict in ("found", "several_matches"):
        why = f"The person is a {there.lower()} in Salesforce already, so no {sobject} was created."
        return Ending(Result.SKIPPED, f"exists_as_{there.lower()}", why, matched.other)
    return None


def other_sobject(sobject: str) -> str:
    """Return the other sObject of people."""
    return "Contact" if sobject == "Lead" else "Lead"


def _shared_email(sobject: str, match: Match) -> Ending:
    why = f"More than 50 {sobject} records have this e-mail address, so it does not tell who is meant."
    return Ending(Result.REJECTED, "shared_email", why, match)
