"""What a change asks of a sync, before anything is read: values, lookups by name, lookups by person, and warnings."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, NamedTuple

from causeway.contract.changes import About
from causeway.contract.outcomes import Warning
from causeway.salesforce.describe import FieldDescribe
from causeway.syncs.sync import WriteRule


class Clear(Enum):
    """The request to empty a field (an explicit null under `overwrite`)."""

    CLEAR = "clear"


CLEAR: Final = Clear.CLEAR


class DesiredField(NamedTuple):
    """
    One desired value of one field, coerced, or CLEAR.

    `conversation` marks a transcript, which replaces only empty text or text that Causeway wrote unless `always`. The value of the
    rule `append` is the entries to add (entries.py).
    """

    field: FieldDescribe
    value: Any
    rule: WriteRule = "overwrite"
    conversation: bool = False
    always: bool = False


class DesiredParent(NamedTuple):
    """
    A lookup by the parent's name (`Account.Name`), or by another field (`by`): push finds the one record of `sobjects`.

    With several of that name the row is left out with a warning; `create` allows creating a missing one, claimed by `normalized_name`.
    `is_default`: it is for a new record for which no parent is given.
    """

    field: FieldDescribe
    sobjects: tuple[str, ...]
    name: str | Clear
    rule: WriteRule = "if_empty"
    create: bool = False
    is_default: bool = False
    by: str = "Name"

    @property
    def sobject(self) -> str:
        """Return the sObject of a parent that is created."""
        return self.sobjects[0]


class DesiredLookup(NamedTuple):
    """
    A lookup by the person that the change is about: push resolves the person, then takes its Id or its account's.

    `sobjects` are what the field may refer to among Lead, Contact (the person) and Account (the person's account, and for
    `WhatId` only together with a Contact in `WhoId`).
    """

    field: FieldDescribe
    about: About
    sobjects: tuple[str, ...]
    rule: WriteRule = "if_empty"


@dataclass(frozen=True, slots=True)
class DesiredFields:
    """
    What one change asks of one sync: fields by canonical name, lookups still to resolve, and why values are left out.

    `defaults` are for a new record, where no value is given.
    """

    fields: dict[str, DesiredField] = field(default_factory=dict)
    parents: tuple[DesiredParent, ...] = ()
    lookups: tuple[DesiredLookup, ...] = ()
    warnings: tuple[Warning, ...] = ()
    defaults: dict[str, DesiredField] = field(default_factory=dict)
