"""The scopes that USING SCOPE may name for an sObject, which its describe lists (SOQL guide, USING SCOPE)."""

from __future__ import annotations

from .sobjects import SObjectType

DELEGATED = frozenset({"Task", "Event"})
TEAMS = frozenset({"Account"})
"""C captured describe of Account: everything, mine, scopingRule, team; R for the others."""


def scopes_of(sobject: SObjectType) -> dict[str, str]:
    """Return the scopes by name, with their labels."""
    plural = sobject.label_plural.lower()
    scopes = {"everything": f"All {plural}"}
    owner = sobject.field("OwnerId")
    if owner is None:
        return scopes
    scopes["mine"] = f"My {plural}"
    if "Group" in owner.reference_to:
        scopes["mineAndMyGroups"] = f"My {plural} and those of my groups"
    if sobject.name in DELEGATED:
        scopes["delegated"] = f"My delegated {plural}"
    if sobject.name in TEAMS:
        scopes |= {"scopingRule": "Filter by scope", "team": f"My team's {plural}"}
    return scopes
