"""By what each item of a lookup is found: as a person by push's own keys, as a record by Id or by a field's value. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from causeway.lookups.items import Item
from causeway.lookups.known import Known
from causeway.push.deciding.describes import Described
from causeway.push.deciding.keys import PersonKeys, comparable, compared, spellings
from causeway.push.deciding.matching.match import Several
from causeway.push.memory.known_externals import records_of_others
from causeway.push.tasks import External
from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.ids import KEY_PREFIXES, valid_id
from causeway.salesforce.values.emails import email_fault, normalized_email
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.sync import Sync

_BY_PREFIX = {prefix: sobject for sobject, prefix in KEY_PREFIXES.items()}
NOBODY = PersonKeys()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record of an sObject that holds one of some values in a field; `compared` is the form in which equal values are equal."""

    sobject: str
    field: FieldDescribe | None
    values: frozenset[Any]
    compared: Any


@dataclass(frozen=True, slots=True)
class Target:
    """
    What one item is found by.

    `keys` None: it is about no person. `record` is a record of another sObject. `fault`: why it cannot be looked for.
    `several` is the rule for several matches by sObject.
    """

    item: Item
    keys: PersonKeys | None = None
    record: Wanted | None = None
    fault: str = ""
    several: dict[str, Several] = field(default_factory=dict)


def targets_of(items: Sequence[Item], known: Known, syncs: Sequence[Sync], described: Described) -> list[Target]:
    """Return each item's target, in order."""
    rules = cache(lambda source: _several(source, syncs))
    return [_target(item, known, rules, described) for item in items]


def _target(item: Item, known: Known, rules: Callable[[str], dict[str, Several]], described: Described) -> Target:
    links = known.links(item)
    email = normalized_email(item.email) if item.email else None
    if item.email and email is None:
        return Target(item, fault=f"The address is not usable: {email_fault(item.email)}.")
    given, fault = _given_id(item)
    named, fault = (None, fault) if fault else _named(item, described)
    if fault:
        return Target(item, fault=fault)
    external = _external(named) if named and named.sobject in PEOPLE else ()
    keys = _person_keys(item, given, email, external, known)
    record = named if named and not external else _record(given, links)
    is_person = keys != NOBODY
    if not (is_person or record or item.company):
        return Target(item, fault=_not_known(item))
    return Target(item, keys if is_person else None, record, several=rules(item.source))


def _given_id(item: Item) -> tuple[tuple[str, str] | None, str]:
    """Return the sObject and Id that an item names, and what is wrong with them."""
    if not item.salesforce_id:
        return None, ""
    record_id = valid_id(item.salesforce_id)
    if record_id is None:
        return None, f"{item.salesforce_id[:40]} is not a Salesforce Id: these have 15 or 18 letters and digits."
    sobject = _BY_PREFIX.get(record_id[:3]) or item.sobject
    if not sobject:
        return None, f"It is not known of which sObject {record_id} is. Name it in `sobject`, such as Deal__c."
    return (sobject, record_id), ""


def _named(item: Item, described: Described) -> tuple[Wanted | None, str]:
    """Return the record that a field's value names, and what is wrong with it."""
    if not item.field:
        return None, ""
    describe = described(item.sobject)
    if describe is None:
        return None, f"The org has no sObject {item.sobject}, or the connected user may not see it."
    found = describe.field(item.field)
    if found is None:
        return None, f"{describe.label} has no field {item.field}, or the connected user may not see it."
    if not found.filterable:
        return None, f"Salesforce does not let records be found by {describe.label}.{found.name}."
    value = comparable(found, item.value)
    return Wanted(describe.name, found, frozenset(spellings(value)), compared(found, item.value)), ""


def _external(named: Wanted) -> tuple[External, ...]:
    name = named.field.name if named.field else ""
    return (External(named.sobject, name, str(next(iter(named.values))), named.compared),)


def _person_keys(
    item: Item, given: tuple[str, str] | None, email: str | None, external: tuple[External, ...], known: Known
) -> PersonKeys:
    sobject, record_id = given or ("", None)
    entity = known.of_email(email) if email and external else None
    keys = PersonKeys(
        lead_id=record_id if sobject == "Lead" else None,
        contact_id=record_id if sobject == "Contact" else None,
        email=email,
        externals=external,
        others=records_of_others(entity, external) if entity else frozenset(),
    )
    links, remembered = known.links(item), known.remembered(email)
    return keys.following(links, remembered) if links or remembered else keys


def _record(given: tuple[str, str] | None, links: Any) -> Wanted | None:
    """Return the record of another sObject than people that an Id, or else a key, stands for."""
    place = given if given and given[0] not in PEOPLE else None
    place = place or next((each for each in sorted(links.items()) if each[0] not in PEOPLE), None)
    return Wanted(place[0], None, frozenset((place[1],)), place[1]) if place else None


def _several(source: str, syncs: Sequence[Sync]) -> dict[str, Several]:
    """Return what decides among several matches, by sObject: the rule of the first sync of the source (of any, without one)."""
    pushing = [sync for sync in syncs if sync.pushes and (not source or sync.source == source)]
    found: dict[str, Several] = {}
    for sync in sorted(pushing, key=lambda sync: (sync.position, sync.id)):
        found.setdefault(sync.sobject, sync.push.several)
    return found


def _not_known(item: Item) -> str:
    if item.key:
        return (
            f"Nothing is remembered of the key '{item.key}' of '{item.source}': no change of it was pushed to this org."
        )
    return "The item says nothing by which a record could be found."
