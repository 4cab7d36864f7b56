"""Person accounts: the contact of one can not be written; its fields are the account's under other names. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from causeway.domain.describe import SObjectDescribe


@dataclass(frozen=True, slots=True)
class PersonAccount:
    """The account that a contact mirrors (Object Reference, Account: person account fields)."""

    account_id: str
    describe: SObjectDescribe

    def values(self, contact: Mapping[str, Any]) -> dict[str, Any]:
        """Return a contact's values under the account's names; those that an account does not have are left out."""
        found = ((self.name_of(name), value) for name, value in contact.items())
        return {name: value for name, value in found if name is not None}

    def name_of(self, contact_field: str) -> str | None:
        """Return the account's field for a contact's: `PersonEmail` for Email, `X__pc` for X__c, else the same name."""
        custom = contact_field.removesuffix("__c") + "__pc" if contact_field.endswith("__c") else ""
        for name in (f"Person{contact_field}", custom, contact_field):
            target = self.describe.field(name) if name else None
            if target is not None and target.updateable:
                return target.name
        return None
