"""Field paths, resolved by the describes of the sObjects that they cross."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.errors import BrokenMapping
from causeway.salesforce import field_paths
from causeway.salesforce.describe import SObjectDescribe

from tests.support.syncs.factories import contact, field, lead, lookup, sobject

ACCOUNT = sobject("Account", field("Name"), lookup("OwnerId", "User"))


@pytest.mark.parametrize(
    ("path", "spelled"),
    [
        ("email", "Email"),
        ("account.Name", "Account.Name"),
        ("Account.owner.email", "Account.Owner.email"),
        ("Owner.Name", "Owner.Name"),
    ],
)
def test_identifiers_are_spelled_as_describe_spells_them(path: Any, spelled: Any) -> None:
    assert field_paths.identifier(contact(), path, {"Account": ACCOUNT}) == spelled


@pytest.mark.parametrize(
    "path",
    [
        "Gone__c",
        "Nobody.Name",
        "Account.Gone__c",
        "Account.Gone.Name",
        "Name FROM Contact --",
        "Owner.Name) FROM",
        "Owner.",
        "Owner..Name",
        "",
        "A.B.C.D.E.F.G",
        "Owner.Ñame",
    ],
)
def test_anything_else_never_becomes_an_identifier(path: Any) -> None:
    with pytest.raises(BrokenMapping):
        field_paths.identifier(contact(), path, {"Account": ACCOUNT})


def test_the_describes_that_paths_lead_through_are_asked_for_once_each() -> None:
    user = sobject("User", field("Name"))
    asked: list[str] = []

    def described(name: str) -> SObjectDescribe | None:
        asked.append(name)
        return {"Account": ACCOUNT, "User": user}.get(name)

    paths = ["Account.Owner.Name", "Account.Name", "Email", "Nobody.Name", "Account.Nobody.Name"]
    assert field_paths.related_describes(contact(), paths, described) == {"Account": ACCOUNT, "User": user}
    assert asked == ["Account", "User"]
    assert field_paths.related_describes(contact(), ["Account.Owner.Name"], lambda name: None) == {}


def test_an_owner_that_may_be_a_queue_is_read_as_a_user() -> None:
    user = sobject("User", field("Email", "email"))
    assert field_paths.identifier(lead(), "owner.email", {"User": user}) == "Owner.Email"
    found = field_paths.field_at(lead(), "Owner.Email", {"User": user})
    assert found is user.field("Email")
    assert field_paths.parent_of(lookup("WhoId", "Contact", "Lead")) is None
