"""What the org has and what the product sends: sObjects, fields, and the product's field lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causeway.api.bodies.shared import (
    Choice,
    FieldList,
    OrgField,
    Refresh,
    SObject,
    SObjectLine,
    SObjects,
    ValidationRule,
)
from causeway.api.bound_sessions import Within
from causeway.api.routing import Call, Route
from causeway.connections.access.roles import Role
from causeway.contract.names import SOURCE
from causeway.salesforce.describe import FieldDescribe, PicklistValue, SObjectDescribe
from causeway.salesforce.values.picklists import allowed_by_controller

if TYPE_CHECKING:
    from causeway.wiring.api import UseCases


def list_sobjects(call: Call, use: UseCases) -> SObjects:
    """List the sObjects that the connected user sees."""
    found = use.discovery.sobjects(call.tenant, fresh=call.query.refresh)
    return SObjects(sobjects=[SObjectLine.model_validate(line) for line in found])


def read_sobject(call: Call, use: UseCases) -> SObject:
    """Read an sObject: its fields, picklists and validation rules."""
    describe = use.discovery.described(call.tenant, call.path["name"], fresh=call.query.refresh)
    rules = use.discovery.validation_rules(call.tenant, describe.name, fresh=call.query.refresh)
    return SObject(
        name=describe.name,
        label=describe.label,
        createable=describe.createable,
        updateable=describe.updateable,
        custom=describe.custom,
        fields=[_field(describe, field) for field in describe.fields],
        validation_rules=None if rules is None else [ValidationRule.model_validate(rule) for rule in rules],
    )


def read_fields(call: Call, use: UseCases) -> FieldList:
    """Read the product's fields of a source: the registered ones, and those learned from messages."""
    return FieldList(fields=use.product_fields.get(call.tenant, call.path["source"]))


def register_fields(call: Call, use: UseCases) -> FieldList:
    """Register the product's fields of a source, for the mapping screen."""
    use.product_fields.register(call.tenant, call.path["source"], call.body.fields)
    return read_fields(call, use)


def _field(describe: SObjectDescribe, field: FieldDescribe) -> OrgField:
    controller = describe.field(field.controller_name) if field.controller_name else None
    return OrgField(
        name=field.name,
        label=field.label,
        type=field.type,
        length=field.length,
        required=field.required_at_create,
        createable=field.createable,
        updateable=field.updateable,
        custom=field.custom,
        unique=field.unique,
        external_id=field.external_id,
        controller=controller.name if controller else None,
        relationship=field.relationship_name or None,
        reference_to=list(field.reference_to),
        picklist=[_choice(field, value, controller) for value in field.picklist_values],
    )


def _choice(field: FieldDescribe, value: PicklistValue, controller: FieldDescribe | None) -> Choice:
    return Choice(
        value=value.value,
        label=value.label,
        active=value.active,
        default=value.default,
        valid_for=_valid_for(field, value, controller) if controller and value.valid_for else None,
    )


def _valid_for(field: FieldDescribe, value: PicklistValue, controller: FieldDescribe) -> list[str]:
    if controller.type == "boolean":
        return [
            str(each).lower() for each in (True, False) if allowed_by_controller(field, value.value, controller, each)
        ]
    names = [item.value for item in controller.picklist_values]
    return [name for name in names if allowed_by_controller(field, value.value, controller, name)]


_SOURCE = {"source": SOURCE}

ROUTES = (
    Route(
        "GET",
        "sobjects",
        list_sobjects,
        least=Role.VIEWER,
        within_source=Within.ANY,
        query=Refresh,
        answers=SObjects,
    ),
    Route(
        "GET",
        "sobjects/{name}",
        read_sobject,
        least=Role.VIEWER,
        within_source=Within.ANY,
        query=Refresh,
        answers=SObject,
        patterns={"name": r"[A-Za-z][A-Za-z0-9_]{0,79}"},
    ),
    Route(
        "GET",
        "sources/{source}/fields",
        read_fields,
        least=Role.VIEWER,
        within_source=Within.PATH,
        answers=FieldList,
        patterns=_SOURCE,
    ),
    Route(
        "PUT",
        "sources/{source}/fields",
        register_fields,
        least=Role.INTEGRATOR,
        within_source=Within.PATH,
        body=FieldList,
        answers=FieldList,
        patterns=_SOURCE,
    ),
)
