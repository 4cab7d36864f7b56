"""Look up the people of pulled leads or contacts, in one call a page (docs/messages.md): by email, and accounts by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from causeway.pull.jobs import Row
from causeway.pull.planning.person_view import PersonView, person_view
from causeway.push.deciding.keys import PersonKeys
from causeway.push.deciding.matching.people import match_contact, match_lead
from causeway.push.deciding.reading.people_rows import PeopleRows
from causeway.salesforce.calls import Lookup
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.values.emails import normalized_email
from causeway.syncs.mapping.rows import PEOPLE, normalized_name
from causeway.syncs.people.columns import Parents, account_fields, became_columns, person_fields
from causeway.syncs.people.lookups import lookups
from causeway.syncs.people.person_data import rows_by_name

type Read = Callable[[Sequence[Lookup]], list[list[Row]]]


class Describes(Protocol):
    """The describes of people and accounts, None for what the user cannot see; `known`: those described so far."""

    @property
    def known(self) -> Parents: ...

    def of(self, sobject: str) -> SObjectDescribe | None: ...


def people_of_rows(sobject: str, rows: Sequence[Row], describes: Describes, read: Read) -> dict[str, PersonView]:
    """Return, by record Id, the lead and contact of each row's email with their account and owner; deleted rows are left out."""
    there = [row for row in rows if not row.get("IsDeleted")]
    if sobject not in PEOPLE or not there:
        return {}
    asked = list(_lookups(there, describes))
    people, named = PeopleRows(), dict[str, list[Row]]()
    people.add(sobject, there)
    for lookup, found in zip(asked, read(asked) if asked else (), strict=bool(asked)):
        if lookup.sobject in PEOPLE:
            people.add(lookup.sobject, found)
        else:
            named.update(rows_by_name(found))
    return {row["Id"]: _view(sobject, row, people, named) for row in there}


def _lookups(rows: Sequence[Row], describes: Describes) -> Iterator[Lookup]:
    companies = {company for row in rows if (company := str(row.get("Company") or "").strip())}
    account = describes.of("Account") if companies else None
    yield from _people_lookups({email for row in rows if (email := normalized_email(row.get("Email")))}, describes)
    if account:
        yield from lookups("Account", account_fields(account, parents=describes.known), {"Name": companies})


def _people_lookups(emails: set[str], describes: Describes) -> Iterator[Lookup]:
    """Yield the look-ups by address, of people whose address the user can see and filter by."""
    lead, contact = describes.of("Lead"), describes.of("Contact")
    lead_emails, contact_emails = (emails if _has_address(describe) else () for describe in (lead, contact))
    fields = person_fields(contact, (), parents=describes.known) if contact else ()
    if lead:
        own = person_fields(lead, (), parents=describes.known)
        yield from lookups("Lead", (*own, *became_columns(lead, fields)), {"Email": lead_emails})
    if contact:
        yield from lookups("Contact", fields, {"Email": contact_emails})


def _has_address(describe: SObjectDescribe | None) -> bool:
    email = describe.field("Email") if describe else None
    return email is not None and email.filterable


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
