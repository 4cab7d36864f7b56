"""The records a new org starts with: the Organization, its profiles, roles, users and a queue."""

from __future__ import annotations

from typing import Any, Protocol

from ..schema.row import Row
from .products import STANDARD_PRICE_BOOK

ADMIN_USERNAME = "admin@northwind.example"
INTEGRATION_USERNAME = "integration@northwind.example"
FORMER_USERNAME = "former@northwind.example"
QUEUE_NAME = "Unassigned Leads"


class Seeded(Protocol):
    """The part of the store that seeding needs."""

    settings: Any
    default_user_id: str
    organization_id: str

    def load(self, sobject: str, rows: list[Row]) -> list[str]:
        """Insert rows without the rules."""
        ...


def seed_records(store: Seeded) -> None:
    """Load the records of a new org and make its administrator the default user."""
    profiles = store.load(
        "Profile",
        [
            {"Name": "System Administrator", "UserType": "Standard"},
            {"Name": "Standard User", "UserType": "Standard"},
        ],
    )
    users = store.load("User", [_user(profiles, *person) for person in PEOPLE])
    store.default_user_id = users[0]
    store.organization_id = store.load("Organization", [organization_row(store.settings)])[0]
    queue = store.load("Group", [{"Name": QUEUE_NAME, "DeveloperName": "Unassigned_Leads", "Type": "Queue"}])[0]
    store.load("QueueSobject", [{"QueueId": queue, "SobjectType": name} for name in ("Lead", "Case")])
    store.load("Pricebook2", [{"Name": STANDARD_PRICE_BOOK, "IsActive": True, "IsStandard": True}])
    store.load("PermissionSet", [_of_profile(profile) for profile in profiles])


PEOPLE = (
    ("Alex", "Admin", ADMIN_USERNAME, 0, True),
    ("Ivy", "Integration", INTEGRATION_USERNAME, 0, True),
    ("Jane", "Peacock", "jane@northwind.example", 1, True),
    ("Margaret", "Park", "margaret@northwind.example", 1, True),
    ("Fred", "Former", FORMER_USERNAME, 1, False),
)


def _user(profiles: list[str], first: str, last: str, username: str, profile: int, active: bool) -> Row:
    return {
        "FirstName": first,
        "LastName": last,
        "Username": username,
        "Email": username,
        "Alias": first[:8].lower(),
        "CommunityNickname": username.split("@", maxsplit=1)[0],
        "IsActive": active,
        "ProfileId": profiles[profile],
        "UserType": "Standard",
        "TimeZoneSidKey": "America/Los_Angeles",
        "LocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US",
        "EmailEncodingKey": "UTF-8",
    }


def _of_profile(profile_id: str) -> Row:
    """Return the permission set that holds a profile's permissions (Object Reference, PermissionSet)."""
    name = f"X{profile_id}"
    return {
        "Name": name,
        "Label": name,
        "ProfileId": profile_id,
        "IsOwnedByProfile": True,
        "PermissionsApiEnabled": True,
    }


def organization_row(settings: Any) -> Row:
    """Return the Organization record that the settings describe."""
    return {
        "Name": settings.org_name,
        "OrganizationType": settings.edition,
        "IsSandbox": settings.is_sandbox,
        "InstanceName": "CS42" if settings.is_sandbox else "NA42",
        "DefaultLocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US",
        "TimeZoneSidKey": "America/Los_Angeles",
        "FiscalYearStartMonth": 1,
    }
