"""Gives addresses the picklists of state and country codes (help: state and country/territory picklists)."""

from __future__ import annotations

from typing import Any

from ...schema.sobjects import FieldType, PicklistValue, SObjectType
from ..rules.ruled_records import RuledRecords

CODE_LENGTH = 10
"""Length of the code fields (describe of an org that has them)."""


def add_codes(store: RuledRecords) -> None:
    """Give every address its code fields with the countries and states that the settings list now."""
    countries = [_entry(code, country["name"]) for code, country in store.settings.countries.items()]
    states = _states(store.settings.countries)
    changed = [_add(each, address, countries, states) for each in store.schema.sobjects for address in each.addresses]
    if any(changed):
        store.forget_defaults()
        store.schema.touch(store.clock.now_ms())


def _add(sobject: SObjectType, address: str, countries: list[PicklistValue], states: list[PicklistValue]) -> bool:
    """Add the two fields to one address; say whether that changed anything."""
    prefix = address.removesuffix("Address")
    if sobject.field(f"{prefix}Country") is None:
        return False
    country = _code(sobject, f"{prefix}Country", countries, address)
    state = _code(sobject, f"{prefix}State", states, address, controller_name=country.name)
    known = [sobject.field(each.name) for each in (country, state)]
    if known == [country, state]:
        return False
    sobject.add(country)
    sobject.add(state)
    return True


def _code(sobject: SObjectType, name: str, entries: list[PicklistValue], address: str, **more: Any) -> FieldType:
    text = sobject.field(name)
    return FieldType(
        f"{name}Code",
        f"{text.label if text else name} Code",
        "picklist",
        length=CODE_LENGTH,
        picklist_values=entries,
        restricted_picklist=True,
        compound_field_name=address,
        createable=text is None or text.createable,
        updateable=text is None or text.updateable,
        **more,
    )


def _states(countries: dict[str, dict[str, Any]]) -> list[PicklistValue]:
    """Return every state once for each country that has its code, valid for that country alone."""
    return [
        _entry(code, name, frozenset({place}))
        for place, country in enumerate(countries.values())
        for code, name in country.get("states", {}).items()
    ]


def _entry(code: str, name: object, valid_for: frozenset[int] | None = None) -> PicklistValue:
    return PicklistValue(code, str(name), valid_for=valid_for)
