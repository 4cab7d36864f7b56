"""Which fields are read of people, of accounts and of other records, as far as the user can see them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.field_paths import parent_of

type Parents = Mapping[str, SObjectDescribe | None]
"""What is known of sObjects that lookups lead to, None for one that the user cannot see; any other counts as visible."""
NONE_KNOWN: Parents = {}

ACCOUNT_FIELDS = ("Id", "Name", "Website", "OwnerId", "Owner.Name", "Owner.Email")
OWNER_FIELDS = ("OwnerId", "Owner.Name", "Owner.Email", "Owner.IsActive")
_ALWAYS = {
    "Lead": ("Id", "IsDeleted", "MasterRecordId", "CreatedDate", "Email", "IsConverted", "Company", *OWNER_FIELDS),
    "Contact": (
        "Id",
        "IsDeleted",
        "MasterRecordId",
        "CreatedDate",
        "Email",
        "AccountId",
        "IsPersonAccount",
        *OWNER_FIELDS,
    ),
}
_PUBLISHED = {"Account": ("Name", "Website", "OwnerId"), "User": ("Name", "Email", "IsActive")}
CONVERTED = "ConvertedContact"  # a lead's relationship to the contact that it became
MAX_LEVELS = 5  # Salesforce limit: relationships of one path (SOQL guide, Understanding Relationship Query Limitations)
_CONVERTED = ("ConvertedContactId", "ConvertedAccountId")
_ACCOUNT_OF = {"Lead": "ConvertedAccount", "Contact": "Account"}


def person_fields(
    describe: SObjectDescribe, more: Iterable[str], account_fields: Iterable[str] = (), parents: Parents = NONE_KNOWN
) -> tuple[str, ...]:
    """
    Return what to select of people: identity, conversion, owner, account, and what mappings and expressions name.

    What the user cannot see of accounts and owners is left out, unless an expression names it: its sync needs it.
    """
    names = [*_ALWAYS[describe.name], *(_CONVERTED if describe.name == "Lead" else ())]
    relation = _ACCOUNT_OF[describe.name]
    names += [f"{relation}.{name}" for name in ACCOUNT_FIELDS]
    named = [f"{relation}.{name}" for name in account_fields] if describe.relationship(relation) else []
    return _once([*_visible(describe, names, parents), *named, *more])


def became_columns(lead: SObjectDescribe, columns: Sequence[str]) -> tuple[str, ...]:
    """
    Return what to select of the contact that a lead became, through the lead: the columns of contacts, as far as a path may go.

    None unless all of them can be: a contact that is read in part would count as read.
    """
    if lead.relationship(CONVERTED) is None or any(path.count(".") >= MAX_LEVELS for path in columns):
        return ()
    return tuple(f"{CONVERTED}.{name}" for name in columns)


def account_fields(
    describe: SObjectDescribe, more: Iterable[str] = (), parents: Parents = NONE_KNOWN
) -> tuple[str, ...]:
    """Return what to select of accounts that are found by name."""
    return _once(_visible(describe, ("Id", "IsDeleted", "CreatedDate", *ACCOUNT_FIELDS[1:], *more), parents))


def record_fields(describe: SObjectDescribe, more: Iterable[str] = ()) -> tuple[str, ...]:
    """Return what to select of other sObjects: identity, and what mappings and expressions name."""
    return _once(_visible(describe, ("Id", "IsDeleted", "MasterRecordId", "CreatedDate", *more), NONE_KNOWN))


def _visible(describe: SObjectDescribe, names: Iterable[str], parents: Parents) -> Iterator[str]:
    return (name for name in names if is_visible(describe, name, parents))


def is_visible(describe: SObjectDescribe, name: str, parents: Parents) -> bool:
    """Return whether the user can see a field, or what a relationship path leads to, as far as its parents are known."""
    first, _, rest = name.partition(".")
    if not rest:
        return describe.field(first) is not None
    lookup = describe.relationship(first)
    if lookup is None or not lookup.reference_to:  # a lookup to what the user cannot see may name no sObject
        return False
    parent = parent_of(lookup)
    if parent is None or parent not in parents:
        return True
    there = parents[parent]
    return there is not None and is_visible(there, rest, parents)


def hides_something(sobject: str, describe: SObjectDescribe | None) -> bool:
    """Return whether the user cannot see everything of an account, or of a user, that is published with a person."""
    return describe is None or any(describe.field(name) is None for name in _PUBLISHED.get(sobject, ()))


def _once(names: Iterable[str]) -> tuple[str, ...]:
    chosen: dict[str, str] = {}
    for name in names:
        chosen.setdefault(name.lower(), name)
    return tuple(chosen.values())
