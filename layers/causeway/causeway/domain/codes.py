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
_ASK_OBJECT = "Ask the Salesforce admin to give the connected user this access in its profile or a permission set."

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
    "not_writable_at_create": _warning("The field can not be set when a record is created.", _ASK_ADMIN),
    "not_writable_at_update": _warning("The field can not be changed on an existing record.", _ASK_ADMIN),
    "mapping_broken": _warning(
        "The row can not work in this org, so its value was left out.", "Correct the row; the sync shows what is wrong."
    ),
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
}

PROBLEMS: dict[str, Code] = {
    "sobject_not_found": _problem(
        "The org has no such sObject, or the connected user may not see it.",
        "Check its spelling, or ask the Salesforce admin for access.",
    ),
    "sobject_not_queryable": _problem("The connected user can not read records of the sObject.", _ASK_OBJECT),
    "sobject_not_createable": _problem("The connected user can not create records of the sObject.", _ASK_OBJECT),
    "sobject_not_updateable": _problem("The connected user can not change records of the sObject.", _ASK_OBJECT),
    "not_checked": _problem("The sync could not be checked against the org.", "Connect the org, or try again."),
    "create_needs_update": _problem(
        "create_when_missing is on and update_existing is off, so a record just created could be created again.",
        "Switch update_existing on as well.",
    ),
    "no_mappings": _problem("The sync maps no field.", "Add a row."),
    "field_mapped_twice": _problem("Two rows write one Salesforce field.", "Remove all but one."),
    "unknown_field": _problem(
        "The sObject has no such field, or the connected user may not see it.",
        "Correct the name, or ask the Salesforce admin for access.",
    ),
    "field_not_readable": _problem(
        "The field can not be read any more: it was removed, or hidden from the connected user.",
        "Correct the row, or ask the Salesforce admin for access.",
    ),
    "field_not_writable": _problem(
        "The field is Salesforce's own (error), or the connected user may not write it (warning: its values are left out).",
        "Map another field, or ask the Salesforce admin for edit access.",
    ),
    "field_not_createable": _problem(
        "The field can only be changed on existing records.", "Nothing, if that is what you want."
    ),
    "field_not_updateable": _problem(
        "The field can only be set when a record is created.", "Nothing, if that is what you want."
    ),
    "type_does_not_fit": _problem("The product field's type and the Salesforce field's type do not fit.", _CHECK_ROW),
    "value_does_not_fit": _problem(
        "The row's fixed value can not be written to the field, or not whole.", "Correct the value."
    ),
    "required_field_not_mapped": _problem(
        "The sObject can not be created without this field, and no row maps it.",
        "Map the field, or switch create_when_missing off.",
    ),
    "invalid_expression": _problem(
        "A product field or condition is no valid JMESPath.", "Correct it; see jmespath.org."
    ),
    "expression_reads_nothing": _problem(
        "An expression names nothing of a change.",
        "Begin with fields, record, account, owner or another name of the document.",
    ),
    "expression_not_pulled": _problem(
        "A computed product field can be pushed but not pulled.", "Map a plain product field to pull it."
    ),
    "option_without_effect": _problem("An option of the row has no effect there.", "Remove the option."),
    "options_contradict": _problem("Two options of the row contradict each other.", "Choose one."),
    "relationship_not_pushable": _problem(
        "The relationship path can be pulled but not pushed.", "Map the parent's Name, or its Id to the lookup field."
    ),
    "if_empty_never_applies": _problem(
        "A checkbox is never empty.", "Use overwrite, or leave it for new records only."
    ),
    "conversation_needs_text": _problem(
        "A conversation is mapped to a field that holds no text.", "Choose a long text area."
    ),
    "conversation_short_field": _problem(
        "Only the newest messages of a conversation will fit.", "Choose a long text area."
    ),
    "about_needs_lookup": _problem(
        "'about' is mapped to a field that refers to no Lead, Contact or Account.",
        "Choose a lookup such as WhoId, ContactId or AccountId.",
    ),
    "match_field_unknown": _problem("A match field does not exist.", "Choose an existing field."),
    "match_field_not_filterable": _problem("Salesforce can not search by a match field.", "Choose another field."),
    "match_field_not_mapped": _problem("A field to match by has no row that gives it a value.", "Map it."),
    "external_id_unsuitable": _problem(
        "The field is no external ID field.", "Choose a field marked External ID in Salesforce."
    ),
    "no_match_rule": _problem(
        "Existing records that Causeway did not create will not be found.", "Choose match fields."
    ),
    "same_person_twice": _problem(
        "Two syncs at the same position could create the same person.", "Give one of them a lower position."
    ),
    "schedule_invalid": _problem("The schedule has no interval and no time of day, or both.", "Choose one."),
    "filter_invalid": _problem("The filter's shape is wrong.", "Build it of groups (all, any) and conditions."),
    "filter_unknown_field": _problem("The filter names a field that the org does not show.", "Correct the name."),
    "filter_not_filterable": _problem("Salesforce can not filter by the field.", "Filter by another field."),
    "filter_operator": _problem(
        "The operator does not exist or does not fit the field's type.", "Choose another operator."
    ),
    "filter_value": _problem("The value does not fit the field.", "Correct the value."),
    "field_type_changed": _problem(
        "A mapped field changed its type in Salesforce.", "Check that the product's values still fit."
    ),
    "field_shorter": _problem(
        "A mapped field became shorter in Salesforce.", "Send shorter values, or lengthen it again."
    ),
    "picklist_value_retired": _problem(
        "A mapped picklist no longer offers a value; it will be left out.",
        "Send another value, or offer it again in Salesforce.",
    ),
}

CODES: dict[str, Code] = {**WARNINGS, **PROBLEMS}


def explained(code: str) -> Code | None:
    """Return the code's entry, or None for a code that is not Causeway's own (such as Salesforce's)."""
    return CODES.get(code)
