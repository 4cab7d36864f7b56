"""Reads which fields, relationships or sObjects Salesforce names when it refuses a query. Pure."""

from __future__ import annotations

import re

from causeway.errors import OrgRefused

PARENTS = ("Account", "User")  # the related records of a person that are read too: its account, and both owners
_NO_COLUMN = r"No such column '(\w+)' on entity '(\w+)'"
_NO_RELATIONSHIP = r"Didn't understand relationship '(\w+)' in field path"
_NO_SOBJECT = r"sObject type '(\w+)' is not supported"
_ACCOUNTS = frozenset({"Account", "ConvertedAccount"})
_CONTACTS = frozenset({"ConvertedContact"})  # what a lead became is read through the lead
_OWNERS = frozenset({"Owner", "User", "Name"})  # Name stands for a lookup to several sObjects, such as a lead's owner


def refused_columns(error: OrgRefused) -> list[tuple[str, str]]:
    """Return the columns that the org refused, each with its sObject."""
    return re.findall(_NO_COLUMN, error.message)


def refused_relationships(error: OrgRefused) -> list[str]:
    """Return the relationships that the org refused, wherever they begin."""
    return re.findall(_NO_RELATIONSHIP, error.message)


def refused_parents(error: OrgRefused) -> set[str]:
    """Return which of PARENTS the refusal concerns; an owner concerns accounts too, because they have owners."""
    named = {sobject for _, sobject in refused_columns(error)}.union(refused_relationships(error))
    if named & _OWNERS:
        return set(PARENTS)
    return {"Account"} if named & _ACCOUNTS else set()


def refused_sobjects(error: OrgRefused) -> set[str]:
    """Return the sObjects that the org refused, or of which it refused a column, or the way to them."""
    named = {sobject for _, sobject in refused_columns(error)}.union(re.findall(_NO_SOBJECT, error.message))
    return named | ({"Contact"} if _CONTACTS.intersection(refused_relationships(error)) else set())
