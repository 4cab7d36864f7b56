"""By what the records of a change are found: a person's Ids, e-mail and external ID, and values as queries compare them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.soql import Bare
from causeway.salesforce.values.coercion import NUMBER_TYPES
from causeway.salesforce.values.numbers import exact_number

MOMENTS = frozenset({"date", "datetime", "time"})


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
        """Add what else is known of the key and of the address, by sObject; what was known before takes precedence."""
        return replace(
            self,
            linked_lead=self.linked_lead or links.get("Lead"),
            linked_contact=self.linked_contact or links.get("Contact"),
            remembered_lead=self.remembered_lead or remembered.get("Lead"),
            remembered_contact=self.remembered_contact or remembered.get("Contact"),
        )


def external_key(sobject: str, field: FieldDescribe, text: str) -> tuple[str, str, Any]:
    """Return the key of a record with an external ID: texts in one case, numbers by value."""
    value = comparable(field, text)
    return sobject, field.name, value.casefold() if isinstance(value, str) else value


def comparable(field: FieldDescribe, text: str) -> Any:
    """Return a match field's value as queries compare it: a number, true or false, a bare date, else the text."""
    if field.type in NUMBER_TYPES:
        number = exact_number(text)
        return text if number is None else int(number) if number == number.to_integral_value() else float(number)
    if field.type == "boolean":
        return text == "true"
    return Bare(text) if field.type in MOMENTS else text
