"""What the description of an ingest job may say: its sObject, its operation, the field that an upsert goes by."""

from __future__ import annotations

from ..rest.ports import DataOrg
from ..schema.sobjects import SObjectType
from ..wire.call import Call
from ..wire.messages import OrgError
from . import facts
from .csv_files import invalid_job
from .row_saver import OPERATIONS


def sobject_named(call: Call[DataOrg], name: str) -> SObjectType:
    """Return the sObject that a job names, as its user sees it."""
    sobject = call.org.store.view(call.session).schema.sobject(name)
    if sobject is None:
        raise invalid_job(f"Unable to find object: {name}")
    return sobject


def ingest_operation(call: Call[DataOrg], operation: str) -> str:
    """Return the operation of an ingest job, if its user may do it."""
    if operation not in OPERATIONS:
        raise invalid_job(f"operation is one of {', '.join(OPERATIONS)}")
    if operation == "hardDelete" and not call.org.store.rights(call.session).has("HardDelete"):
        raise OrgError(*facts.BULK_NO_HARD_DELETE)
    return operation


def external_id_field(sobject: SObjectType, operation: str, name: object) -> str | None:
    """Return the field an upsert finds records by: an external ID field or Id."""
    if operation != "upsert":
        return None
    field = sobject.field(str(name)) if name else None
    if not name:
        raise invalid_job(f"External ID was blank for {sobject.name}. An External ID must be specified for upsert.")
    if field is None or not (field.external_id or field.type == "id"):
        known = "does not match an External ID, Salesforce Id, or indexed field"
        raise invalid_job(f"Field name provided, {name} {known} for {sobject.name}")
    return field.name
