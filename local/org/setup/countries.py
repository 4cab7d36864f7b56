"""The countries and states of an org with state and country/territory picklists: codes and integration values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..wire.messages import OrgError

_UNITED_STATES = {
    "CA": "California",
    "FL": "Florida",
    "IL": "Illinois",
    "MA": "Massachusetts",
    "NY": "New York",
    "OR": "Oregon",
    "TX": "Texas",
    "WA": "Washington",
}


def default_countries() -> dict[str, dict[str, object]]:
    """Return some countries with ISO codes and names, three of them with states (help: integration values default to these)."""
    return {
        "US": {"name": "United States", "states": dict(_UNITED_STATES)},
        "CA": {"name": "Canada", "states": {"BC": "British Columbia", "ON": "Ontario", "QC": "Quebec"}},
        "AU": {"name": "Australia", "states": {"NSW": "New South Wales", "VIC": "Victoria", "WA": "Western Australia"}},
        "DE": {"name": "Germany", "states": {}},
        "FR": {"name": "France", "states": {}},
        "GB": {"name": "United Kingdom", "states": {}},
        "NL": {"name": "Netherlands", "states": {}},
    }


def checked_countries(countries: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise INVALID_FIELD unless every country has a name and states by code."""
    for code, country in countries.items():
        states = country.get("states", {})
        named = isinstance(country.get("name"), str) and isinstance(states, dict)
        if not named or set(country) - {"name", "states"} or not all(isinstance(each, str) for each in states.values()):
            raise OrgError("INVALID_FIELD", f"Country {code!r} has a 'name' and 'states', names by code.")
