"""Find the Lead and the Contact that a change is about, among rows already read: by Id, link, external ID, then email. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from copy import replace
from typing import NamedTuple

from causeway.contract.outcomes import Candidate, Warning
from causeway.push.deciding.keys import PersonKeys
from causeway.push.deciding.matching.match import Match, Several, age, candidates_of, chosen_match
from causeway.push.deciding.reading.people_rows import PeopleRows
from causeway.salesforce.calls import Row


class PersonMatch(NamedTuple):
    """One person's match as a lead and as a contact."""

    lead: Match
    contact: Match

    def of(self, sobject: str) -> Match:
        """Return the match as this sObject of people."""
        return self.lead if sobject == "Lead" else self.contact

    def other_than(self, sobject: str) -> Match:
        """Return the match as the other sObject of people."""
        return self.contact if sobject == "Lead" else self.lead


class PersonMatches:
    """The matches of people among the rows of one read; each is found once."""

    def __init__(self, rows: PeopleRows) -> None:
        self._rows = rows
        self._known: dict[tuple[PersonKeys, Several], PersonMatch] = {}

    def of(self, keys: PersonKeys, several: Several) -> PersonMatch:
        """Return a person's lead and contact."""
        found = self._known.get((keys, several))
        if found is None:
            lead, contact = match_lead(keys, self._rows, several), match_contact(keys, self._rows, several)
            found = self._known[keys, several] = PersonMatch(lead, contact)
        return found

    def past_deleted(self, sobject: str, keys: PersonKeys, several: Several) -> Match:
        """Return the match as one sObject, where deleted records do not end the search."""
        match = match_lead if sobject == "Lead" else match_contact
        return match(keys, self._rows, several, past_deleted=True)


def match_lead(keys: PersonKeys, rows: PeopleRows, several: Several, *, past_deleted: bool = False) -> Match:
    """
    Return the lead of a change: the given Id, the link, the external ID, the email among open leads, then what is remembered of the email.

    A deleted record that was meant ends the search, unless it goes `past_deleted` ones.
    """
    match = (
        (_lead_of_ids(keys, rows, past_deleted=past_deleted) if keys.has_ids else None)
        or _lead_of_external_id(keys, rows)
        or _lead_of_email(keys, rows, several)
    )
    return _with_warnings(match, _unknown_id("salesforce_lead_id", keys.lead_id, rows))


def _with_warnings(match: Match, warnings: tuple[Warning, ...]) -> Match:
    return replace(match, warnings=warnings) if warnings else match


def _lead_of_ids(keys: PersonKeys, rows: PeopleRows, *, past_deleted: bool) -> Match | None:
    """Return the lead of the given Id, else of the link; a link to a lead that is gone counts as deleted."""
    for record_id, how in ((keys.lead_id, "salesforce_lead_id"), (keys.linked_lead, "link")):
        row = rows.survivor(record_id)
        if past_deleted and (row or {}).get("IsDeleted"):
            continue
        if row is not None:
            return _lead(row, how)
        if record_id and how == "link" and not past_deleted:
            return Match("deleted")
    return None


def _lead_of_external_id(keys: PersonKeys, rows: PeopleRows) -> Match | None:
    row = rows.of_external("Lead", keys)
    return _lead(row, "external_id") if row is not None else None


def _lead_of_email(keys: PersonKeys, rows: PeopleRows, several: Several) -> Match:
    """Return the open lead of the email; without any lead of the email, the one remembered of it."""
    found = rows.of_email("Lead", keys)
    open_leads = [row for row in found if not row.get("IsConverted")]
    if found and not open_leads:
        newest = max(found, key=age)
        candidates = candidates_of([(row, "email") for row in found], newest)
        return Match("converted", newest, candidates, became=newest.get("ConvertedContactId"))
    remembered = rows.remembered(keys.remembered_lead, keys)
    if not found and remembered is not None:
        return _lead(remembered, "link")
    return chosen_match([(row, "email") for row in open_leads], several)


def _lead(row: Row, how: str) -> Match:
    if row.get("IsDeleted"):
        return Match("deleted", row)
    candidates = (Candidate(row["Id"], how, True),)
    if row.get("IsConverted"):
        return Match("converted", row, candidates, became=row.get("ConvertedContactId"))
    return Match("found", row, candidates)


def match_contact(keys: PersonKeys, rows: PeopleRows, several: Several, *, past_deleted: bool = False) -> Match:
    """
    Return the contact of a change: the given Id, what the given lead became, the link, what the linked lead became, the
    external ID, what the lead of that external ID became, the email among contacts, what leads of that email became, and last
    what is remembered of the email. A record that holds another external ID is another person's, whatever its address.

    A deleted record that was meant ends the search, unless it goes `past_deleted` ones.
    """
    match = _contact_of_ids(keys, rows, past_deleted=past_deleted) or _contact_of_email(keys, rows, several)
    return _with_warnings(match, _unknown_id("salesforce_contact_id", keys.contact_id, rows))


def _contact_of_ids(keys: PersonKeys, rows: PeopleRows, *, past_deleted: bool) -> Match | None:
    for row, how, ends_when_gone in _contacts_by_id(keys, rows) if keys.has_ids else ():
        if row is not None and not row.get("IsDeleted"):
            return Match("found", row, (Candidate(row["Id"], how, True),))
        if ends_when_gone and not past_deleted:
            return Match("deleted", row)
    return None


def _contacts_by_id(keys: PersonKeys, rows: PeopleRows) -> Iterator[tuple[Row | None, str, bool]]:
    """Yield what each known Id leads to, how, and whether a record that is gone ends the search."""
    given = rows.survivor(keys.contact_id)
    yield given, "salesforce_contact_id", given is not None
    became = _contact_of_lead(rows, keys.lead_id)
    yield became, "converted_lead", became is not None
    yield rows.survivor(keys.linked_contact), "link", keys.linked_contact is not None
    became = _contact_of_lead(rows, keys.linked_lead)
    yield became, "converted_lead", became is not None
    yield rows.of_external("Contact", keys), "external_id", False
    lead = rows.of_external("Lead", keys)
    yield _contact_of_lead(rows, lead["Id"] if lead else None), "converted_lead", False


def _contact_of_email(keys: PersonKeys, rows: PeopleRows, several: Several) -> Match:
    found = [(row, "email") for row in rows.of_email("Contact", keys)]
    found = found or [(row, "converted_lead") for row in _contacts_of_converted(keys, rows)]
    if not found:
        found = [(row, "link") for row in _remembered_contacts(keys, rows)][:1]
    return chosen_match(found, several)


def _contacts_of_converted(keys: PersonKeys, rows: PeopleRows) -> list[Row]:
    """Return the contacts that leads of the email became, each once."""
    leads = (lead for lead in rows.of_email("Lead", keys) if lead.get("IsConverted"))
    became = (rows.remembered(lead.get("ConvertedContactId"), keys) for lead in leads)
    return list({row["Id"]: row for row in became if row}.values())


def _remembered_contacts(keys: PersonKeys, rows: PeopleRows) -> Iterator[Row]:
    """Yield the contact that is remembered of the address, and the one that a remembered lead became."""
    contact = rows.remembered(keys.remembered_contact, keys)
    lead = rows.remembered(keys.remembered_lead, keys)
    became = rows.remembered(lead.get("ConvertedContactId"), keys) if lead and lead.get("IsConverted") else None
    yield from (row for row in (contact, became) if row is not None)


def _contact_of_lead(rows: PeopleRows, lead_id: str | None) -> Row | None:
    """Return the contact that a lead became; when a contact is deleted, Salesforce empties the reference to it."""
    lead = rows.survivor(lead_id)
    if lead is None or not lead.get("IsConverted"):
        return None
    is_gone = lead.get("ConvertedContactId", "not readable") is None
    return {"IsDeleted": True} if is_gone else rows.survivor(lead.get("ConvertedContactId"))


def _unknown_id(name: str, record_id: str | None, rows: PeopleRows) -> tuple[Warning, ...]:
    """Return a warning when the given Id leads to no row."""
    if not record_id or rows.survivor(record_id) is not None:
        return ()
    detail = f"The org has no record {record_id}, or the connected user may not see it."
    return (Warning(name, "id_not_found", detail),)
