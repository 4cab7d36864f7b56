"""Gives records their currency, and the org its list of currencies (help: manage multiple currencies)."""

from __future__ import annotations

from ...schema.sobjects import FieldType, PicklistValue, SObjectType
from ...standard.fields import READ_ONLY, checkbox, decimal, picklist, record_id, system_fields, whole
from ..rules.ruled_records import RuledRecords
from ..saving.loading import load

CODE, USERS_CODE = "CurrencyIsoCode", "DefaultCurrencyIsoCode"
WITH_CURRENCY = frozenset(
    {"Account", "Contact", "Lead", "Opportunity", "Campaign", "Case", "Task", "Event", "User", "Product2"}
)
"""D Object Reference: standard sObjects whose CurrencyIsoCode needs multiple currencies; those with an amount and custom ones too."""
LIST = "CurrencyType"


def add_currencies(store: RuledRecords) -> None:
    """Give sObjects the field CurrencyIsoCode, users their own currency, and load CurrencyType; once on, until a reset."""
    rates = store.settings.currencies
    corporate = next(iter(rates))
    entries = [PicklistValue(code, code, default=code == corporate) for code in rates]
    changed = [_add(each, CODE, "Currency ISO Code", entries) for each in store.schema.sobjects if _has_currency(each)]
    user = store.schema.sobject("User")
    if user is not None:
        changed.append(_add(user, USERS_CODE, "Default Currency ISO Code", entries))
    if not any(changed):
        return
    if store.schema.sobject(LIST) is None:
        store.schema.add(_currency_type())
    store.forget_defaults()
    store.schema.touch(store.clock.now_ms())
    known = {row["IsoCode"]: row["Id"] for row in store.table(LIST).rows.values()}
    load(store, LIST, [_row(code, rate, corporate, known.get(code)) for code, rate in rates.items()])


def _has_currency(sobject: SObjectType) -> bool:
    amounts = any(each.type == "currency" for each in sobject.fields)
    return sobject.name in WITH_CURRENCY or (sobject.createable and (amounts or sobject.name.endswith("__c")))


def _add(sobject: SObjectType, name: str, label: str, entries: list[PicklistValue]) -> bool:
    """Add a picklist of the currencies; say whether that changed anything."""
    field = FieldType(
        name,
        label,
        "picklist",
        length=3,
        picklist_values=entries,
        restricted_picklist=True,
        defaulted_on_create=True,
        permissionable=False,
    )
    if sobject.field(name) == field:
        return False
    sobject.add(field)
    return True


def _currency_type() -> SObjectType:
    """Return CurrencyType: a currency of the org, and how much of it one unit of the corporate currency is (Object Reference)."""
    fields = [
        record_id("Currency Type"),
        picklist("IsoCode", "Currency ISO Code", "", length=3, nillable=False, name_field=True),
        decimal("ConversionRate", "Conversion Rate", 18, 6, nillable=False),
        whole("DecimalPlaces", "Decimal Places"),
        checkbox("IsActive", "Active"),
        checkbox("IsCorporate", "Corporate Currency", **READ_ONLY),
        *system_fields(viewed=False),
    ]
    flags = {**READ_ONLY, "deletable": False, "undeletable": False}
    return SObjectType(LIST, "Currency Type", "01L", fields, **flags)


def _row(code: str, rate: float, corporate: str, known: str | None) -> dict[str, object]:
    row = {
        "IsoCode": code,
        "ConversionRate": rate,
        "IsCorporate": code == corporate,
        "IsActive": True,
        "DecimalPlaces": 2,
    }
    return row if known is None else {"Id": known, **row}
