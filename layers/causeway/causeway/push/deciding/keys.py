"""By what the records of a change are found: a person's Ids, e-mail and external IDs, and values as queries compare them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import replace
from typing import Any, NamedTuple
from unicodedata import normalize

from causeway.push.tasks import External
from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.soql import Bare
from causeway.salesforce.values.coercion import NUMBER_TYPES
from causeway.salesforce.values.numbers import exact_number
from causeway.salesforce.values.texts import composed

MOMENTS = frozenset({"date", "datetime", "time"})


class PersonKeys(NamedTuple):
    """
    What a change and Causeway's memory say about who it is: valid 18-character Ids, and a normalized email.

    `remembered_…` are the records known under the email though they do not hold it. `externals` are the external IDs that the
    change gives: a record that holds another value of one is another person, and so are `others`, which are known to be.
    """

    lead_id: str | None = None
    contact_id: str | None = None
    linked_lead: str | None = None
    linked_contact: str | None = None
    email: str | None = None
    remembered_lead: str | None = None
    remembered_contact: str | None = None
    externals: tuple[External, ...] = ()
    others: frozenset[str] = frozenset()

    @property
    def has_ids(self) -> bool:
        """Return whether anything leads to one record: a given Id, a link or an external ID."""
        return bool(self.lead_id or self.contact_id or self.linked_lead or self.linked_contact or self.externals)

    def of_address(self) -> PersonKeys:
        """Return what is known of the person but for links and Ids: the same, where nothing else is known."""
        if not (self.has_ids or self.remembered_lead or self.remembered_contact):
            return self
        return PersonKeys(email=self.email, externals=self.externals, others=self.others)

    def following(self, links: Mapping[str, str], remembered: Mapping[str, str]) -> PersonKeys:
        """Add what else is known of the key and of the address, by sObject; what was known before takes precedence."""
        return replace(
            self,
            linked_lead=self.linked_lead or links.get("Lead"),
            linked_contact=self.linked_contact or links.get("Contact"),
            remembered_lead=self.remembered_lead or remembered.get("Lead"),
            remembered_contact=self.remembered_contact or remembered.get("Contact"),
        )


def are_other_people(these: Iterable[External], those: Iterable[External]) -> bool:
    """Return whether two changes give different values of one external ID; one that its field cannot hold equals no other."""
    given, known = _by_field(these), _by_field(those)
    return any(not (given[place] & known[place]) - {None} for place in given.keys() & known.keys())


def _by_field(externals: Iterable[External]) -> dict[tuple[str, str], set[Any]]:
    found: dict[tuple[str, str], set[Any]] = {}
    for each in externals:
        found.setdefault((each.sobject, each.name), set()).add(each.compared)
    return found


def compared(field: FieldDescribe, text: str) -> Any:
    """Return the form in which equal values are equal: composed, in one case unless case counts in the field, numbers by value."""
    value = comparable(field, text)
    if not isinstance(value, str) or isinstance(value, Bare):
        return value
    text = composed(value).strip()
    return text if field.case_sensitive else text.lower()


def spellings(value: Any) -> set[Any]:
    """Return a value as queries ask for it: a text in its composed and its decomposed form, because Salesforce keeps either."""
    if not isinstance(value, str) or isinstance(value, Bare) or value.isascii():
        return {value}
    return {value, composed(value), normalize("NFD", value)}


def comparable(field: FieldDescribe, text: str) -> Any:
    """Return a match field's value as queries compare it: a number, true or false, a bare date, else the text."""
    if field.type in NUMBER_TYPES:
        number = exact_number(text)
        return text if number is None else int(number) if number == number.to_integral_value() else float(number)
    if field.type == "boolean":
        return text == "true"
    return Bare(text) if field.type in MOMENTS else text
