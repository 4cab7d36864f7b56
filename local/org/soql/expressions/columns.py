"""Names of a statement resolved against the schema: from `Account.Owner.Email` to what reads it from a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...schema.row import Row
from ...schema.sobjects import FieldType, SObjectType
from ...wire.messages import OrgError
from ..language import facts
from ..language.errors import malformed, pointing_at
from ..language.syntax import Name, Query, Source
from .database import Setting

MAX_RELATIONSHIP_LEVELS = 5  # Salesforce limit: child-to-parent levels in one path, SOQL guide
NAME_SOBJECT = "Name"
"""The sObject whose fields a polymorphic relationship has (Object Reference: Name)."""

type Getter = Callable[[Row], Any]


@dataclass(frozen=True, slots=True)
class Hop:
    """One step up: the reference field, the sObject it leads to (Name when it may lead to several)."""

    reference: FieldType
    target: SObjectType


@dataclass(frozen=True, slots=True)
class Column:
    """A field of the queried sObject or, over hops, of a parent."""

    hops: tuple[Hop, ...]
    field: FieldType
    get: Getter

    @property
    def path(self) -> tuple[str, ...]:
        """Return the path in the schema's own spelling: relationship names, then the field's name."""
        return (*(str(hop.reference.relationship_name) for hop in self.hops), self.field.name)


def unknown_sobject(name: str) -> OrgError:
    """Return INVALID_TYPE for an sObject that does not exist or that the user may not read."""
    return OrgError(
        "INVALID_TYPE",
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' "
        "after the entity name. Please reference your WSDL or the describe call for the appropriate names.",
    )


class Scope:
    """The sObject a (sub)query reads from, its aliases, and the columns that names mean there."""

    def __init__(self, setting: Setting, query: Query, sobject: SObjectType, *, anonymous: bool = False) -> None:
        """Read the FROM clause's aliases; an anonymous scope, of another sObject than FROM names, has none."""
        self.setting, self.query, self.sobject = setting, query, sobject
        self._aliases: dict[str, tuple[str, ...]] = {}
        self._parents: set[tuple[str, ...]] = set()
        if anonymous:
            return
        first = query.sources[0]
        self._aliases.update({name.lower(): () for name in (sobject.name, first.name.path[-1])})
        if first.alias:
            self._aliases[first.alias.lower()] = ()
        for source in query.sources[1:]:
            self._add_alias(source)

    def _add_alias(self, source: Source) -> None:
        """Record what an alias of a relationship stands for: `FROM Contact c, c.Account a`."""
        if len(source.name.path) < 2 or source.name.path[0].lower() not in self._aliases:
            raise malformed(
                f"A driving SObject type has already been set, all other entity types in the FROM clause must "
                f"be relationships to the initial object. The driving object is {self.sobject.name}."
            )
        path = self.unaliased(source.name.path)
        self.hops(path, source.name)
        if source.alias:
            self._aliases[source.alias.lower()] = path

    def unaliased(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """Return a path from the queried sObject, whichever alias it was written with."""
        start = self._aliases.get(path[0].lower()) if len(path) > 1 else None
        return path if start is None else (*start, *path[1:])

    def column(self, name: Name) -> Column:
        """Return what a name means; raise INVALID_FIELD where it means nothing."""
        path = self.unaliased(name.path)
        hops = self.hops(path[:-1], name)
        sobject = hops[-1].target if hops else self.sobject
        field = sobject.field(path[-1])
        if field is None:
            raise self.no_such_column(name, path[-1], sobject)
        return Column(hops, field, self._getter(hops, field))

    def hops(self, relationships: tuple[str, ...], name: Name) -> tuple[Hop, ...]:
        """Return the steps up that relationship names make."""
        if len(relationships) > MAX_RELATIONSHIP_LEVELS:
            raise malformed(f"SELECT relationship level is more than {MAX_RELATIONSHIP_LEVELS}: {name.text}")
        sobject, hops = self.sobject, []
        for relationship in relationships:
            reference = sobject.relationship(relationship)
            target = self._target(reference) if reference else None
            if reference is None or target is None:
                raise self._no_relationship(name, relationship)
            hops.append(Hop(reference, target))
            sobject = target
        self._count_parents(relationships)
        return tuple(hops)

    def _count_parents(self, relationships: tuple[str, ...]) -> None:
        """Count every relationship of a path; raise MALFORMED_QUERY for more than a query may have."""
        lowered = [each.lower() for each in relationships]
        self._parents.update(tuple(lowered[: end + 1]) for end in range(len(lowered)))
        if len(self._parents) > facts.MAX_PARENT_RELATIONSHIPS:
            raise malformed(f"A query has at most {facts.MAX_PARENT_RELATIONSHIPS} child-to-parent relationships")

    def _target(self, reference: FieldType) -> SObjectType | None:
        schema = self.setting.database.schema
        return schema.sobject(NAME_SOBJECT if reference.polymorphic else reference.reference_to[0])

    def _getter(self, hops: tuple[Hop, ...], field: FieldType) -> Getter:
        if not hops:
            return self.field_getter(self.sobject.name, field)
        return self._parents_getter(hops, self.field_getter(hops[-1].target.name, field))

    def _parents_getter(self, hops: tuple[Hop, ...], last: Getter) -> Getter:
        keys, find = [hop.reference.name for hop in hops], self.setting.database.row

        def get(row: Row) -> Any:
            for key in keys:
                parent_id = row.get(key)
                parent = find(parent_id, True) if parent_id is not None else None
                if parent is None:
                    return None
                row = parent
            return last(row)

        return get

    def field_getter(self, sobject_name: str, field: FieldType) -> Getter:
        """
        Return what reads a field from a row of an sObject.

        A checkbox is never null; the Name sObject has two fields that follow the row's real type.
        """
        name = field.name
        if sobject_name == NAME_SOBJECT and name in ("Type", "Name"):
            return self._type_of_name if name == "Type" else self._name_of_name
        if field.type == "base64":
            return self._blob_address(sobject_name, name)
        if field.type == "boolean":
            return lambda row: row.get(name) or False
        return lambda row: row.get(name)

    def _blob_address(self, sobject_name: str, name: str) -> Getter:
        """Return what answers the address of a blob instead of the blob (REST API guide, sObject Blob Get)."""
        start = f"{self.setting.base}/sobjects/{sobject_name}"
        return lambda row: f"{start}/{row['Id']}/{name}" if row.get(name) is not None else None

    def _name_of_name(self, row: Row) -> Any:
        """Return what `What.Name` says of a record: the value of its own name field, such as a case's number."""
        sobject = self.setting.database.schema.of_id(row["Id"])
        fields = sobject.fields if sobject else []
        return row.get(next((each.name for each in fields if each.name_field), "Name"))

    def _type_of_name(self, row: Row) -> str | None:
        """Return what `Owner.Type` says of a record: its sObject, but Queue for a group that is one."""
        sobject = self.setting.database.schema.of_id(row["Id"])
        if sobject is not None and sobject.name == "Group":
            return str(row.get("Type") or "Group")
        return sobject.name if sobject else None

    def no_such_column(self, name: Name, column: str, sobject: SObjectType) -> OrgError:
        """Return INVALID_FIELD for a field that does not exist or that the user may not see."""
        return pointing_at(
            "INVALID_FIELD",
            f"No such column '{column}' on entity '{sobject.name}'. If you are attempting to use a custom field, be sure to "
            "append the '__c' after the custom field name. Please reference your WSDL or the describe call for the "
            "appropriate names.",
            self.query.text,
            name.at,
        )

    def _no_relationship(self, name: Name, relationship: str) -> OrgError:
        return pointing_at(
            "INVALID_FIELD",
            f"Didn't understand relationship '{relationship}' in field path. If you are attempting to use a custom "
            "relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or "
            "the describe call for the appropriate names.",
            self.query.text,
            name.at,
        )
