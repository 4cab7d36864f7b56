"""How the schema and the records follow the settings of the org."""

from __future__ import annotations

from ...standard.seed import organization_row
from ..rules.ruled_records import RuledRecords
from ..saving.loading import load
from .currencies import add_currencies
from .person_accounts import enable
from .rule_records import refresh
from .state_country import add_codes


def follow_settings(store: RuledRecords) -> None:
    """Follow the settings that change schema or records; person accounts and address picklists, once enabled, stay."""
    if store.settings.person_accounts:
        enable(store)
    if store.settings.state_country_picklists:
        add_codes(store)
    if store.settings.currencies:
        add_currencies(store)
    refresh(store)
    load(store, "Organization", [{"Id": store.organization_id, **organization_row(store.settings)}])
