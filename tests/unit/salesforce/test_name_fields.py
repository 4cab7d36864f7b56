"""What Salesforce shows of a record behind a lookup to several sObjects."""

from __future__ import annotations

import pytest
from causeway.errors import BrokenMapping
from causeway.salesforce import field_paths
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe

OWNER = FieldDescribe("OwnerId", "Owner", "reference", relationship_name="Owner", reference_to=("Group", "User"))
TASK = SObjectDescribe("Lead", "Lead", fields=(OWNER,))


@pytest.mark.parametrize("path", ["Owner.Email", "owner.name", "Owner.Type", "Owner.IsActive", "Owner.Profile.Name"])
def test_names_addresses_and_kinds_of_owners_can_be_read_and_filtered(path: str) -> None:
    assert field_paths.identifier(TASK, path).lower() == path.lower()


def test_what_is_not_shown_is_refused_with_what_is() -> None:
    with pytest.raises(BrokenMapping, match="Alias, Email"):
        field_paths.identifier(TASK, "Owner.Department")


def test_a_field_of_users_that_is_hidden_is_hidden_of_owners_too() -> None:
    user = SObjectDescribe("User", "User", fields=(FieldDescribe("Name", "Name", "string"),))
    with pytest.raises(BrokenMapping):
        field_paths.identifier(TASK, "Owner.Email", {"User": user})
    assert field_paths.identifier(TASK, "Owner.Type", {"User": user}) == "Owner.Type"


def test_a_path_through_several_kinds_asks_for_no_describe() -> None:
    asked: list[str] = []
    field_paths.related_describes(TASK, ["Owner.Email"], asked.append)
    assert asked == []
    assert field_paths.leads_to_several(TASK, "Owner.Email")
