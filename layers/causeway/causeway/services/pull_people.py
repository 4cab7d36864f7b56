"""Look up the people behind a page of pulled leads or contacts, in one call (product.md §6): by email, and accounts by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from causeway.domain.describe import SObjectDescribe
from causeway.domain.emails import normalized_email
from causeway.domain.mappings import PEOPLE, normalized_name
from causeway.domain.matching import PeopleRows, PersonKeys, match_contact, match_lead
from causeway.domain.org_calls import Lookup
from causeway.domain.people import account_fields, lookups, person_fields, rows_by_name
from causeway.domain.pull_plan import PersonView, person_view
from causeway.domain.pulls import Row

type Described = Callable[[str], SObjectDescribe | None]
type Read = Callable[[Sequence[Lookup]], list[list[Row]]]


def people_behind(sobject: str, rows: Sequence[Row], described: Described, read: Read) -> dict[str, PersonView]:
    """Return, by record Id, the lead and contact of each row's email with their account and owner; deleted rows are left out."""
    there = [row for row in rows if not row["IsDeleted"]]
    if sobject not in PEOPLE or not there:
        return {}
    asked = list(_lookups(there, described))
    people, named = PeopleRows(), dict[str, list[Row]]()
    people.add(sobject, there)
    for lookup, found in zip(asked, read(asked) if asked else (), strict=bool(asked)):
        if lookup.sobject in PEOPLE:
            people.add(lookup.sobject, found)
        else:
            named.update(rows_by_name(found))
    return {row["Id"]: _view(sobject, row, people, named) for row in there}


def _lookups(rows: Sequence[Row], described: Described) -> Iterator[Lookup]:
    emails = {email for row in rows if (email := normalized_email(row.get("Email")))}
    lead, contact = described("Lead"), described("Contact")
    if lead:
        yield from lookups("Lead", person_fields(lead, ()), {"Email": emails})
    if contact:
        yield from lookups("Contact", person_fields(contact, ()), {"Email": emails})
        if lead and lead.field("ConvertedContactId"):
            yield from lookups("Contact", person_fields(contact, ()), {"Email": emails}, via="ConvertedContactId")
    companies = {company for row in rows if (company := str(row.get("Company") or "").strip())}
    account = described("Account") if companies else None
    if account:
        yield from lookups("Account", account_fields(account), {"Name": companies})


def _view(sobject: str, row: Row, people: PeopleRows, named: dict[str, list[Row]]) -> PersonView:
    own = {"lead_id" if sobject == "Lead" else "contact_id": row["Id"]}
    keys = PersonKeys(email=normalized_email(row.get("Email")), **own)
    lead, contact = match_lead(keys, people, "newest"), match_contact(keys, people, "newest")
    accounts: Iterable[Row] = named.get(normalized_name(str(row.get("Company") or "")), ())
    return person_view(
        lead.record if lead.verdict in ("found", "converted") else None,
        contact.record if contact.verdict == "found" else None,
        accounts,
    )
