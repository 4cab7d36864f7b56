"""What queries of the Tooling API read: validation rules, and the setup of event relays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ... import soql
from ...schema.ids import to18
from ...schema.row import Row
from ...schema.sobjects import Schema, SObjectType
from ...standard.fields import checkbox, record_id, reference, system_fields, text
from ...wire.call import Call
from ...wire.messages import OrgError, Response
from ..facts import NO_TOOLING_ACCESS
from ..query.ports import QueryOrg
from ..query.queries import query_setting
from .kinds import KINDS, KINDS_OF_RELAYS, has_relays

PAGE_SIZE = 2_000
KEY_PREFIX = "03d"


def tooling_schema(*, has_relays: bool) -> Schema:
    """Return ValidationRule with its EntityDefinition, and what event relays are made of where the edition has them."""
    entity = [text("Id", "ID", 255), text("QualifiedApiName", "Qualified API Name", 255), text("Label", "Label", 255)]
    rule = [
        record_id("Validation Rule"),
        text("ValidationName", "Rule Name", 255),
        checkbox("Active", "Active"),
        text("Description", "Description", 255),
        text("ErrorDisplayField", "Error Location", 255),
        text("ErrorMessage", "Error Message", 255),
        reference("EntityDefinitionId", "Entity Definition ID", "EntityDefinition"),
        *system_fields(viewed=False),
    ]
    return Schema(
        [
            SObjectType("EntityDefinition", "Entity Definition", "4ie", entity),
            SObjectType("ValidationRule", "Validation Rule", KEY_PREFIX, rule),
            *(_setup_type(name) for name in KINDS if has_relays or name not in KINDS_OF_RELAYS),
        ]
    )


def _setup_type(name: str) -> SObjectType:
    kind = KINDS[name]
    columns = [text(column, column, 255) for column in ("DeveloperName", "FullName", *kind.columns)]
    return SObjectType(name, name, kind.prefix, [record_id(name), *columns, *system_fields(viewed=False)])


class ToolingDatabase:
    """What the Tooling API knows, as rows."""

    def __init__(self, call: Call[QueryOrg]) -> None:
        self.schema = tooling_schema(has_relays=has_relays(call.org.settings))
        self._call = call

    def rows(self, sobject: str, include_deleted: bool = False) -> Iterable[Row]:
        """Return every row of a kind; of EntityDefinition, every sObject."""
        if sobject == "ValidationRule":
            return self._rules()
        if sobject in KINDS:
            return self._call.org.store.relays.rows[sobject].values()
        return [_entity(each) for each in self._call.org.schema.sobjects]

    def find(self, sobject: str, field: str, values: Iterable[Any], include_deleted: bool = False) -> None:
        """Answer nothing from an index."""

    def row(self, record_id: str, include_deleted: bool = False) -> Row | None:
        """Return the sObject of a rule."""
        kind = self._call.org.schema.sobject(record_id)
        return _entity(kind) if kind else None

    def _rules(self) -> list[Row]:
        org = self._call.org
        rules = [(kind, rule) for kind in org.schema.sobjects for rule in org.store.validation_rules.get(kind.name, [])]
        return [
            {
                "Id": to18(f"{KEY_PREFIX}{org.org_id[3:7]}{number:08}"),
                "ValidationName": rule.name,
                "Active": rule.active,
                "ErrorDisplayField": rule.field,
                "ErrorMessage": rule.message,
                "EntityDefinitionId": kind.name,
            }
            for number, (kind, rule) in enumerate(rules, 1)
        ]


def _entity(kind: SObjectType) -> Row:
    return {"Id": kind.name, "QualifiedApiName": kind.name, "Label": kind.label}


def query(call: Call[QueryOrg]) -> Response:
    """GET tooling/query: SOQL over what is simulated of the Tooling API; needs View Setup and Configuration."""
    if not call.org.store.rights(call.session).has("ViewSetup"):
        raise OrgError(*NO_TOOLING_ACCESS, status=403)
    setting = replace(query_setting(call, include_deleted=False), database=ToolingDatabase(call))
    result = soql.run(soql.parse(call.request.query.get("q", "")), setting)
    now_ms = call.org.clock.now_ms()
    page = call.org.cursors.first_page(result, call.session.user_id, call.base, PAGE_SIZE, now_ms)
    return Response(200, {"size": len(page["records"]), "entityTypeName": "ValidationRule", **page})
