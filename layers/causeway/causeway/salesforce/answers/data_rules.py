"""Codes about queries, records and values (StatusCode and ExceptionCode, SOAP API guide). Pure."""

from __future__ import annotations

from typing import Final

from causeway.salesforce.answers.access_rules import TRY_AGAIN
from causeway.salesforce.answers.meanings import Blames, Meaning, Rule

_CORRECT_SYNC: Final = "Correct the sync, or give the connected user access to what it names."
_CORRECT_VALUE: Final = "Correct the value in the product, or the field in Salesforce; then redrive the parked change."
_CORRECT_REFERENCE: Final = "Send the Id of a record that exists and that the connected user can see."
CORRECT_AND_REDRIVE: Final = "Correct the cause in Salesforce or in the product's data, then redrive the parked change."

_QUERIES: Final = (
    Rule(
        "QUERY_TIMEOUT",
        Meaning.SMALLER,
        "The query ran too long in the org.",
        "It is tried again in smaller parts; an index on what the filter reads helps.",
        passes=True,
    ),
    Rule(
        "QUERY_TOO_COMPLICATED",
        Meaning.SMALLER,
        "The query is too complicated for Salesforce.",
        "Map fewer formula fields, or filter by fewer values.",
    ),
    *(
        Rule(
            code,
            Meaning.SMALLER,
            "The request is larger than the org takes.",
            "Ask for fewer records or fields at once.",
        )
        for code in ("OPERATION_TOO_LARGE", "EXCEEDED_ID_LIMIT", "LIMIT_EXCEEDED", "REQUEST_ENTITY_TOO_LARGE")
    ),
    Rule(
        "INVALID_QUERY_LOCATOR",
        Meaning.REFUSED,
        "The place in a long query is no longer valid.",
        "It is read on from the last page that was kept.",
    ),
    Rule(
        "INVALID_FIELD",
        Meaning.REFUSED,
        "The org has no such field for the connected user.",
        _CORRECT_SYNC,
        blames=Blames.VALUE,
        outdated=True,
    ),
    Rule("INVALID_TYPE", Meaning.REFUSED, "The org has no such sObject for the connected user.", _CORRECT_SYNC),
    Rule("NOT_FOUND", Meaning.REFUSED, "What is asked for does not exist in the org.", _CORRECT_SYNC),
    *(
        Rule(code, Meaning.REFUSED, "Salesforce cannot run the query as the sync needs it.", _CORRECT_SYNC)
        for code in ("MALFORMED_QUERY", "INVALID_QUERY_FILTER_OPERATOR", "INVALID_QUERY_SCOPE", "MALFORMED_SEARCH")
    ),
    Rule(
        "INVALID_REPLICATION_DATE",
        Meaning.REFUSED,
        "The org's delete log does not reach back so far.",
        "Nothing: what was deleted is found by comparing.",
    ),
)

_LIMITS: Final = tuple(
    Rule(
        code,
        Meaning.SMALLER,
        "The org's automation exceeds a limit of Salesforce when so many records are saved at once.",
        "Records are saved in smaller groups; one that fails alone needs lighter triggers and flows in the org.",
        words=words,
        blames=Blames.RECORD,
    )
    for code in ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER", "APEX_ERROR")
    for words in (  # Apex guide, execution governors and limits; the texts as clients report them
        "limitexception",
        "apex cpu time limit",
        "too many soql queries",
        "too many query rows",
        "too many dml",
        "apex heap size",
        "too many sosl queries",
    )
)

_RECORDS: Final = (
    Rule("UNABLE_TO_LOCK_ROW", Meaning.LOCKED, "Another transaction in the org holds the record.", TRY_AGAIN),
    Rule(  # also about a record that a value refers to
        "ENTITY_IS_DELETED",
        Meaning.REFUSED,
        "The record, or one that a value refers to, was deleted in the org.",
        "Restore it, send the Id of another one, or let the sync create the record again.",
        blames=Blames.REFERENCE,
        changed=True,
    ),
    Rule(  # also about a lead that a value refers to
        "CANNOT_UPDATE_CONVERTED_LEAD",
        Meaning.REFUSED,
        "The lead, or one that a value refers to, was converted meanwhile.",
        "Save a sync to Contact as well, or send the Id of the contact.",
        blames=Blames.REFERENCE,
        changed=True,
    ),
    Rule(
        "DUPLICATES_DETECTED",
        Meaning.REFUSED,
        "A duplicate rule of the org refuses the record.",
        "Merge or correct the named records, or relax the duplicate rule.",
        blames=Blames.RECORD,
    ),
    Rule(
        "DUPLICATE_VALUE",
        Meaning.REFUSED,
        "Another record holds a value that must be unique.",
        "Correct the value, or merge the records.",
        blames=Blames.VALUE,
    ),
    Rule(
        "DUPLICATE_EXTERNAL_ID",
        Meaning.REFUSED,
        "Several records hold the external ID.",
        "Merge the records in Salesforce.",
        blames=Blames.RECORD,
    ),
    Rule(
        "REQUIRED_FIELD_MISSING",
        Meaning.REFUSED,
        "The record lacks a required field.",
        "Send or map the field.",
        blames=Blames.RECORD,
    ),
    Rule(
        "INSUFFICIENT_ACCESS_OR_READONLY",
        Meaning.REFUSED,
        "The connected user may not change the record.",
        "Share the record with the connected user, or give it the edit permission.",
        blames=Blames.RECORD,
    ),
    *(
        Rule(
            code,
            Meaning.REFUSED,
            "A rule or automation of the org refuses the record.",
            CORRECT_AND_REDRIVE,
            blames=Blames.RECORD,
        )
        for code in (
            "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            "CANNOT_EXECUTE_FLOW_TRIGGER",
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            "APEX_ERROR",
        )
    ),
)

_VALUES: Final = (
    *(
        Rule(code, Meaning.REFUSED, "The field does not take the value.", _CORRECT_VALUE, blames=Blames.VALUE)
        for code in (
            "STRING_TOO_LONG",
            "INVALID_EMAIL_ADDRESS",
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "NUMBER_OUTSIDE_VALID_RANGE",
            "INVALID_TYPE_ON_FIELD_IN_RECORD",
            "INACTIVE_OWNER_OR_USER",
            "TRANSFER_REQUIRES_READ",
            "OP_WITH_INVALID_USER_TYPE_EXCEPTION",
            "UNAVAILABLE_RECORDTYPE_EXCEPTION",
            "INVALID_STATUS",
            "INVALID_CURRENCY_ISO",
            "FIELD_INTEGRITY_EXCEPTION",
        )
    ),
    Rule(
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        Meaning.REFUSED,
        "The connected user may not write the field.",
        "Give the connected user edit access to the field.",
        blames=Blames.VALUE,
        outdated=True,
    ),
    Rule(
        "MALFORMED_ID",
        Meaning.REFUSED,
        "The value is no Id that the field takes.",
        _CORRECT_REFERENCE,
        blames=Blames.REFERENCE,
    ),
    Rule(
        "INVALID_CROSS_REFERENCE_KEY",
        Meaning.REFUSED,
        "The record that a value refers to does not exist.",
        _CORRECT_REFERENCE,
        blames=Blames.REFERENCE,
        changed=True,
    ),
    Rule(
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        Meaning.REFUSED,
        "The connected user cannot see the record that a value refers to.",
        _CORRECT_REFERENCE,
        blames=Blames.REFERENCE,
    ),
    Rule(
        "INVALID_CROSS_REFERENCE_TYPE_FOR_FIELD",
        Meaning.REFUSED,
        "The record that a value refers to is of another kind than the field takes.",
        _CORRECT_REFERENCE,
        blames=Blames.REFERENCE,
    ),
    Rule(
        "FIELD_FILTER_VALIDATION_EXCEPTION",
        Meaning.REFUSED,
        "The lookup's filter in the org does not admit the record that a value refers to.",
        "Send another record's Id, or relax the lookup filter.",
        blames=Blames.REFERENCE,
    ),
    Rule(
        "CIRCULAR_DEPENDENCY",
        Meaning.REFUSED,
        "The record that a value refers to stands below the record itself.",
        _CORRECT_REFERENCE,
        blames=Blames.REFERENCE,
    ),
)

DATA_RULES: Final = (*_QUERIES, *_LIMITS, *_RECORDS, *_VALUES)
