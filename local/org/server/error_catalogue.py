"""Status and message of every REST error class, for fault rules that name only the code."""

from __future__ import annotations

from ..oauth.facts import SESSION_EXPIRED
from ..setup.facts import CONCURRENT_REQUESTS_EXCEEDED, TOTAL_REQUESTS_EXCEEDED

_DENIED = "insufficient access rights on object id"
_OVERLOADED = "The transaction exceeded the org's limits."
ERRORS: dict[str, tuple[int, str]] = {
    "INVALID_SESSION_ID": (401, SESSION_EXPIRED),
    "INVALID_AUTH_HEADER": (401, "INVALID_HEADER_TYPE"),
    "INVALID_OPERATION_WITH_EXPIRED_PASSWORD": (
        403,
        "The users password has expired, you must call SetPassword before attempting any other API operations",
    ),
    "REQUEST_LIMIT_EXCEEDED": (403, TOTAL_REQUESTS_EXCEEDED),
    "API_DISABLED_FOR_ORG": (403, "The REST API is not enabled for this Organization."),
    "API_CURRENTLY_DISABLED": (403, "API is currently disabled for this organization"),
    "INSUFFICIENT_ACCESS_OR_READONLY": (403, _DENIED),
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": (400, "insufficient access rights on cross-reference id"),
    "INSUFFICIENT_ACCESS": (403, _DENIED),
    "FORBIDDEN": (403, "You don't have access to this resource"),
    "NOT_FOUND": (404, "The requested resource does not exist"),
    "ENTITY_IS_DELETED": (404, "entity is deleted"),
    "INVALID_CROSS_REFERENCE_KEY": (404, "invalid cross reference id"),
    "METHOD_NOT_ALLOWED": (405, "HTTP Method 'POST' not allowed. Allowed are GET,HEAD"),
    "UNSUPPORTED_MEDIA_TYPE": (415, "Content-Type not supported"),
    "MALFORMED_ID": (400, "malformed id"),
    "INVALID_FIELD": (400, "No such column 'Foo' on sobject of type Contact"),
    "INVALID_TYPE": (400, "sObject type is not supported."),
    "MALFORMED_QUERY": (400, "unexpected token"),
    "INVALID_QUERY_FILTER_OPERATOR": (400, "invalid operator"),
    "INVALID_QUERY_LOCATOR": (400, "invalid query locator"),
    "INVALID_QUERY_SCOPE": (400, "invalid query scope"),
    "REQUIRED_FIELD_MISSING": (400, "Required fields are missing: [LastName]"),
    "STRING_TOO_LONG": (400, "data value too large"),
    "INVALID_EMAIL_ADDRESS": (400, "Email: invalid email address"),
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": (400, "bad value for restricted picklist field"),
    "INVALID_FIELD_FOR_INSERT_UPDATE": (
        400,
        "Unable to create/update fields. Please check the security settings of this field "
        "and verify that it is read/write for your profile or permission set.",
    ),
    "DUPLICATE_VALUE": (400, "duplicate value found"),
    "DUPLICATES_DETECTED": (400, "Use one of these records?"),
    "DUPLICATE_EXTERNAL_ID": (400, "external id matched more than one record"),
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": (400, "A validation rule refused this record."),
    "CANNOT_UPDATE_CONVERTED_LEAD": (400, "cannot reference converted lead"),
    "CANNOT_EXECUTE_FLOW_TRIGGER": (400, "We can't save this record because a process failed."),
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": (400, "LeadTrigger: execution of BeforeInsert caused by: an error"),
    "INACTIVE_OWNER_OR_USER": (400, "operation performed with inactive user as owner"),
    "UNABLE_TO_LOCK_ROW": (400, "unable to obtain exclusive access to this record or 1 records"),
    "STORAGE_LIMIT_EXCEEDED": (400, "storage limit exceeded"),
    "LIMIT_EXCEEDED": (400, _OVERLOADED),
    "OPERATION_TOO_LARGE": (400, _OVERLOADED),
    "EXCEEDED_ID_LIMIT": (400, _OVERLOADED),
    "QUERY_TIMEOUT": (400, "Your query request was running for too long."),
    "QUERY_TOO_COMPLICATED": (400, "The query is too complicated."),
    "JSON_PARSER_ERROR": (400, "Unexpected character"),
    "NUMBER_OUTSIDE_VALID_RANGE": (400, "Maximum SOQL offset allowed is 2000"),
    "INVALID_REPLICATION_DATE": (400, "startDate before org replication enabled date"),
    "TXN_SECURITY_NO_ACCESS": (400, "The operation you requested isn't allowed due to a security policy."),
    "TXN_SECURITY_METERING_ERROR": (400, "The enabled transaction security policies took too long to complete."),
    "PROCESSING_HALTED": (
        400,
        "The transaction was rolled back since another operation in the same transaction failed.",
    ),
    "ALL_OR_NONE_OPERATION_ROLLED_BACK": (
        400,
        "Record rolled back because not all records were valid and the request was using AllOrNone header",
    ),
    "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE": (
        400,
        "Updates can't be made during maintenance, when the organization is read only",
    ),
    "CONCURRENT_REQUESTS_LIMIT_EXCEEDED": (403, CONCURRENT_REQUESTS_EXCEEDED),
    "UNKNOWN_EXCEPTION": (
        500,
        "An unexpected error occurred. Please include this ErrorId if you contact support: 1234567890-12345 (-123456789)",
    ),
    "SERVER_UNAVAILABLE": (503, "Server Unavailable"),
}
