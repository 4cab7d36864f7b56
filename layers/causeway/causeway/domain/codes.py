"""Every stable code that an outcome, a warning or a problem may carry, each with a sentence and a remedy; docs/errors.md is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["warning", "problem", "outcome"]
SALESFORCE = "salesforce:"  # prefix of Salesforce's own status codes, passed on as they are


@dataclass(frozen=True, slots=True)
class Code:
    """One code: where it appears, what it means, what a person can do."""

    kind: Kind
    sentence: str
    remedy: str


def _warning(sentence: str, remedy: str) -> Code:
    return Code("warning", sentence, remedy)


def _problem(sentence: str, remedy: str) -> Code:
    return Code("problem", sentence, remedy)


_CHECK_ROW = "Map another field, or correct the product's value."
_ASK_ADMIN = "Ask the Salesforce admin to give the connected user this field in its profile or permission set."

WARNINGS: dict[str, Code] = {
    "cut": _warning(
        "The text is longer than the field; its end was left out.",
        "Lengthen the field in Salesforce or send less text.",
    ),
    "characters_removed": _warning(
        "The text held characters that Salesforce can not store; they were left out.",
        "Send the text without control characters.",
    ),
    "too_long": _warning(
        "The value is longer than the field and may not be cut.",
        "Lengthen the field in Salesforce or send a shorter value.",
    ),
    "type_mismatch": _warning("The value is of a kind that the field can not hold.", _CHECK_ROW),
    "type_not_supported": _warning("Fields of this type can not be written.", "Map another field."),
    "email_invalid": _warning(
        "The org would refuse this e-mail address.",
        "Correct the address; letters outside ASCII need an org with internationalized email.",
    ),
    "not_a_number": _warning("The value is no number.", "Send a JSON number, or digits with a dot for decimals."),
    "number_too_large": _warning(
        "The number has more digits than the field.", "Enlarge the field in Salesforce or send a smaller number."
    ),
    "not_a_boolean": _warning("The value is neither true nor false.", "Send true or false."),
    "date_invalid": _warning("The value is no date between 1700 and 4000.", "Send dates as YYYY-MM-DD."),
    "datetime_invalid": _warning(
        "The value is no moment between 1700 and 4000.", "Send moments as RFC 3339, such as 2026-11-20T10:00:00Z."
    ),
    "datetime_without_offset": _warning(
        "The moment names no offset from UTC, so it is unknown which moment is meant.",
        "Add Z or an offset such as +01:00.",
    ),
    "time_invalid": _warning("The value is no time of day.", "Send times as HH:MM:SS, without an offset."),
    "id_invalid": _warning(
        "The value is no Salesforce Id.", "Send the 15 or 18 characters of the Id as Salesforce shows it."
    ),
    "id_of_wrong_object": _warning(
        "The Id belongs to another kind of record than the field refers to.",
        "Send the Id of a record that this field may refer to.",
    ),
    "record_type_unknown": _warning(
        "The sObject has no such record type, or the connected user may not use it.",
        "Send the record type's Id, developer name or name, and check the user's profile.",
    ),
    "picklist_value_unknown": _warning(
        "The picklist is restricted and has no such value or label.",
        "Add the value in Salesforce or send one that exists.",
    ),
    "picklist_value_inactive": _warning(
        "The picklist value is inactive.", "Activate the value in Salesforce or send an active one."
    ),
    "picklist_not_for_controller": _warning(
        "The picklist does not offer this value beside the controlling field's value.",
        "Send a value that the controlling field allows, or map the controlling field too.",
    ),
    "picklist_not_for_record_type": _warning(
        "The record type does not offer this picklist value.", "Offer the value in the record type or send another."
    ),
    "too_many_values": _warning("A multi-select picklist takes at most 100 values.", "Send fewer values."),
    "cannot_clear": _warning("The field may not be empty, so null was ignored.", "Send a value, or remove the row."),
    "field_gone": _warning(
        "The org has no such field any more, or the connected user may not see it.",
        "Correct the mapping, or give the connected user the field.",
    ),
    "not_writable_at_create": _warning("The field can not be set when a record is created.", _ASK_ADMIN),
    "not_writable_at_update": _warning("The field can not be changed on an existing record.", _ASK_ADMIN),
    "expression_failed": _warning(
        "The product field's expression could not be worked out for this change.",
        "Check the expression against what the product sends.",
    ),
    "text_kept": _warning(
        "The field holds text that Causeway did not write, so the conversation did not replace it.",
        "Map the conversation to a field of its own, or set the row's overwrite to always.",
    ),
    "messages_dropped": _warning(
        "The conversation is longer than the field; its oldest messages were left out.",
        "Lengthen the field in Salesforce.",
    ),
    "about_missing": _warning(
        "The change names nobody that it is about, so the lookup was left empty.", "Send `about` with the change."
    ),
}

PROBLEMS: dict[str, Code] = {}

CODES: dict[str, Code] = {**WARNINGS, **PROBLEMS}


def explained(code: str) -> Code | None:
    """Return the code's entry, or None for a code that is not Causeway's own (such as Salesforce's)."""
    return CODES.get(code)
