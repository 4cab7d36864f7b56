"""Turns person accounts on: their fields, record type and flags (Object Reference, Account)."""

from __future__ import annotations

from dataclasses import replace

from ...schema.sobjects import FieldType, RecordType, Schema, SObjectType
from ...standard.fields import READ_ONLY, checkbox, reference
from ..derived.person_accounts import CONTACT_FIELDS, NAME_FIELDS, RECORD_TYPE
from ..rules.ruled_records import RuledRecords
from ..saving.loading import load


def enable(store: RuledRecords) -> None:
    """Give Account its person fields and record type, Contact its flag, and let a Lead have no Company."""
    account, contact, lead = (_sobject(store.schema, name) for name in ("Account", "Contact", "Lead"))
    if account.field("IsPersonAccount"):
        return
    account.add(checkbox("IsPersonAccount", "Is Person Account", permissionable=False, **READ_ONLY))
    contact.add(checkbox("IsPersonAccount", "Is Person Account", permissionable=False, **READ_ONLY))
    account.add(reference("PersonContactId", "Contact ID", "Contact", permissionable=False, **READ_ONLY))
    account.add(
        reference("RecordTypeId", "Record Type ID", "RecordType", defaulted_on_create=True, permissionable=False)
    )
    for name in NAME_FIELDS:
        account.add(replace(_field(contact, name), nillable=True))
    for name in CONTACT_FIELDS:
        account.add(_person_field(_field(contact, name)))
    lead.add(replace(_field(lead, "Company"), nillable=True))
    row = {
        "Name": "Person Account",
        "DeveloperName": RECORD_TYPE,
        "SobjectType": "Account",
        "IsActive": True,
        "IsPersonType": True,
    }
    record_type_id = load(store, "RecordType", [row])[0]
    account.record_types.append(RecordType(RECORD_TYPE, "Person Account", record_type_id))
    store.forget_defaults()
    store.schema.touch(store.clock.now_ms())


def _sobject(schema: Schema, name: str) -> SObjectType:
    found = schema.sobject(name)
    if found is None:
        raise LookupError(f"the schema has no {name}")
    return found


def _field(sobject: SObjectType, name: str) -> FieldType:
    found = sobject.field(name)
    if found is None:
        raise LookupError(f"{sobject.name} has no {name}")
    return found


def _person_field(field: FieldType) -> FieldType:
    compound = f"Person{field.compound_field_name}" if field.compound_field_name else None
    return replace(field, name=f"Person{field.name}", compound_field_name=compound)
