"""What Salesforce's error codes of one record mean for a push (StatusCode, SOAP API guide)."""

from __future__ import annotations

import re

from causeway.salesforce.calls import Save, SaveError

# Per-record refusals that pass: the record is tried again alone (salesforce.md §2.4).
PASSING = frozenset({"UNABLE_TO_LOCK_ROW", "TXN_SECURITY_METERING_ERROR", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT"})
# The record changed after it was read: read it again and decide anew.
STALE = frozenset({"ENTITY_IS_DELETED", "CANNOT_UPDATE_CONVERTED_LEAD", "INVALID_CROSS_REFERENCE_KEY"})
# The value of the fields that the error names cannot be saved, the rest of the record can.
DROPPABLE = frozenset(
    {
        "STRING_TOO_LONG",
        "INVALID_EMAIL_ADDRESS",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "INVALID_FIELD",
        "NUMBER_OUTSIDE_VALID_RANGE",
        "INVALID_TYPE_ON_FIELD_IN_RECORD",
        "INACTIVE_OWNER_OR_USER",
        "MALFORMED_ID",
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "INVALID_CROSS_REFERENCE_KEY",
        "FIELD_INTEGRITY_EXCEPTION",
    }
)
# One of the lookups leads nowhere; these mostly do not say which.
REFERENCES = frozenset({"INVALID_CROSS_REFERENCE_KEY", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "MALFORMED_ID"})
# A field is gone or closed: its describe is outdated.
OUTDATED_DESCRIBE = frozenset({"INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE"})
_UNKNOWN_COLUMN = re.compile(r"No such column '(\w+)'")  # INVALID_FIELD names no field but in its text


def blamed_fields(save: Save, error: SaveError) -> list[str]:
    """Return the sent fields that an error names."""
    named = error.fields or tuple(_UNKNOWN_COLUMN.findall(error.message))
    sent = {name.lower(): name for name in save.values}
    return [sent[name.lower()] for name in named if name.lower() in sent]
