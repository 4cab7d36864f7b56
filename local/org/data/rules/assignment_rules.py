"""Assignment rules: who owns a new Lead or Case (REST API guide, Assignment Rule Header)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...schema.ids import normalized
from ...schema.row import Row
from ...schema.sobjects import SObjectType
from ..storage.visibility import View
from .validation_rules import holds


@dataclass(slots=True, frozen=True)
class AssignmentRule:
    """One rule: the first entry whose condition (a WHERE clause; empty: always) is true gives the owner."""

    rule_id: str
    name: str
    sobject: str
    entries: tuple[tuple[str, str], ...]
    active: bool = True


def assigned_owner(
    rules: Iterable[AssignmentRule], view: View, sobject: SObjectType, row: Row, choice: bool | str, now_ms: int
) -> str | None:
    """Return the owner that the chosen rule gives, or None: `choice` is Sforce-Auto-Assign (TRUE, FALSE or a rule's Id)."""
    if choice is False:
        return None
    wanted = normalized(choice) if isinstance(choice, str) else None
    for rule in rules:
        if rule.sobject == sobject.name and (rule.rule_id == wanted if isinstance(choice, str) else rule.active):
            for condition, owner_id in rule.entries:
                if not condition or holds(condition, view, sobject, row, now_ms):
                    return owner_id
    return None
