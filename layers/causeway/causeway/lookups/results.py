"""What each item of a lookup is answered: the person as push would match it, the account, the owner, counts and signals. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from causeway.contract.outcomes import Candidate
from causeway.lookups.columns import Columns
from causeway.lookups.queries import Plan
from causeway.lookups.rows import Rows
from causeway.lookups.targets import NOBODY, Target
from causeway.push.deciding.matching.match import MAX_PER_EMAIL, Match, candidates_of
from causeway.push.deciding.matching.people import PersonMatch, PersonMatches
from causeway.push.deciding.matching.tasks import Around, around_person
from causeway.salesforce.calls import Row
from causeway.syncs.people.person_data import person_data

_NOBODY = PersonMatch(Match("none"), Match("none"))
_WHY = {
    "none": "The org has no lead or contact for this, or the connected user may not see it.",
    "deleted": "The record was deleted in Salesforce, and nothing took its place.",
    "shared_email": f"More than {MAX_PER_EMAIL} records hold this address, so it is not one person's.",
    "several_matches": "Several records match, and the sync says that none is chosen then.",
}


@dataclass(frozen=True, slots=True)
class _Found:
    """What one item leads to."""

    target: Target
    person: PersonMatch
    around: Around
    record: Row | None = None


def results_of(plan: Plan, rows: Rows) -> list[dict[str, Any]]:
    """Return the answer to each item, in order."""
    matches = PersonMatches(rows.people)
    return [_result(target, plan, rows, matches) for target in plan.targets]


def _result(target: Target, plan: Plan, rows: Rows, matches: PersonMatches) -> dict[str, Any]:
    if target.fault:
        return _answer(_Found(target, _NOBODY, Around(None, None, None, None)), plan, rows, target.fault)
    person = _person(target, matches)
    found = rows.of(target.record) if target.record else []
    account = found[:1] if target.record and target.record.sobject == "Account" else []
    around = around_person(target.keys or NOBODY, person, account or rows.of_company(target.item.company), matches)
    record = found[0] if found and not account else None
    result = _Found(target, person, around, record)
    is_found = around.lead or around.contact or record or (around.account and target.keys is None)
    return _answer(result, plan, rows, "" if is_found else _why(target, person, rows))


def _person(target: Target, matches: PersonMatches) -> PersonMatch:
    """Return the match by the rule for several matches that a push of each sObject would use."""
    if target.keys is None:
        return _NOBODY
    lead_rule, contact_rule = (target.several.get(sobject, "newest") for sobject in ("Lead", "Contact"))
    person = matches.of(target.keys, lead_rule)
    if contact_rule == lead_rule:
        return person
    return PersonMatch(person.lead, matches.of(target.keys, contact_rule).contact)


def _why(target: Target, person: PersonMatch, rows: Rows) -> str:
    if target.record is not None:
        if rows.is_deleted(target.record):
            return _WHY["deleted"]
        return f"The org has no such {target.record.sobject}, or the connected user may not see it."
    if target.keys is None:
        return f"The org has no account named '{target.item.company}', or the connected user may not see it."
    verdicts = [match.verdict for match in (person.contact, person.lead) if match.verdict in _WHY]
    return _WHY[next((each for each in verdicts if each != "none"), "none")]


def _answer(found: _Found, plan: Plan, rows: Rows, detail: str) -> dict[str, Any]:
    around, columns = found.around, plan.columns
    owner = around.owner or _owner(found.record)
    candidates = (*found.person.contact.candidates, *found.person.lead.candidates)
    return {
        "found": not detail,
        "detail": detail or None,
        "lead": _person_answer("Lead", around.lead, found.person.lead, columns),
        "contact": _person_answer("Contact", around.contact, found.person.contact, columns),
        "account": _account_answer(around.account, plan, rows),
        "owner": None if owner is None else {"id": owner["Id"], "name": owner["Name"], "email": owner["Email"]},
        "record": _record_answer(found, columns),
        "data": person_data(around.lead, around.contact, around.account, around.owner),
        "signals": _signals(found, columns),
        "candidates": [_candidate(each) for each in candidates] or _records_found(found, rows),
    }


def _candidate(each: Candidate) -> dict[str, Any]:
    return {"id": each.id, "matched_by": each.matched_by, "chosen": each.chosen}


def _records_found(found: _Found, rows: Rows) -> list[dict[str, Any]]:
    wanted = found.target.record
    if wanted is None:
        return []
    how = "external_id" if wanted.field else "salesforce_id"
    several = rows.of(wanted)
    return [_candidate(each) for each in candidates_of([(row, how) for row in several], several[0])] if several else []


def _person_answer(sobject: str, row: Row | None, match: Match, columns: Columns) -> dict[str, Any] | None:
    if row is None:
        return None
    how = next((each.matched_by for each in match.candidates if each.chosen), None)
    values = values_of(row, columns.wanted.get(sobject, ()))
    return {"id": row["Id"], "matched_by": how, "is_converted": bool(row.get("IsConverted")), "values": values}


def _account_answer(account: Row | None, plan: Plan, rows: Rows) -> dict[str, Any] | None:
    if account is None:
        return None
    whole = rows.accounts.get(account["Id"])
    row = whole if whole is not None else account
    owner = row.get("Owner") or {}
    return {
        "id": row["Id"],
        "name": row.get("Name"),
        "website": row.get("Website"),
        "owner": {"id": row.get("OwnerId"), "name": owner.get("Name"), "email": owner.get("Email")},
        "open_opportunities": _count(whole, "Opportunities"),
        "open_cases": _count(whole, "Cases"),
        "values": values_of(row, plan.columns.wanted.get("Account", ())) if whole is not None else {},
    }


def _count(row: Row | None, children: str) -> int | None:
    """Return how many children are open, None when they were not read; Salesforce gives null for none."""
    if row is None or children not in row:
        return None
    return int(row[children]["totalSize"]) if row[children] else 0


def _record_answer(found: _Found, columns: Columns) -> dict[str, Any] | None:
    if found.record is None or found.target.record is None:
        return None
    sobject = found.target.record.sobject
    values = values_of(found.record, columns.wanted.get(sobject, ()))
    return {"sobject": sobject, "id": found.record["Id"], "values": values}


def _owner(record: Row | None) -> dict[str, Any] | None:
    if not record or not record.get("OwnerId"):
        return None
    owner = record.get("Owner") or {}
    return {"Id": record["OwnerId"], "Name": owner.get("Name"), "Email": owner.get("Email")}


def values_of(row: Row, paths: Sequence[str]) -> dict[str, Any]:
    """Return the values at the paths; a parent that is not there gives null."""
    return {path: _at(row, path.split(".")) for path in paths}


def _at(row: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        row = row.get(step) if isinstance(row, Mapping) else None
    return row


def _signals(found: _Found, columns: Columns) -> list[str]:
    """Return the names of the signals that hold for what was found, each once."""
    around, record = found.around, found.target.record
    rows = {"Lead": around.lead, "Contact": around.contact, **({record.sobject: found.record} if record else {})}
    if record and record.sobject == "Account":
        rows["Account"] = around.account
    names = (
        signal.name
        for signal in columns.signals
        if rows.get(signal.sobject) is not None
        and found.target.item.source in ("", signal.source)
        and signal.expression.holds(_document(rows[signal.sobject], found))
    )
    return list(dict.fromkeys(names))


def _document(record: Row | None, found: _Found) -> dict[str, Any]:
    return {"record": record, "account": found.around.account, "owner": found.around.owner}
