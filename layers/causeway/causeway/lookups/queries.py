"""
What a lookup asks of the org: queries by one field each, up to five of which share one composite call. Pure.

People by what push would find them by, with what leads became read through the lead; accounts by name or Id, and those of the people,
with their open opportunities and cases; records of other sObjects. The accounts of people are asked for with the people, by a
semi-join that stands alone, where one call holds all of it, and else by their Ids once the people are known.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from copy import replace
from dataclasses import dataclass
from typing import Any, NamedTuple

from causeway.errors import InvalidRequest
from causeway.lookups.columns import Columns
from causeway.lookups.targets import Target, Wanted
from causeway.push.deciding.describes import Described
from causeway.push.deciding.keys import PersonKeys, spellings
from causeway.salesforce.calls import MAX_QUERIES_PER_CALL, Lookup, Row
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.people.columns import Parents, account_fields, became_columns, person_fields, record_fields
from causeway.syncs.people.lookups import lookups

MOST_QUERIES = 2 * MAX_QUERIES_PER_CALL  # of one lookup, apart from those for the accounts of people
OWNER = ("OwnerId", "Owner.Name", "Owner.Email")
_ACCOUNT_OF = {"Contact": "AccountId", "Lead": "ConvertedAccountId"}
_COUNTED = (("Opportunity", "Opportunities"), ("Case", "Cases"))

type Criteria = dict[str, set[Any]]


@dataclass(frozen=True, slots=True)
class Plan:
    """For what the queries of one lookup are made; `counts`: open opportunities and cases are read, too."""

    targets: Sequence[Target]
    columns: Columns
    described: Described
    parents: Parents
    counts: bool = True


class Asked(NamedTuple):
    """The queries of one lookup: `through` are those for the accounts of people, empty where these are asked for afterwards."""

    first: list[Lookup]
    through: list[Lookup]


def queries(plan: Plan) -> Asked:
    """Return the queries of a lookup; raise InvalidRequest when it asks for too much."""
    people = list(_people(plan))
    found = [*people, *_accounts(plan), *_records(plan)]
    if len(found) > MOST_QUERIES:
        sobjects = ", ".join(sorted({lookup.sobject for lookup in found}))
        raise InvalidRequest(
            f"One lookup holds {MOST_QUERIES} queries, and this one needs {len(found)}: it asks for {sobjects}.",
            "Ask for records of other sObjects in a lookup of their own.",
        )
    through = list(_through_people(plan, people))
    return Asked(found, through if len(found) + len(through) <= MAX_QUERIES_PER_CALL else [])


def _people(plan: Plan) -> Iterator[Lookup]:
    lead, contact = plan.described("Lead"), plan.described("Contact")
    if lead is not None:
        became = became_columns(lead, person_columns(contact, plan)) if contact else ()
        yield from lookups("Lead", (*person_columns(lead, plan), *became), _criteria(lead, plan))
    if contact is not None:
        yield from lookups("Contact", person_columns(contact, plan), _criteria(contact, plan))


def person_columns(describe: SObjectDescribe, plan: Plan) -> tuple[str, ...]:
    """Return what to select of people of one sObject."""
    externals = {each.name for keys in _keys(plan) for each in keys.externals if each.sobject == describe.name}
    more = [*plan.columns.of(describe.name), *sorted(externals)]
    return person_fields(describe, more, sorted(plan.columns.account), plan.parents)


def survivors(plan: Plan, record_ids: Iterable[str]) -> list[Lookup]:
    """Return the queries of people into whom others were merged."""
    found: list[Lookup] = []
    for sobject, prefix in (("Lead", "00Q"), ("Contact", "003")):
        describe, ids = plan.described(sobject), {each for each in record_ids if each.startswith(prefix)}
        if describe is not None and ids:
            found += lookups(sobject, person_columns(describe, plan), {"Id": ids})
    return found


def _keys(plan: Plan) -> list[PersonKeys]:
    return [target.keys for target in plan.targets if target.keys is not None]


def _criteria(describe: SObjectDescribe, plan: Plan) -> Criteria:
    """Return by what people of one sObject are looked for; by nothing that the user cannot filter by."""
    keys = _keys(plan)
    criteria: Criteria = {}
    email = describe.field("Email")
    criteria["Email"] = {each.email for each in keys if each.email} if email and email.filterable else set()
    ids = ("lead_id", "linked_lead", "remembered_lead") if describe.name == "Lead" else _CONTACT_IDS
    criteria["Id"] = {found for each in keys for name in ids if (found := getattr(each, name))}
    for target in plan.targets:
        if target.keys and any(each.sobject == describe.name for each in target.keys.externals):
            for external in target.keys.externals:
                criteria.setdefault(external.name, set()).update(spellings(external.text))
    return {name: values for name, values in criteria.items() if values}


_CONTACT_IDS = ("contact_id", "linked_contact", "remembered_contact")


def _accounts(plan: Plan) -> Iterator[Lookup]:
    companies = {" ".join(target.item.company.split()) for target in plan.targets} - {""}
    names = {name for company in companies for name in spellings(company)}
    return _accounts_by(plan, _of_records("Account", plan) | ({"Name": names} if names else {}))


def accounts_of(plan: Plan, people: Iterable[Row], known: Container[str]) -> list[Lookup]:
    """Return the queries for the accounts of people, if they are asked for, without those that are known."""
    rows = list(people) if _wants_accounts(plan) else []
    ids = {str(row[name]) for row in rows for name in _ACCOUNT_OF.values() if row.get(name)}
    return list(_accounts_by(plan, {"Id": {each for each in ids if each not in known}}))


def _accounts_by(plan: Plan, criteria: Criteria) -> Iterator[Lookup]:
    account = plan.described("Account")
    if account is not None:
        for lookup in lookups("Account", _account_columns(account, plan), criteria):
            yield replace(lookup, open_children=_children(plan))


def _account_columns(account: SObjectDescribe, plan: Plan) -> tuple[str, ...]:
    return account_fields(account, [*plan.columns.of("Account"), *sorted(plan.columns.account)], plan.parents)


def _wants_accounts(plan: Plan) -> bool:
    """Return whether more is asked for of the accounts of people than their own rows say."""
    return bool(_children(plan) or plan.columns.wanted.get("Account"))


def _through_people(plan: Plan, people: Sequence[Lookup]) -> Iterator[Lookup]:
    account = plan.described("Account")
    if account is None or not _wants_accounts(plan):
        return
    for each in people:
        describe, reference = plan.described(each.sobject), _ACCOUNT_OF[each.sobject]
        if describe is not None and describe.field(reference):
            yield replace(
                each,
                sobject="Account",
                fields=_account_columns(account, plan),
                via=reference,
                via_sobject=each.sobject,
                open_children=_children(plan),
                first_page=True,
            )


def _children(plan: Plan) -> tuple[str, ...]:
    """Return what is counted of accounts, as far as the user sees it."""
    return tuple(name for sobject, name in _COUNTED if plan.counts and plan.described(sobject) is not None)


def _wanted(plan: Plan) -> Iterator[Wanted]:
    return (target.record for target in plan.targets if target.record is not None)


def _of_records(sobject: str, plan: Plan) -> Criteria:
    found: Criteria = {}
    for each in _wanted(plan):
        if each.sobject == sobject:
            found.setdefault(each.field.name if each.field else "Id", set()).update(each.values)
    return found


def _records(plan: Plan) -> Iterator[Lookup]:
    for sobject in sorted({each.sobject for each in _wanted(plan)} - {"Account", *PEOPLE}):
        describe = plan.described(sobject)
        if describe is not None:
            criteria = _of_records(sobject, plan)
            owner = OWNER if describe.relationship("Owner") else ()
            yield from lookups(
                sobject, record_fields(describe, [*owner, *plan.columns.of(sobject), *criteria]), criteria
            )
