"""State and country/territory picklists: names and codes follow each other (help: field-syncing logic)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...schema.row import Row
from ...schema.sobjects import SObjectType
from . import facts
from .save_results import RecordError, Save

type Countries = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Pair:
    """A name and the code beside it, of a country or of a state: their fields, and the known names by code."""

    name: str
    code: str
    known: Mapping[str, str]

    def code_of(self, name: str | None) -> str | None:
        wanted = (name or "").casefold()
        return next((code for code, each in self.known.items() if each.casefold() == wanted), None)

    def sync(self, row: Row, before: Row | None) -> None:
        """Let the one follow that the save changes; two that were both changed and differ stay, to be refused."""
        was = before or {}
        name_changed = row.get(self.name) != was.get(self.name)
        if row.get(self.code) != was.get(self.code) and not (name_changed and before and row.get(self.name)):
            _put(row, self.name, self.known.get(row.get(self.code, "")))
        elif name_changed and row.get(self.code) == was.get(self.code):
            code = self.code_of(row.get(self.name))
            _put(row, self.code, code)
            _put(row, self.name, self.known[code] if code else row.get(self.name))

    def differs(self, row: Row) -> bool:
        return (row.get(self.name) or "").casefold() != self.known.get(row.get(self.code, ""), "").casefold()


def has_codes(sobject: SObjectType, address: str) -> bool:
    """Say whether a compound address has codes, as it has in an org with these picklists."""
    return sobject.field(f"{address.removesuffix('Address')}StateCode") is not None


def sync_codes(countries: Countries, row: Row, before: Row | None, address: str) -> None:
    """
    Let names and codes of an address follow each other.

    A country that is taken away by its code takes the state along, unless the save gives another.
    """
    country = _country(countries, address)
    country.sync(row, before)
    state = _state(countries, row, address)
    removed = (
        before is not None and before.get(country.code) and not row.get(country.code) and not row.get(country.name)
    )
    if removed and before is not None and row.get(state.code) == before.get(state.code):
        _put(row, state.name, None)
        _put(row, state.code, None)
    state.sync(row, before)


def bad_addresses(save: Save) -> Iterator[RecordError]:
    """Refuse countries and states that the org does not list, states without their country, and names that differ from codes."""
    for address in save.sobject.addresses:
        if has_codes(save.sobject, address):
            yield from _refused(save, address)


def _refused(save: Save, address: str) -> Iterator[RecordError]:
    countries, row = save.records.settings.countries, save.row
    country, state = _country(countries, address), _state(countries, row, address)
    if not {country.name, country.code, state.name, state.code} & save.changes.keys():
        return
    has_state = row.get(state.name) or row.get(state.code)
    if row.get(country.name) and not row.get(country.code):
        yield _error(save, country, facts.BAD_COUNTRY)
    elif country.differs(row):
        yield _error(save, country, facts.NAME_AND_CODE_DIFFER)
    elif has_state and not row.get(country.code):
        yield _error(save, state, facts.STATE_WITHOUT_COUNTRY)
    elif has_state and row.get(state.code) not in state.known:
        yield _error(save, state, facts.BAD_STATE)
    elif state.differs(row):
        yield _error(save, state, facts.NAME_AND_CODE_DIFFER)


def _error(save: Save, pair: _Pair, message: str) -> RecordError:
    field = save.sobject.field(pair.name)
    label = field.label if field else pair.name
    return RecordError("FIELD_INTEGRITY_EXCEPTION", message.format(label=label), [pair.name])


def _country(countries: Countries, address: str) -> _Pair:
    prefix = address.removesuffix("Address")
    return _Pair(f"{prefix}Country", f"{prefix}CountryCode", {code: each["name"] for code, each in countries.items()})


def _state(countries: Countries, row: Row, address: str) -> _Pair:
    prefix = address.removesuffix("Address")
    states = countries.get(row.get(f"{prefix}CountryCode", ""), {}).get("states", {})
    return _Pair(f"{prefix}State", f"{prefix}StateCode", states)


def _put(row: Row, name: str, value: str | None) -> None:
    if value is None:
        row.pop(name, None)
    else:
        row[name] = value
