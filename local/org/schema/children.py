"""Relationships from an sObject down to its children: those of the schema's references, and those that a describe lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class ChildRelationship:
    """One list of children: the sObject, its foreign key, and the relationship's name (None: not queryable as a list)."""

    child_sobject: str
    field: str
    relationship_name: str | None
    cascade_delete: bool
    restricted_delete: bool


def all_children(
    linked: Iterable[ChildRelationship], described: Mapping[tuple[str, str], Mapping[str, Any]]
) -> list[ChildRelationship]:
    """
    Return the children by sObject and foreign key, as describe orders them.

    A captured describe decides names, and lists children whose sObjects this org may lack; no reference links those.
    """
    found = {(each.child_sobject, each.field): each for each in linked}
    found |= {key: _captured(each) for key, each in described.items()}
    return [found[key] for key in sorted(found)]


def _captured(child: Mapping[str, Any]) -> ChildRelationship:
    return ChildRelationship(
        child["childSObject"],
        child["field"],
        child.get("relationshipName"),
        bool(child.get("cascadeDelete")),
        bool(child.get("restrictedDelete")),
    )
