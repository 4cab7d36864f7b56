"""Factories of the rules' tests: describes, syncs and changes with defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from causeway.contract.changes import About, Change, Utterance
from causeway.salesforce.describe import FieldDescribe, PicklistValue, SObjectDescribe
from causeway.syncs.sync import Mapping as Row
from causeway.syncs.sync import PushRules, Sync

KEPT: dict[str, Any] = {"createable": False, "updateable": False, "permissionable": False}  # by Salesforce itself
NOON_MS = 1_795_262_400_000  # 2026-11-21T12:00:00Z


def field(name: str = "Text__c", type: str = "string", **parts: Any) -> FieldDescribe:
    """Return a field with the length and digits that its type usually has."""
    by_type: dict[str, dict[str, Any]] = {
        "string": {"length": 255},
        "textarea": {"length": 32_000},
        "email": {"length": 80},
        "phone": {"length": 40},
        "url": {"length": 255},
        "picklist": {"length": 255},
        "multipicklist": {"length": 4099},
        "double": {"precision": 18, "scale": 2},
        "currency": {"precision": 18, "scale": 2},
        "percent": {"precision": 5, "scale": 2},
        "int": {"digits": 8},
        "boolean": {"nillable": False, "defaulted_on_create": True},
    }
    given: dict[str, Any] = {"name": name, "label": name, "type": type, **by_type.get(type, {}), **parts}
    return FieldDescribe(**given)


def picklist(name: str, *values: str | PicklistValue, **parts: Any) -> FieldDescribe:
    """Return a restricted picklist of these values (a text is both value and label)."""
    items = tuple(item if isinstance(item, PicklistValue) else PicklistValue(item, item) for item in values)
    return field(
        name, parts.pop("type", "picklist"), **{"restricted_picklist": True, "picklist_values": items, **parts}
    )


def lookup(name: str, *sobjects: str, **parts: Any) -> FieldDescribe:
    """Return a reference field; its relationship is the name without `Id`."""
    return field(name, "reference", relationship_name=name.removesuffix("Id"), reference_to=sobjects, **parts)


def sobject(name: str, *fields: FieldDescribe, **parts: Any) -> SObjectDescribe:
    """Return a describe of these fields and Id."""
    system = field("Id", "id", defaulted_on_create=True, nillable=False, **KEPT)
    return SObjectDescribe(**{"name": name, "label": name, "fields": (system, *fields), **parts})


def contact(*more: FieldDescribe, **parts: Any) -> SObjectDescribe:
    """Return Contact as most orgs have it, in short."""
    return sobject(
        "Contact",
        field("LastName", label="Last Name", length=80, nillable=False, compound_field_name="Name"),
        field("FirstName", label="First Name", length=40, compound_field_name="Name"),
        field("Name", length=121, createable=False, updateable=False, nillable=False),
        field("Email", "email", id_lookup=True),
        field("Phone", "phone"),
        field("Title", length=128),
        field("Description", "textarea", filterable=False),
        field("Birthdate", "date"),
        field("HasOptedOutOfEmail", "boolean"),
        field("CreatedDate", "datetime", nillable=False, defaulted_on_create=True, **KEPT),
        lookup("AccountId", "Account"),
        lookup("OwnerId", "User", nillable=False, defaulted_on_create=True),
        *more,
        key_prefix="003",
        **parts,
    )


def lead(*more: FieldDescribe) -> SObjectDescribe:
    """Return Lead as most orgs have it, in short."""
    return sobject(
        "Lead",
        field("LastName", label="Last Name", length=80, nillable=False, compound_field_name="Name"),
        field("FirstName", label="First Name", length=40, compound_field_name="Name"),
        field("Company", nillable=False),
        field("Email", "email", id_lookup=True),
        lookup("OwnerId", "User", "Group", nillable=False, defaulted_on_create=True),
        *more,
        key_prefix="00Q",
    )


def task() -> SObjectDescribe:
    """Return Task in short."""
    return sobject(
        "Task",
        field("Subject", "combobox", length=255),
        field("Description", "textarea", filterable=False),
        lookup("WhoId", "Contact", "Lead"),
        lookup("WhatId", "Account", "Opportunity"),
        key_prefix="00T",
    )


def row(product: str, salesforce: str, **parts: Any) -> Row:
    """Return one mapping."""
    return Row(product=product, salesforce=salesforce, **parts)


def sync(*rows: Row, **parts: Any) -> Sync:
    """Return a push sync of `lead` to Contact with these rows."""
    push = parts.pop("push", {})
    rules = push if isinstance(push, PushRules) else PushRules(**push)
    return Sync(
        **{"id": "lead-contact", "source": "lead", "sobject": "Contact", "mappings": rows, "push": rules, **parts}
    )


def change(fields: Mapping[str, Any] | None = None, **parts: Any) -> Change:
    """Return a change of one person at noon."""
    given = {"tenant": "acme", "source": "lead", "key": "lead-1", "occurred_at_ms": NOON_MS, "sent_at_ms": NOON_MS}
    return Change(**{**given, "fields": fields or {}, **parts})


def said(*texts: str, speaker: str = "lead") -> tuple[Utterance, ...]:
    """Return messages a minute apart, oldest first."""
    return tuple(Utterance(NOON_MS + 60_000 * number, speaker, text) for number, text in enumerate(texts))


def about(**parts: Any) -> About:
    """Return whom an activity concerns."""
    return About(**(parts or {"source": "lead", "key": "lead-7"}))


def codes(warnings: Sequence[Any]) -> list[str]:
    """Return the codes of warnings or problems, in order."""
    return [item.code for item in warnings]
