"""Rows that fill a lookup by what people know of the parent: its name, an external ID, a user's address, a queue's name. Pure."""

from __future__ import annotations

from typing import NamedTuple

from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.values.texts import composed
from causeway.syncs.mapping.rows import normalized_name, parent_lookup
from causeway.syncs.sync import Sync

NAME = "Name"
_OWNERS = {"Group", "User"}  # a lookup to both is that of an owner; of groups only queues own records
_OF_OWNERS = ("Name", "Email", "Username")  # what Salesforce shows behind such a lookup, and what is one user's
_OF_USERS = frozenset({"Name", "Email", "Username", "FederationIdentifier", "EmployeeNumber"})


class ParentPath(NamedTuple):
    """A path such as `Account.Name` or `Owner.Email`: the lookup it fills, where the parent may be, and the field it is found by."""

    lookup: FieldDescribe
    sobjects: tuple[str, ...]
    by: str

    @property
    def may_create(self) -> bool:
        """Whether a parent that is missing can be made of what is known of it."""
        return self.by == NAME and len(self.sobjects) == 1


def parent_path(sync: Sync, describe: SObjectDescribe, path: str) -> ParentPath | None:
    """
    Return what a path is found by on push, None for one that is read only.

    Whether the field of the parent tells one record from another is known with its describe (`identifies`). A bidirectional sync
    finds parents by Name alone: its other paths are there to be pulled.
    """
    if lookup := parent_lookup(describe, path):
        return ParentPath(lookup, lookup.reference_to, NAME)
    relationship, _, last = path.partition(".")
    reference = describe.relationship(relationship)
    if sync.direction != "push" or reference is None or not last or "." in last or last.lower() == "id":
        return None
    if set(reference.reference_to) == _OWNERS:
        by = next((name for name in _OF_OWNERS if name.lower() == last.lower()), None)
        return ParentPath(reference, ("Group", "User") if by == NAME else ("User",), by) if by else None
    return ParentPath(reference, reference.reference_to, last) if len(reference.reference_to) == 1 else None


def parents_by_field(sync: Sync, describe: SObjectDescribe) -> set[str]:
    """Return the sObjects that rows find parents in by another field than their name."""
    found = (parent_path(sync, describe, row.salesforce) for row in sync.mappings if "." in row.salesforce)
    return {sobject for path in found if path and path.by != NAME for sobject in path.sobjects}


def identifies(describe: SObjectDescribe, by: str) -> bool:
    """Return whether a field tells one record of an sObject from the others, as far as Salesforce can search by it."""
    field = describe.field(by)
    if field is None or not field.filterable:
        return False
    is_of_user = describe.name == "User" and field.name in _OF_USERS
    return field.name == NAME or field.external_id or field.unique or field.id_lookup or is_of_user


def place_of(sobject: str, by: str) -> str:
    """Return the name of the index that holds the rows of an sObject by one of its fields."""
    return sobject if by == NAME else f"{sobject}.{by}".lower()


def keys_of(text: str) -> tuple[str, str]:
    """Return under what a value is found: where case counts in the field, and where it does not."""
    return f"={composed(text).strip()}", normalized_name(text)
