"""Person accounts: an Account that is a person, and the Contact that mirrors it (Object Reference, Account: person account fields)."""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.row import Row
from ...wire.caller import Caller
from ..rules import facts
from ..rules.ruled_records import RuledRecords
from ..rules.save_results import RecordError, Save
from .derived_values import derive
from .row_versions import changed_row, new_row

NAME_FIELDS = ("LastName", "FirstName", "Salutation")
SHARED_FIELDS = ("Phone", "Fax", "OwnerId", "Description")
RECORD_TYPE = "PersonAccount"
_OWN_NAMES = (
    "Email Title Department MobilePhone HomePhone OtherPhone AssistantName AssistantPhone Birthdate LeadSource "
)
_ADDRESS_PARTS = "Street City State PostalCode Country Latitude Longitude GeocodeAccuracy Address"
CONTACT_FIELDS = (
    *_OWN_NAMES.split(),
    *("HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall", "EmailBouncedReason", "EmailBouncedDate"),
    *(f"{prefix}{part}" for prefix in ("Mailing", "Other") for part in _ADDRESS_PARTS.split()),
)
"""Contact's fields that a person account shows with the prefix Person."""


def bad_fields(save: Save) -> Iterator[RecordError]:
    """Refuse person fields on a business account, Name on a person, and direct writes to the contact of a person account."""
    if save.sobject.name == "Contact" and save.before is not None and save.before.get("IsPersonAccount"):
        yield RecordError(*facts.PERSON_CONTACT_WRITE)
    if save.sobject.name != "Account" or save.sobject.field("IsPersonAccount") is None:
        return
    person_fields = {*NAME_FIELDS, *(f"Person{name}" for name in CONTACT_FIELDS)}
    wrong = {"Name"} if save.row.get("IsPersonAccount") else person_fields
    named = [name for name, value in save.changes.items() if name in wrong and value is not None]
    if named:
        message = facts.WRONG_ACCOUNT_FIELDS.format(names=", ".join(named))
        yield RecordError("INVALID_FIELD_FOR_INSERT_UPDATE", message, named)


def mirror(store: RuledRecords, caller: Caller | None, account: Row) -> None:
    """Write the contact of a person account, and link the two."""
    contact_type, account_type = store.table("Contact").sobject, store.table("Account").sobject
    values = {name: account.get(name) for name in (*NAME_FIELDS, *SHARED_FIELDS)}
    values |= {name: account.get(f"Person{name}") for name in CONTACT_FIELDS}
    values |= {"AccountId": account["Id"], "IsPersonAccount": True}
    before = store.raw(account["PersonContactId"]) if account.get("PersonContactId") else None
    row = changed_row(store, caller, before, values) if before else new_row(store, caller, contact_type, values)
    derive(store, contact_type, row, before)
    store.write(contact_type, row, row["Id"], "updated" if before else "created", values)
    person_type = next(each for each in account_type.record_types if each.developer_name == RECORD_TYPE)
    tied = account | {"PersonContactId": row["Id"], "RecordTypeId": person_type.record_type_id}
    store.write(account_type, tied, account["Id"])
