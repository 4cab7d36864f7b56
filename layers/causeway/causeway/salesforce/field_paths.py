"""Resolves field paths such as `Account.Owner.Name` by the describes of the sObjects that they cross. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from causeway.errors import BrokenMapping
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.name_fields import NAME, shown_of_several

MAX_RELATIONSHIP_DEPTH = 5  # Salesforce limit: levels from child to parent

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}", re.ASCII)

Related = Mapping[str, SObjectDescribe]


def name(text: str) -> str:
    """Return `text` if it can be the name of an sObject, field or relationship; raises BrokenMapping otherwise."""
    if not _NAME.fullmatch(text):
        raise BrokenMapping(f"'{text[:80]}' is no Salesforce name.", "Correct the name in the sync.")
    return text


def identifier(describe: SObjectDescribe, path: str, related: Related | None = None) -> str:
    """
    Return a field path such as `Email` or `Account.Owner.Name` as describe spells it.

    The first step must be in `describe`; further steps are checked where `related` has the parent's describe and otherwise
    need only be names. Raises BrokenMapping.
    """
    *parents, last = path.split(".")
    if len(parents) > MAX_RELATIONSHIP_DEPTH:
        raise BrokenMapping(
            f"{path} crosses more than {MAX_RELATIONSHIP_DEPTH} relationships.", "Choose a nearer field."
        )
    steps: list[str] = []
    here: SObjectDescribe | None = describe
    for step in parents:
        lookup = _step(here, path, step, relationship=True)
        steps.append(lookup.relationship_name if lookup else name(step))
        here = _behind(lookup, related) if lookup else None
    found = _step(here, path, last, relationship=False)
    return ".".join([*steps, found.name if found else name(last)])


def _step(here: SObjectDescribe | None, path: str, step: str, *, relationship: bool) -> FieldDescribe | None:
    """Return the field of one step, None when the describe of its sObject is not known."""
    if here is None:
        return None
    found = here.relationship(step) if relationship else here.field(step)
    if found is None and here.name == NAME.name:
        raise BrokenMapping(
            f"{path} cannot be read: it leads to records of several sObjects, of which Salesforce shows "
            f"{', '.join(sorted(each.name for each in here.fields))} only.",
            "Choose one of these fields.",
        )
    if found is None:
        raise BrokenMapping(
            f"{here.label or here.name} has no field {path}, or the connected user may not see it.",
            "Correct the field in the sync, or give the connected user access to it.",
        )
    return found


def field_at(describe: SObjectDescribe, path: str, related: Related | None = None) -> FieldDescribe | None:
    """Return the field at the end of a path, None when a step or the describe of its sObject is not known."""
    here = describe_at(describe, path, related)
    return here.field(path.rpartition(".")[2]) if here else None


def describe_at(describe: SObjectDescribe, path: str, related: Related | None = None) -> SObjectDescribe | None:
    """Return the describe of the sObject that has the field at the end of a path, None when it is not known."""
    here: SObjectDescribe | None = describe
    for step in path.split(".")[:-1]:
        lookup = here.relationship(step) if here else None
        here = _behind(lookup, related) if lookup else None
    return here


def _behind(lookup: FieldDescribe, related: Related | None) -> SObjectDescribe | None:
    """Return the describe of what a lookup leads to, as far as it is known; of several sObjects Salesforce shows the same fields."""
    parent = (related or {}).get(parent_of(lookup) or "")
    return shown_of_several(parent) if len(lookup.reference_to) > 1 else parent


def leads_to_several(describe: SObjectDescribe, path: str, related: Related | None = None) -> bool:
    """Return whether a path crosses a lookup to several sObjects."""
    here: SObjectDescribe | None = describe
    for step in path.split(".")[:-1]:
        lookup = here.relationship(step) if here else None
        if lookup and len(lookup.reference_to) > 1:
            return True
        here = _behind(lookup, related) if lookup else None
    return False


def parent_of(lookup: FieldDescribe) -> str | None:
    """Return the sObject that a lookup refers to: User for an owner that may also be a queue, None for other choices."""
    if len(lookup.reference_to) == 1:
        return lookup.reference_to[0]
    return "User" if "User" in lookup.reference_to else None


def related_describes(
    describe: SObjectDescribe, paths: Iterable[str], described: Callable[[str], SObjectDescribe | None]
) -> dict[str, SObjectDescribe]:
    """
    Return the describes of the sObjects that the paths lead through, by name.

    `described` gives None for an sObject that the connected user cannot see; it is called once for each.
    """
    found: dict[str, SObjectDescribe | None] = {}
    for path in paths:
        here: SObjectDescribe | None = describe
        for step in path.split(".")[:-1]:
            lookup = here.relationship(step) if here else None
            if lookup is None or len(lookup.reference_to) > 1:
                here = NAME if lookup else None
                continue
            parent = parent_of(lookup)
            if parent and parent not in found:
                found[parent] = described(parent)
            here = found.get(parent) if parent else None
    return {name: item for name, item in found.items() if item}
