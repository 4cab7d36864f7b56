"""Codes of why a change was skipped, rejected or waits; Salesforce's own status codes follow `salesforce:` as they are."""

from __future__ import annotations

from causeway.contract.code_entry import Code

SALESFORCE = "salesforce:"
_ONE_RECORD = "Nothing, if one record of a person is meant; otherwise set the sync's create_unless to never."


def _entry(sentence: str, remedy: str) -> Code:
    return Code("outcome", sentence, remedy)


OUTCOMES: dict[str, Code] = {
    "condition": _entry("The sync's condition does not hold for the change.", "Nothing, if the condition is meant so."),
    "condition_too_costly": _entry(
        "The sync's condition takes more work over this change than a condition may.",
        "Simplify the condition: it may not multiply lists or texts. Then redrive the change.",
    ),
    "converted": _entry(
        "The lead was converted; converted leads are not changed, and no second lead is created.",
        "Save a sync to Contact, which takes such changes to the contact that the lead became.",
    ),
    "memory_full": _entry(
        "So much is remembered of this person or record already that this change could not be, and might then be written twice or late.",
        "Give the people who share an address addresses of their own, or map fewer fields; then redrive.",
    ),
    "deleted_in_salesforce": _entry(
        "The record was deleted in Salesforce.",
        "Restore the record in Salesforce, or let the sync recreate deleted records.",
    ),
    "exists_as_contact": _entry("The person is a contact already, so no lead was created.", _ONE_RECORD),
    "exists_as_lead": _entry("The person is an open lead already, so no contact was created.", _ONE_RECORD),
    "no_match": _entry("No record matches, and the sync does not create.", "Switch create_when_missing on."),
    "updates_off": _entry("A record matches, and the sync does not update.", "Switch update_existing on."),
    "superseded": _entry("Newer changes have already decided every field that this one carries.", "Nothing."),
    "no_sync": _entry(
        "No enabled push sync takes changes of the source.",
        "Save a sync for the source and enable it; changes that arrive afterwards are pushed.",
    ),
    "not_connected": _entry("The tenant has no connected org.", "Connect the org."),
    "pending": _entry("Connecting has begun and is not finished; the change waits.", "Finish connecting."),
    "reconnection_required": _entry(
        "Salesforce ended the connection's grant; the change waits.", "An admin of the tenant connects the org again."
    ),
    "org_unavailable": _entry(
        "The org could not be reached at ten deliveries in a row; the change waits and goes on by itself.",
        "Nothing needs to be done. Salesforce's own status page is status.salesforce.com.",
    ),
    "not_settled_yet": _entry(
        "The change was gathered with others and met something passing; it is tried again within a minute or two.",
        "Nothing needs to be done.",
    ),
    "person_unknown": _entry(
        "The person whom the change concerns is not known in Salesforce yet; the change waits for a while.",
        "Nothing needs to be done: it goes on when the person is pushed, and without the person at the end of the wait.",
    ),
    "quota_spent": _entry(
        "The org's API quota, or Causeway's share of it, is spent; the change waits and goes on by itself.",
        "Raise QuotaSharePercent, or ask Salesforce for more calls.",
    ),
    "missing_permission": _entry(
        "The connected user lacks a permission that the work needs; the change waits.",
        "Ask the Salesforce admin to give the connected user what the sentence names.",
    ),
    "password_expired": _entry(
        "The connected user's password has expired, so the org refuses every call; the change waits.",
        "In Salesforce set a new password, or use an integration user whose password never expires.",
    ),
    "missing_required_field": _entry(
        "The record cannot be created without a field that the change gives no value for.",
        "Send the missing fields, map them, or give them a default in Salesforce.",
    ),
    "shared_email": _entry(
        "More than 50 records have the e-mail address, so it does not tell who is meant.",
        "Give the people addresses of their own, or send salesforce_contact_id or salesforce_lead_id.",
    ),
    "several_matches": _entry(
        "Several records match, and the sync says to reject then.",
        "Merge the duplicates in Salesforce, send the record's Id, or let the sync choose the newest.",
    ),
    "duplicate_blocked": _entry(
        "A duplicate rule of the org refuses the record.",
        "Merge or correct the named records in Salesforce, send the record's Id, or relax the duplicate rule.",
    ),
    "invalid_message": _entry(
        "The message, or one change of it, breaks its contract.",
        "Correct the sender; docs/messages.md shows every key.",
    ),
    "crashed": _entry(
        "The push function failed on the change, or its message made the function fail again and again: a defect of Causeway.",
        "Look at the function's log, which names the fault and its place; redrive the change once it is corrected.",
    ),
    "invalid_email": _entry(
        "The e-mail address cannot be used, and nothing else identifies the person.",
        "Correct the address in the product and send the change again, or leave the address empty to create the person without one.",
    ),
    "invalid_match_key": _entry(
        "The change gives no usable value for the fields by which the sync finds its record.",
        "Send the value with every change, or choose other match fields.",
    ),
    "sobject_not_visible": _entry(
        "The org has no such sObject, or the connected user may not see it.",
        "Give the connected user access to it, or correct the sync; then redrive.",
    ),
    "broken_mapping": _entry(
        "The sync's rules do not fit the org any more.", "Correct the sync as its problems say; then redrive."
    ),
    "invalid_record": _entry(
        "A value by which the record would be found cannot be put into a query.",
        "Correct the value; then send it again.",
    ),
}
