"""Person accounts: their contact cannot be written; its fields are the account's under other names. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from copy import replace
from typing import Any, NamedTuple

from causeway.contract.outcomes import Warning
from causeway.push.deciding.planning.merging import Plan
from causeway.salesforce.describe import SObjectDescribe


class PersonAccount(NamedTuple):
    """The account that a contact mirrors (Object Reference, Account: person account fields)."""

    account_id: str
    describe: SObjectDescribe

    def values(self, contact: Mapping[str, Any]) -> dict[str, Any]:
        """Return a contact's values under the account's names, without those that an account does not have."""
        found = ((self.name_of(name), value) for name, value in contact.items())
        return {name: value for name, value in found if name is not None}

    def name_of(self, contact_field: str) -> str | None:
        """Return the account's field for a contact's: `X__pc` for X__c, `PersonEmail` for Email, else the same name."""
        stem = contact_field.removesuffix("__c")
        names = (f"{stem}__pc",) if stem != contact_field else (f"Person{contact_field}", contact_field)
        for name in names:
            field = self.describe.field(name)
            if field is not None and field.updateable:
                return field.name
        return None

    def writable(self, plan: Plan) -> Plan:
        """Return the plan without the values for which the account has no field; each gets a warning."""
        lost = [name for name in plan.values if self.name_of(name) is None]
        if not lost:
            return plan
        values = {name: value for name, value in plan.values.items() if name not in lost}
        return replace(plan, values=values, warnings=(*plan.warnings, *(_not_writable(name) for name in lost)))


def _not_writable(name: str) -> Warning:
    detail = f"The contact mirrors a person account, which has no field for {name} that can be changed."
    return Warning(name, "not_writable_at_update", detail)
