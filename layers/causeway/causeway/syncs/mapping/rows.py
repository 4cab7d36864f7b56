"""What mapping rows name apart from plain fields: the conversation, a person, parents by name; and automatic rows. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.values.texts import composed
from causeway.syncs.sync import Mapping, Sync

PEOPLE = ("Lead", "Contact")
CONVERSATION = "conversation"  # the product field that is the whole transcript
ABOUT = "about"  # the product field that is the person a change concerns


def automatic_rows(sync: Sync, describe: SObjectDescribe) -> Iterator[Mapping]:
    """
    Yield the rows nobody has to write: Email of people, WhoId and WhatId of activities.

    They only fill what is empty; an explicit row for the same field takes their place.
    """
    mapped = {mapping.salesforce.lower() for mapping in sync.mappings}
    if sync.email == "automatic" and describe.name in PEOPLE and "email" not in mapped and describe.field("Email"):
        yield Mapping(product="email", salesforce="Email", write_rule="if_empty")
    if describe.field("WhoId"):
        for name in ("WhoId", "WhatId"):
            if name.lower() not in mapped and describe.field(name):
                yield Mapping(product=ABOUT, salesforce=name, write_rule="if_empty")


def parent_lookup(describe: SObjectDescribe, path: str) -> FieldDescribe | None:
    """Return the lookup that `Account.Name` fills on push; None for other paths, and for lookups to several sObjects."""
    relationship, _, last = path.partition(".")
    lookup = describe.relationship(relationship)
    return lookup if lookup and last.lower() == "name" and len(lookup.reference_to) == 1 else None


def normalized_name(name: str) -> str:
    """Return what two spellings of one name share: composed (NFC), case folded, runs of white space as one space."""
    return " ".join(composed(name).split()).casefold()
