"""Coerces product values to what a Salesforce field takes, by its describe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from causeway.contract.outcomes import Warning
from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.values.choices import multipicklist_value, picklist_value
from causeway.salesforce.values.coerced import NOTHING, Coerced, not_text, plain, rejected, too_long
from causeway.salesforce.values.emails import accepted_email, email_fault, normalized_email, was_cleaned
from causeway.salesforce.values.scalars import (
    boolean_value,
    date_value,
    datetime_value,
    number_value,
    reference_value,
    time_value,
)
from causeway.salesforce.values.text_fields import fitted_text
from causeway.salesforce.values.texts import is_blank

CUT_TYPES = frozenset({"string", "textarea", "combobox"})
TEXT_TYPES = frozenset({"string", "textarea", "phone", "url", "combobox", "encryptedstring"})
NUMBER_TYPES = frozenset({"int", "long", "double", "currency", "percent"})


Coercer = Callable[[FieldDescribe, Any], Coerced]


def coerced(field: FieldDescribe, value: Any, *, may_cut: bool = True) -> Coerced:
    """
    Return `value` as the field takes it; never raises.

    Only string and textarea values are cut to length, and not even they when they identify a record (external Id, unique,
    or `may_cut` false). Any other value that cannot be written is rejected with a warning. A blank value sends nothing.
    """
    if is_blank(value):
        return NOTHING
    coerce = _COERCERS.get(field.type)
    if coerce is None:
        return rejected(field, "type_not_supported", f"{field.label} is of type {field.type}, which cannot be written.")
    if field.type in CUT_TYPES and may_cut and not (field.external_id or field.unique):
        return _cut_text(field, value)
    return coerce(field, value)


def cleared(field: FieldDescribe) -> Coerced:
    """Return what empties the field: null, or false for a checkbox (a boolean is never null); nothing where it may not be empty."""
    if field.type == "boolean":
        return Coerced(False)
    if not field.nillable:
        return rejected(field, "cannot_clear", f"{field.label} may not be empty, so null was ignored.")
    return Coerced(None)


def _cut_text(field: FieldDescribe, value: Any) -> Coerced:
    text, warnings = plain(field, value)
    if not text:
        return not_text(field, value) if text is None else Coerced(None, warnings, keep=False)
    kept, had = fitted_text(field, text)
    if not had:
        return Coerced(kept, warnings)
    detail = f"{field.label} holds {field.length} characters; the text has {had} and was cut."
    return Coerced(kept, (*warnings, Warning(field.name, "cut", detail))) if kept else too_long(field)


def _whole_text(field: FieldDescribe, value: Any) -> Coerced:
    text, warnings = plain(field, value)
    if not text:
        return not_text(field, value) if text is None else Coerced(None, warnings, keep=False)
    kept, had = fitted_text(field, text)
    return too_long(field) if had else Coerced(kept, warnings)


def _email(field: FieldDescribe, value: Any) -> Coerced:
    address = accepted_email(value)
    if address is None:
        why = email_fault(value) if normalized_email(value) is None else "it has letters that the org does not accept"
        detail = f"{field.label}: the org would refuse this e-mail address, so it was left out: {why}."
        return rejected(field, "email_invalid", detail)
    if field.length and len(address) > field.length:
        return too_long(field)
    if not was_cleaned(str(value)):
        return Coerced(address)
    detail = f"{field.label}: characters around the e-mail address were left out; {address} was used."
    return Coerced(address, (Warning(field.name, "email_cleaned", detail),))


_COERCERS: dict[str, Coercer] = {
    **dict.fromkeys(TEXT_TYPES, _whole_text),
    **dict.fromkeys(NUMBER_TYPES, number_value),
    "email": _email,
    "picklist": picklist_value,
    "multipicklist": multipicklist_value,
    "boolean": boolean_value,
    "date": date_value,
    "datetime": datetime_value,
    "time": time_value,
    "reference": reference_value,
}


def is_supported(field: FieldDescribe) -> bool:
    """Return whether values of the field's type can be written at all (not address, location, base64, anyType, id)."""
    return field.type in _COERCERS
