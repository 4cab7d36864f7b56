"""What Salesforce shows of a record behind a lookup to several sObjects: the sObject Name (Object Reference, Name). Pure."""

from __future__ import annotations

from dataclasses import replace

from causeway.salesforce.describe import FieldDescribe, SObjectDescribe

_TEXTS = ("Name", "FirstName", "LastName", "MiddleName", "Suffix", "Alias", "Username", "Title", "Type", "NameOrAlias")


def _shown(name: str, kind: str, **more: str | tuple[str, ...]) -> FieldDescribe:
    return FieldDescribe(name, name, kind, 255, createable=False, updateable=False, **more)  # type: ignore[arg-type]  # texts


NAME = SObjectDescribe(
    "Name",
    "the record that a lookup to several sObjects leads to",
    fields=(
        _shown("Id", "id"),
        *(_shown(name, "string") for name in _TEXTS),
        _shown("Email", "email"),
        _shown("Phone", "phone"),
        _shown("IsActive", "boolean"),
        _shown("ProfileId", "reference", relationship_name="Profile", reference_to=("Profile",)),
        _shown("UserRoleId", "reference", relationship_name="UserRole", reference_to=("UserRole",)),
    ),
)


def shown_of_several(user: SObjectDescribe | None) -> SObjectDescribe:
    """Return what Salesforce shows behind a lookup to several sObjects, as the user sees it where one of them is described."""
    if user is None:
        return NAME
    own = {"Type", "NameOrAlias"}
    fields = (user.field(each.name) or (each if each.name in own else None) for each in NAME.fields)
    return replace(NAME, fields=tuple(each for each in fields if each))
