"""Codes of what the save check and the drift check find in a sync."""

from __future__ import annotations

from causeway.contract.code_entry import Code

_CHECK_ROW = "Map another field, or correct the product's value."
_ASK_OBJECT = "Ask the Salesforce admin to give the connected user this access in its profile or a permission set."


def _entry(sentence: str, remedy: str) -> Code:
    return Code("problem", sentence, remedy)


PROBLEMS: dict[str, Code] = {
    "sobject_not_found": _entry(
        "The org has no such sObject, or the connected user may not see it.",
        "Check its spelling, or ask the Salesforce admin for access.",
    ),
    "sobject_not_queryable": _entry("The connected user cannot read records of the sObject.", _ASK_OBJECT),
    "sobject_not_createable": _entry("The connected user cannot create records of the sObject.", _ASK_OBJECT),
    "sobject_not_updateable": _entry("The connected user cannot change records of the sObject.", _ASK_OBJECT),
    "not_checked": _entry("The sync could not be checked against the org.", "Connect the org, or try again."),
    "org_changed": _entry(
        "The tenant was connected to another org, so the sync was switched off.",
        "Check its mappings and enable it again.",
    ),
    "create_needs_update": _entry(
        "create_when_missing is on and update_existing is off, so a record just created could be created again.",
        "Switch update_existing on as well.",
    ),
    "no_mappings": _entry("The sync maps no field.", "Add a row."),
    "field_mapped_twice": _entry("Two rows write one Salesforce field.", "Remove all but one."),
    "compound_field": _entry(
        "The field is made of several fields, such as an address, and cannot be pulled as one.",
        "Map its parts; the problem's message names them.",
    ),
    "file_field": _entry("The field holds a file, which a pull does not carry.", "Map Id and fetch the file by it."),
    "query_too_long": _entry(
        "The query of the sync's mappings and filter is longer than Salesforce takes.",
        "Map fewer fields or shorten the filter.",
    ),
    "query_refused": _entry(
        "Salesforce refuses the query that a run of the sync would make.", "Do what the problem's message says."
    ),
    "query_slow": _entry(
        "Salesforce takes long to find a record of the rule.", "Filter by an indexed field, or ask for a custom index."
    ),
    "compared_each_run": _entry(
        "The sObject has no stamp that Salesforce can filter by, so every run reads all records and compares them.",
        "Nothing, if that is what you want; a daily schedule takes fewer API calls.",
    ),
    "records_without_ids": _entry(
        "Salesforce makes the sObject's records up when it is asked and gives them no Ids, as for EntityDefinition.",
        "Sync another sObject.",
    ),
    "too_many_to_compare": _entry(
        "The sObject has no stamp that Salesforce can filter by, and too many records to read all of them in every run.",
        "Narrow the filter.",
    ),
    "changes_not_stamped": _entry(
        "Salesforce stamps the sObject's records only when they are created, so a pull finds new ones only.",
        "Nothing, if that is what you want.",
    ),
    "deletes_not_logged": _entry(
        "Salesforce keeps no log of the sObject's deletes: a pull looks for them once a day.",
        "Nothing, if that is what you want.",
    ),
    "deletes_refused": _entry(
        "A run could not look for records deleted permanently, because Salesforce refused it.",
        "Do what the message says; the next run looks again.",
    ),
    "sweep_refused": _entry(
        "A run could not compare the rule's records, because Salesforce refused it.",
        "Do what the message says; it is tried again the next day.",
    ),
    "unknown_field": _entry(
        "The sObject has no such field, or the connected user may not see it.",
        "Correct the name, or ask the Salesforce admin for access.",
    ),
    "field_not_readable": _entry(
        "The field cannot be read any more: it was removed, or hidden from the connected user.",
        "Correct the row, or ask the Salesforce admin for access.",
    ),
    "field_not_writable": _entry(
        "The field is Salesforce's own (error), or the connected user may not write it (warning: its values are left out).",
        "Map another field, or ask the Salesforce admin for edit access.",
    ),
    "field_not_createable": _entry(
        "The field can only be changed on existing records.", "Nothing, if that is what you want."
    ),
    "field_not_updateable": _entry(
        "The field can only be set when a record is created.", "Nothing, if that is what you want."
    ),
    "append_needs_text_area": _entry(
        "The write rule 'append' adds dated entries to a text, and the field is no text area.",
        "Choose another write rule, or map a text area.",
    ),
    "type_does_not_fit": _entry("The product field's type and the Salesforce field's type do not fit.", _CHECK_ROW),
    "value_does_not_fit": _entry(
        "The row's fixed value cannot be written to the field, or not whole.", "Correct the value."
    ),
    "required_field_not_mapped": _entry(
        "The sObject cannot be created without this field, and no row maps it.",
        "Map the field, or switch create_when_missing off.",
    ),
    "expression_too_costly": _entry(
        "An expression takes more work than an expression may, whatever it is given.",
        "Simplify it: it may not multiply lists or texts.",
    ),
    "more_problems": _entry(
        "There are more findings than are shown.", "Correct those that are shown; then save again."
    ),
    "invalid_expression": _entry("A product field or condition is no valid JMESPath.", "Correct it; see jmespath.org."),
    "expression_reads_nothing": _entry(
        "An expression names nothing of a change.",
        "Begin with fields, record, account, owner or another name of the document.",
    ),
    "expression_not_pulled": _entry(
        "A computed product field can be pushed but not pulled.", "Map a plain product field to pull it."
    ),
    "option_without_effect": _entry("An option of the row has no effect there.", "Remove the option."),
    "options_contradict": _entry("Two options of the row contradict each other.", "Choose one."),
    "relationship_not_pushable": _entry(
        "The relationship path can be pulled but not pushed.", "Map the parent's Name, or its Id to the lookup field."
    ),
    "if_empty_never_applies": _entry("A checkbox is never empty.", "Use overwrite, or leave it for new records only."),
    "conversation_needs_text": _entry(
        "A conversation is mapped to a field that holds no text.", "Choose a long text area."
    ),
    "conversation_short_field": _entry(
        "Only the newest messages of a conversation will fit.", "Choose a long text area."
    ),
    "about_needs_lookup": _entry(
        "'about' is mapped to a field that refers to no Lead, Contact or Account.",
        "Choose a lookup such as WhoId, ContactId or AccountId.",
    ),
    "match_field_unknown": _entry("A match field does not exist.", "Choose an existing field."),
    "match_field_not_filterable": _entry("Salesforce cannot search by a match field.", "Choose another field."),
    "match_field_not_mapped": _entry("A field to match by has no row that gives it a value.", "Map it."),
    "external_id_unsuitable": _entry(
        "The field is no external ID field.", "Choose a field marked External ID in Salesforce."
    ),
    "no_match_rule": _entry("Existing records that Causeway did not create will not be found.", "Choose match fields."),
    "match_field_not_createable": _entry(
        "Records are found by a field that the connected user may not set on new ones, so they would be created again.",
        "Ask the Salesforce admin for edit access, or choose another field.",
    ),
    "parent_not_createable": _entry(
        "A missing parent cannot be created by its name alone, or not by the connected user.",
        "Map its Id, create parents in Salesforce, or give the connected user the right.",
    ),
    "writes_nothing": _entry(
        "The sync neither updates nor creates records, so it skips every change.", "Switch update_existing on."
    ),
    "match_fields_proposed": _entry(
        "Salesforce takes one record of the sObject per combination of fields only, and the sync does not match by it.",
        "Match by the fields that the message names.",
    ),
    "same_person_twice": _entry(
        "Two syncs at the same position could create the same person.", "Give one of them a lower position."
    ),
    "delivered_sooner": _entry(
        "Another sync of the source has a shorter deliver_within_s, which then holds for both.",
        "Give both the same, or leave it.",
    ),
    "schedule_invalid": _entry("The schedule has no interval and no time of day, or both.", "Choose one."),
    "filter_invalid": _entry("The filter's shape is wrong.", "Build it of groups (all, any) and conditions."),
    "filter_unknown_field": _entry("The filter names a field that the org does not show.", "Correct the name."),
    "filter_not_filterable": _entry("Salesforce cannot filter by the field.", "Filter by another field."),
    "filter_operator": _entry(
        "The operator does not exist or does not fit the field's type.", "Choose another operator."
    ),
    "filter_value": _entry("The value does not fit the field.", "Correct the value."),
    "field_type_changed": _entry(
        "A mapped field changed its type in Salesforce.", "Check that the product's values still fit."
    ),
    "field_shorter": _entry(
        "A mapped field became shorter in Salesforce.", "Send shorter values, or lengthen it again."
    ),
    "picklist_value_retired": _entry(
        "A mapped picklist no longer offers a value; it will be left out.",
        "Send another value, or offer it again in Salesforce.",
    ),
}
