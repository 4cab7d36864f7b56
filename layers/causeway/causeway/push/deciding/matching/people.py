"""Find the Lead and the Contact that a change is about, among rows already read: by Id, link, then email. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from causeway.contract.outcomes import Candidate, Warning
from causeway.salesforce.calls import Row
from causeway.salesforce.comparison import same_value
from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.emails import normalized_email
from causeway.salesforce.ids import KEY_PREFIXES
from causeway.salesforce.soql import Bare
from causeway.salesforce.texts import text_of
from causeway.salesforce.values import NUMBER_TYPES, exact_number

MAX_CANDIDATES = 10
MAX_PER_EMAIL = 50  # an address on more records than this is a shared mailbox, not a person
MAX_MERGE_HOPS = 5
_MOMENTS = frozenset({"date", "datetime", "time"})

Several = Literal["newest", "oldest", "reject"]
Verdict = Literal["found", "none", "converted", "deleted", "shared_email", "several_matches"]


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """
    What a change and Causeway's memory say about who it is: valid 18-character Ids, and a normalized email.

    `remembered_…` are the records known under the email though they do not hold it. `external` is the `external_key` of a
    sync that has one.
    """

    lead_id: str | None = None
    contact_id: str | None = None
    linked_lead: str | None = None
    linked_contact: str | None = None
    email: str | None = None
    remembered_lead: str | None = None
    remembered_contact: str | None = None
    external: tuple[str, str, Any] | None = None

    def following(self, links: Mapping[str, str], remembered: Mapping[str, str]) -> PersonKeys:
        """Return the same with what else is known of the key, and of the address, by sObject; memory goes first."""
        return replace(
            self,
            linked_lead=self.linked_lead or links.get("Lead"),
            linked_contact=self.linked_contact or links.get("Contact"),
            remembered_lead=self.remembered_lead or remembered.get("Lead"),
            remembered_contact=self.remembered_contact or remembered.get("Contact"),
        )


@dataclass(frozen=True, slots=True)
class Match:
    """
    The record that a change is for, or why there is none.

    `converted`: only leads that were converted match; `became` is the contact they became. `deleted`: the record was
    deleted without survivor.
    """

    verdict: Verdict
    record: Row | None = None
    candidates: tuple[Candidate, ...] = ()
    warnings: tuple[Warning, ...] = ()
    became: str | None = None


@dataclass(slots=True)
class PeopleRows:
    """The Lead and Contact rows of one read, by Id and by normalized email (deleted rows included)."""

    by_id: dict[str, Row] = field(default_factory=dict)
    leads_by_email: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    contacts_by_email: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    by_external: dict[tuple[str, str, Any], Row] = field(default_factory=dict)

    def add(self, sobject: str, rows: Iterable[Row]) -> None:
        """Take in rows of one sObject; one that is known already is kept once."""
        by_email = self.leads_by_email if sobject == "Lead" else self.contacts_by_email
        for row in rows:
            if row["Id"] in self.by_id:
                continue
            self.by_id[row["Id"]] = row
            email = row.get("Email")
            if email:
                by_email[normalized_email(email) or str(email).strip().lower()].append(row)

    def index(self, sobject: str, planned: FieldDescribe) -> None:
        """Make the rows of one sObject findable by an external ID."""
        for row in self.by_id.values():
            value = text_of(row.get(planned.name))
            if value and not row.get("IsDeleted") and row["Id"].startswith(KEY_PREFIXES[sobject]):
                self.by_external[external_key(sobject, planned, value)] = row

    def of_external(self, sobject: str, keys: PersonKeys) -> Row | None:
        """Return the row of one sObject that holds the external ID."""
        return self.by_external.get(keys.external) if keys.external and keys.external[0] == sobject else None

    def survivor(self, record_id: str | None) -> Row | None:
        """Return the row of an Id, followed through merges; a row that is deleted without survivor comes back as it is."""
        row = self.by_id.get(record_id or "")
        for _ in range(MAX_MERGE_HOPS):
            if row is None or not row.get("IsDeleted") or not row.get("MasterRecordId"):
                return row
            row = self.by_id.get(row["MasterRecordId"])
        return row

    def unread(self) -> set[str]:
        """Return the Ids of survivors and of contacts that leads became which were not read yet."""
        desired = set()
        for row in self.by_id.values():
            for name in ("MasterRecordId", "ConvertedContactId"):
                if row.get(name) and (name != "MasterRecordId" or row.get("IsDeleted")):
                    desired.add(str(row[name]))
        return desired - self.by_id.keys()


def match_lead(keys: PersonKeys, rows: PeopleRows, several: Several, *, past_deleted: bool = False) -> Match:
    """
    Return the lead of a change: the given Id, the link, the external ID, the email among open leads, then what is remembered of the email.

    A deleted record that was meant ends the search, unless it goes `past_deleted` ones.
    """
    warnings: list[Warning] = []
    for record_id, how in ((keys.lead_id, "salesforce_lead_id"), (keys.linked_lead, "link")):
        row = rows.survivor(record_id)
        if past_deleted and (row or {}).get("IsDeleted"):
            continue
        if row is not None:
            return _lead_by_id(row, how, warnings)
        if record_id and how == "link" and not past_deleted:
            return Match("deleted", warnings=tuple(warnings))
        if record_id and how != "link":
            warnings.append(_unknown_id("salesforce_lead_id", record_id))
    external = rows.of_external("Lead", keys)
    if external is not None:
        return _lead_by_id(external, "external_id", warnings)
    found = _live(rows, rows.leads_by_email.get(keys.email or "", ()))
    open_leads = [row for row in found if not row.get("IsConverted")]
    if not open_leads and found:
        newest = max(found, key=_age)
        candidates = _candidates([(row, "email") for row in found], newest)
        return Match("converted", newest, candidates, tuple(warnings), newest.get("ConvertedContactId"))
    remembered = rows.survivor(keys.remembered_lead)
    if not found and remembered is not None and not remembered.get("IsDeleted"):
        return _lead_by_id(remembered, "link", warnings)
    return _chosen([(row, "email") for row in open_leads], several, warnings)


def _lead_by_id(row: Row, how: str, warnings: list[Warning]) -> Match:
    if row.get("IsDeleted"):
        return Match("deleted", row, warnings=tuple(warnings))
    candidates = (Candidate(row["Id"], how, True),)
    if row.get("IsConverted"):
        return Match("converted", row, candidates, tuple(warnings), row.get("ConvertedContactId"))
    return Match("found", row, candidates, tuple(warnings))


def match_contact(keys: PersonKeys, rows: PeopleRows, several: Several, *, past_deleted: bool = False) -> Match:
    """
    Return the contact of a change: the given Id, what the given lead became, the link, what the linked lead became, the
    external ID, the email among contacts, what leads of that email became, and last what is remembered of the email.

    A deleted record that was meant ends the search, unless it goes `past_deleted` ones.
    """
    warnings: list[Warning] = []
    for row, how, deleted in _contacts_by_id(keys, rows, warnings):
        if row is not None and not row.get("IsDeleted"):
            return Match("found", row, (Candidate(row["Id"], how, True),), tuple(warnings))
        if deleted and not past_deleted:
            return Match("deleted", row, warnings=tuple(warnings))
    found = [(row, "email") for row in _live(rows, rows.contacts_by_email.get(keys.email or "", ()))]
    if not found:
        leads = _live(rows, rows.leads_by_email.get(keys.email or "", ()))
        became = (rows.survivor(lead.get("ConvertedContactId")) for lead in leads if lead.get("IsConverted"))
        found = [(row, "converted_lead") for row in _once(row for row in became if row and not row.get("IsDeleted"))]
    if not found:
        remembered = (rows.survivor(keys.remembered_contact), _contact_of_lead(rows, keys.remembered_lead))
        found = [(row, "link") for row in remembered if row and not row.get("IsDeleted")][:1]
    return _chosen(found, several, warnings)


def _contacts_by_id(
    keys: PersonKeys, rows: PeopleRows, warnings: list[Warning]
) -> Iterator[tuple[Row | None, str, bool]]:
    """Yield what each known Id leads to, how, and whether a record that is gone ends the search."""
    given = rows.survivor(keys.contact_id)
    if keys.contact_id and given is None:
        warnings.append(_unknown_id("salesforce_contact_id", keys.contact_id))
    yield given, "salesforce_contact_id", given is not None
    became = _contact_of_lead(rows, keys.lead_id)
    yield became, "converted_lead", became is not None
    yield rows.survivor(keys.linked_contact), "link", keys.linked_contact is not None
    became = _contact_of_lead(rows, keys.linked_lead)
    yield became, "converted_lead", became is not None
    yield rows.of_external("Contact", keys), "external_id", False


def _contact_of_lead(rows: PeopleRows, lead_id: str | None) -> Row | None:
    """Return the contact that a lead became; when a contact is deleted, Salesforce empties the reference to it."""
    lead = rows.survivor(lead_id)
    if lead is None or not lead.get("IsConverted"):
        return None
    is_gone = lead.get("ConvertedContactId", "not readable") is None
    return {"IsDeleted": True} if is_gone else rows.survivor(lead.get("ConvertedContactId"))


def _unknown_id(name: str, record_id: str) -> Warning:
    return Warning(name, "id_not_found", f"The org has no record {record_id}, or the connected user may not see it.")


def _live(rows: PeopleRows, found: Iterable[Row]) -> list[Row]:
    """Return the rows that exist, merged ones as their survivors, each once."""
    followed = (rows.survivor(row["Id"]) for row in found)
    return list(_once(row for row in followed if row is not None and not row.get("IsDeleted")))


def _once(found: Iterable[Row]) -> Iterator[Row]:
    return iter({row["Id"]: row for row in found}.values())


def _age(row: Row) -> tuple[str, str]:
    return (str(row.get("CreatedDate") or ""), str(row["Id"]))


def _chosen(found: list[tuple[Row, str]], several: Several, warnings: list[Warning]) -> Match:
    if not found:
        return Match("none", warnings=tuple(warnings))
    if len(found) > MAX_PER_EMAIL:
        return Match("shared_email", candidates=_candidates(found, None), warnings=tuple(warnings))
    if len(found) > 1 and several == "reject":
        return Match("several_matches", candidates=_candidates(found, None), warnings=tuple(warnings))
    pick = min if several == "oldest" else max
    chosen, _ = pick(found, key=lambda item: _age(item[0]))
    return Match("found", chosen, _candidates(found, chosen), tuple(warnings))


def _candidates(found: list[tuple[Row, str]], chosen: Row | None) -> tuple[Candidate, ...]:
    """Return at most ten candidates, the chosen one first, then the newest."""
    newest_first = sorted(found, key=lambda item: _age(item[0]), reverse=True)
    told = [Candidate(row["Id"], how, row is chosen) for row, how in newest_first]
    return tuple(sorted(told, key=lambda candidate: not candidate.chosen)[:MAX_CANDIDATES])


def external_key(sobject: str, field: FieldDescribe, text: str) -> tuple[str, str, Any]:
    """Return under what a record is known by an external ID: texts in one case, numbers by value."""
    value = comparable(field, text)
    return sobject, field.name, value.casefold() if isinstance(value, str) else value


def comparable(field: FieldDescribe, text: str) -> Any:
    """Return a match field's value as queries compare it: a number, true or false, a bare date, else the text."""
    if field.type in NUMBER_TYPES:
        number = exact_number(text)
        return text if number is None else int(number) if number == number.to_integral_value() else float(number)
    if field.type == "boolean":
        return text == "true"
    return Bare(text) if field.type in _MOMENTS else text


def holds(row: Row, field: FieldDescribe, text: str) -> bool:
    """Return whether a row's match field holds a value; texts in any case, as Salesforce compares them."""
    if field.type in NUMBER_TYPES or field.type in _MOMENTS or field.type == "boolean":
        return same_value(field, row.get(field.name), comparable(field, text))
    return str(row.get(field.name) or "").casefold() == text.casefold()


def match_values(found: list[Row], several: Several, how: str) -> Match:
    """Return the record of another sObject among live rows whose match fields hold the change's values."""
    live = [(row, how) for row in found if not row.get("IsDeleted")]
    return _chosen(live, several, [])


def match_id(row: Row | None, linked: bool, how: str) -> Match | None:
    """Return the record of another sObject that a link leads to; None when there is no link to follow."""
    if not linked:
        return None
    if row is None or row.get("IsDeleted"):
        return Match("deleted", row)
    return Match("found", row, (Candidate(row["Id"], how, True),))
