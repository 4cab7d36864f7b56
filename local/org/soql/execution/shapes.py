"""Records of an answer: what to write of a row, as nested JSON with `attributes`, parents being objects in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ...schema.row import Row
from ..expressions.columns import NAME_SOBJECT, Column, Getter, Hop, Scope
from ..expressions.database import Setting
from ..language import facts

type Writer = Callable[[Row], dict[str, Any]]


@dataclass(slots=True)
class Shape:
    """The members of one record in the order of the SELECT list: getters, or the shape of a parent."""

    sobject: str
    members: dict[str, Getter | Parent] = field(default_factory=dict)

    def add(self, column: Column, scope: Scope) -> bool:
        """Add a column, making objects of the parents on its way; say whether it is new."""
        shape = self
        for hop in column.hops:
            shape = shape.parent(hop)
        name = column.field.name
        if name in shape.members:
            return False
        shape.members[name] = scope.field_getter(shape.sobject, column.field)
        return True

    def parent(self, hop: Hop) -> Shape:
        """Return the shape of a parent, made at its first mention."""
        key = str(hop.reference.relationship_name)
        known = self.members.get(key)
        if not isinstance(known, Parent):
            known = self.members[key] = Parent(hop.reference.name, Shape(hop.target.name))
        return known.shape


@dataclass(slots=True)
class Parent:
    """An object of a record: the reference that leads to it, and its own shape."""

    reference: str
    shape: Shape


def writer(shape: Shape, setting: Setting) -> Writer:
    """Return the closure that writes rows in this shape."""
    polymorphic = shape.sobject == NAME_SOBJECT
    getters = [
        (key, _parent_getter(member, setting) if isinstance(member, Parent) else member)
        for key, member in shape.members.items()
    ]
    prefix = f"{setting.base}/sobjects/{shape.sobject}/"

    def write(row: Row) -> dict[str, Any]:
        record: dict[str, Any] = {"attributes": {"type": shape.sobject, "url": prefix + row["Id"]}}
        for key, get in getters:
            record[key] = get(row)
        return record

    def write_polymorphic(row: Row) -> dict[str, Any]:
        record = write(row)
        record["attributes"] = attributes_of(row, setting, facts.POLYMORPHIC_TYPE)
        return record

    return write_polymorphic if polymorphic else write


def attributes_of(row: Row, setting: Setting, type_name: str | None = None) -> dict[str, str]:
    """Return the `attributes` of a row; its Id says which sObject it is."""
    sobject = setting.database.schema.of_id(row["Id"])
    name = sobject.name if sobject else NAME_SOBJECT
    return {"type": type_name or name, "url": f"{setting.base}/sobjects/{name}/{row['Id']}"}


def _parent_getter(parent: Parent, setting: Setting) -> Getter:
    key, write, find = parent.reference, writer(parent.shape, setting), setting.database.row

    def get(row: Row) -> dict[str, Any] | None:
        parent_id = row.get(key)
        found = find(parent_id, True) if parent_id is not None else None
        return None if found is None else write(found)

    return get
