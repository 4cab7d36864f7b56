"""Codes of what was not done as asked with one field of one change."""

from __future__ import annotations

from causeway.contract.code_entry import Code

_CHECK_ROW = "Map another field, or correct the product's value."
_ASK_ADMIN = "Ask the Salesforce admin to give the connected user this field in its profile or permission set."


def _entry(sentence: str, remedy: str) -> Code:
    return Code("warning", sentence, remedy)


WARNINGS: dict[str, Code] = {
    "conflict_kept": _entry(
        "Both sides changed the field since they were last the same; the sync's policy kept Salesforce's value.",
        "Nothing needs to be done: the next pull tells the product. Another policy is chosen in the sync.",
    ),
    "conflict_overwritten": _entry(
        "Both sides changed the field since they were last the same; the sync's policy wrote the product's value.",
        "Look at the field's history in Salesforce if the other value is needed. Another policy is chosen in the sync.",
    ),
    "cut": _entry(
        "The text is longer than the field; its end was left out.",
        "Lengthen the field in Salesforce or send less text.",
    ),
    "characters_removed": _entry(
        "The text held characters that Salesforce cannot store; they were left out.",
        "Send the text without control characters.",
    ),
    "too_long": _entry(
        "The value is longer than the field and may not be cut.",
        "Lengthen the field in Salesforce or send a shorter value.",
    ),
    "type_mismatch": _entry("The value is of a kind that the field cannot hold.", _CHECK_ROW),
    "type_not_supported": _entry("Fields of this type cannot be written.", "Map another field."),
    "email_invalid": _entry(
        "The org would refuse this e-mail address.",
        "Correct the address; letters outside ASCII need an org with internationalized email.",
    ),
    "email_cleaned": _entry(
        "Characters around the e-mail address were left out: invisible ones, `mailto:`, a name, quotes or a final full stop.",
        "Nothing needs to be done. Send the address alone to be sure which one is meant.",
    ),
    "number_ambiguous": _entry(
        "The written number means different numbers in different countries, or a percentage outside a percent field.",
        "Send a JSON number, or digits with a dot for decimals.",
    ),
    "percent_of_one": _entry(
        "A value between 0 and 1 was written into a percent field as it is: 0.9 is stored as 0.9 %.",
        "Send 90 for 90 %, or map an expression that multiplies by 100.",
    ),
    "read_as_epoch": _entry(
        "A number was read as seconds or milliseconds since 1970.",
        "Send moments as RFC 3339, such as 2026-11-20T10:00:00Z.",
    ),
    "not_a_number": _entry("The value is no number.", "Send a JSON number, or digits with a dot for decimals."),
    "number_too_large": _entry(
        "The number has more digits than the field.", "Enlarge the field in Salesforce or send a smaller number."
    ),
    "not_a_boolean": _entry("The value is neither true nor false.", "Send true or false."),
    "date_invalid": _entry("The value is no date between 1700 and 4000.", "Send dates as YYYY-MM-DD."),
    "datetime_invalid": _entry(
        "The value is no moment between 1700 and 4000.", "Send moments as RFC 3339, such as 2026-11-20T10:00:00Z."
    ),
    "datetime_without_offset": _entry(
        "The moment names no offset from UTC, so it is unknown which moment is meant.",
        "Add Z or an offset such as +01:00.",
    ),
    "time_invalid": _entry("The value is no time of day.", "Send times as HH:MM:SS, without an offset."),
    "id_invalid": _entry(
        "The value is no Salesforce Id.", "Send the 15 or 18 characters of the Id as Salesforce shows it."
    ),
    "id_of_wrong_object": _entry(
        "The Id belongs to another kind of record than the field refers to.",
        "Send the Id of a record that this field may refer to.",
    ),
    "record_type_unknown": _entry(
        "The sObject has no such record type, or the connected user may not use it.",
        "Send the record type's Id, developer name or name, and check the user's profile.",
    ),
    "picklist_value_unknown": _entry(
        "The picklist is restricted and has no such value or label.",
        "Add the value in Salesforce or send one that exists.",
    ),
    "picklist_value_inactive": _entry(
        "The picklist value is inactive.", "Activate the value in Salesforce or send an active one."
    ),
    "picklist_not_for_controller": _entry(
        "The picklist does not offer this value beside the controlling field's value.",
        "Send a value that the controlling field allows, or map the controlling field too.",
    ),
    "picklist_not_for_record_type": _entry(
        "The record type does not offer this picklist value.", "Offer the value in the record type or send another."
    ),
    "too_many_values": _entry("A multi-select picklist takes at most 100 values.", "Send fewer values."),
    "cannot_clear": _entry("The field may not be empty, so null was ignored.", "Send a value, or remove the row."),
    "not_writable_at_create": _entry("The field cannot be set when a record is created.", _ASK_ADMIN),
    "not_writable_at_update": _entry("The field cannot be changed on an existing record.", _ASK_ADMIN),
    "mapping_broken": _entry(
        "The row cannot work in this org, so its value was left out.", "Correct the row; the sync shows what is wrong."
    ),
    "expression_too_costly": _entry(
        "The product field's expression takes more work over this change than an expression may, so the field was left out.",
        "Simplify the expression: it may not multiply lists or texts.",
    ),
    "expression_failed": _entry(
        "The product field's expression could not be worked out for this change.",
        "Check the expression against what the product sends.",
    ),
    "value_not_in_table": _entry(
        "The row's table of values does not name the product's value and has no fallback, so the field was left out.",
        "Name the value in `values`, or give the row a `fallback`.",
    ),
    "no_room": _entry(
        "The text area is full of text that Causeway did not write, so the entry was not added.",
        "Shorten the text in Salesforce, or lengthen the field.",
    ),
    "entries_dropped": _entry(
        "The text area is full; the oldest entries that Causeway had added made room for the new one.",
        "Lengthen the field in Salesforce.",
    ),
    "text_kept": _entry(
        "The field holds text that Causeway did not write, so the conversation did not replace it.",
        "Map the conversation to a field of its own, or set the row's overwrite to always.",
    ),
    "messages_dropped": _entry(
        "The conversation is longer than the field; its oldest messages were left out.",
        "Lengthen the field in Salesforce.",
    ),
    "clamped": _entry(
        "occurred_at lay more than 5 minutes after the sending and was set back to 5 minutes after it.",
        "Check the product's clock.",
    ),
    "parent_ambiguous": _entry(
        "Several records have the name, so the lookup was left as it is.", "Merge them in Salesforce, or send the Id."
    ),
    "parent_missing": _entry(
        "No record has the name, so the lookup was left as it is.",
        "Create it in Salesforce, or switch create_related on.",
    ),
    "id_not_found": _entry("The org has no record with the Id that the change names.", "Send an Id of this org."),
    "refused_before": _entry(
        "The org refused this very value before, so it was not sent again.",
        "Correct the cause. It is sent again with any other value of the record, after a day, and when the change is redriven.",
    ),
    "possible_duplicate": _entry(
        "A duplicate rule of the org knows similar records; the record was saved all the same.",
        "Merge them in Salesforce.",
    ),
    "parent_refused": _entry(
        "The org refused to create the parent record of the name, so the lookup was left as it is.",
        "Create it in Salesforce, or correct what the sentence names.",
    ),
    "about_unknown": _entry(
        "The person that the change concerns is not known in Salesforce, so the lookup was left empty.",
        "Push the person first, or send the address that Salesforce has.",
    ),
}
