"""What each user may see and change: object permissions, field-level security and system permissions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from .sobjects import FieldType, Schema, SObjectType

OBJECT_RIGHTS = frozenset({"read", "create", "edit", "delete"})
FIELD_RIGHTS = frozenset({"read", "edit"})
SYSTEM_RIGHTS = {
    "ViewSetup": True,
    "CustomizeApplication": True,
    "ViewAllData": True,
    "ViewEditConvertedLeads": False,
    "HardDelete": False,
}
"""The system permissions that matter here, and whether a user has them by default."""


@dataclass(slots=True)
class UserPermissions:
    """One user's rights; what is not named is allowed, as for a System Administrator."""

    objects: dict[str, dict[str, bool]] = field(default_factory=dict)
    fields: dict[str, dict[str, bool]] = field(default_factory=dict)
    system: dict[str, bool] = field(default_factory=dict)

    def may(self, right: str, sobject: str) -> bool:
        """Say whether the user may read, create, edit or delete records of the sObject."""
        return self.objects.get(sobject.lower(), {}).get(right, True)

    def has(self, right: str) -> bool:
        """Say whether the user has one of SYSTEM_RIGHTS."""
        return self.system.get(right, SYSTEM_RIGHTS[right])


class Permissions:
    """Rights by username; users who are not named have them all."""

    def __init__(self) -> None:
        self._users: dict[str, UserPermissions] = {}
        self._visible: dict[str, tuple[int, Schema]] = {}

    def of(self, username: str | None) -> UserPermissions:
        """Return a user's rights."""
        return self._users.get((username or "").lower()) or UserPermissions()

    def declare(self, username: str, rights: dict[str, Any]) -> None:
        """
        Merge rights into a user's: `{"objects": {"Lead": {"create": false}}, "fields": {"Contact.Phone": {"read": false}},
        "system": {"ViewEditConvertedLeads": true}}`.
        """
        user = self._users.setdefault(username.lower(), UserPermissions())
        for name, granted in rights.get("objects", {}).items():
            user.objects.setdefault(name.lower(), {}).update(granted)
        for name, granted in rights.get("fields", {}).items():
            user.fields.setdefault(name.lower(), {}).update(granted)
        user.system.update(rights.get("system", {}))
        self._visible.pop(username.lower(), None)

    def schema_for(self, schema: Schema, username: str | None) -> Schema:
        """Return the schema as the user sees it; the same object until the schema or the rights change."""
        user = self._users.get((username or "").lower())
        if user is None:
            return schema
        key = (username or "").lower()
        known = self._visible.get(key)
        if known is None or known[0] != schema.revision:
            known = self._visible[key] = (schema.revision, _filtered(schema, user))
        return known[1]


def _filtered(schema: Schema, user: UserPermissions) -> Schema:
    return schema.restricted_to(_restricted(each, user) for each in schema.sobjects if user.may("read", each.name))


def _restricted(sobject: SObjectType, user: UserPermissions) -> SObjectType:
    rights = user.objects.get(sobject.name.lower(), {})
    copy = sobject.restricted_to(
        shown for each in sobject.fields if (shown := _shown(sobject.name, each, user)) is not None
    )
    copy.createable = sobject.createable and rights.get("create", True)
    copy.updateable = sobject.updateable and rights.get("edit", True)
    copy.deletable = sobject.deletable and rights.get("delete", True)
    return copy


def _shown(sobject: str, each: FieldType, user: UserPermissions) -> FieldType | None:
    rights = user.fields.get(f"{sobject}.{each.name}".lower())
    if rights is None or not each.permissionable:
        return each
    if not rights.get("read", True):
        return None
    return each if rights.get("edit", True) else replace(each, createable=False, updateable=False)
