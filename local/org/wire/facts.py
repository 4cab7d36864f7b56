"""
Facts about Salesforce that no live org confirmed, or that a release may change: one constant each, with its source.

Confidence: D official text · C seen in third-party code or captured answers · R remembered. README.md lists the doubtful ones.
"""

from __future__ import annotations

OLDEST_VERSION = 31  # D REST guide, "API end-of-life": v21-30 were retired in Summer '25
NEWEST_VERSION = 68  # Winter '27
RETIRED_VERSION_STATUS = 410  # R: 410 with UNSUPPORTED_API_VERSION; some gateways are said to answer 404
MAX_URI_BYTES = 16_384  # D REST guide, "Status codes": 414
MAX_URI_AND_HEADERS_BYTES = 16_384  # D REST guide, "Status codes": 431 for the sum of both

EDGE_PAGES = {  # C: seen by airbyte and jsforce for 414; the others follow the same server's pattern (R)
    400: "<h1>Bad Message 400</h1><pre>reason: Bad Request</pre>",
    413: "<h1>Bad Message 413</h1><pre>reason: Payload Too Large</pre>",
    414: "<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>",
    431: "<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>",
}

SESSION_EXPIRED = "Session expired or invalid"  # D SOAP guide, error handling
SESSION_NOT_FOR_REST = "This session is not valid for use with the REST API"  # C jsforce: no refresh helps
CHALLENGE_OF_A_401 = "Token"  # R: the WWW-Authenticate header of a REST 401
TOTAL_REQUESTS_EXCEEDED = "TotalRequests Limit exceeded."  # C
CONCURRENT_REQUESTS_EXCEEDED = "ConcurrentPerOrgLongTxn Limit exceeded."  # C

AUTHORIZATION_CODE_LIFE_S = 15 * 60  # D help remoteaccess_oauth_terminology
APPROVALS_PER_USER_AND_APP = 5  # D (help mirror): the sixth approval revokes the oldest token without a word
WRONG_VERIFIER = (
    "invalid_grant",
    "invalid code verifier",
)  # D, but releases differ: invalid_request was documented too
MISSING_VERIFIER = ("invalid_grant", "invalid code verifier")  # R text; D error
MISSING_CHALLENGE = ("invalid_request", "missing required code challenge")  # C
REUSED_CODE = ("invalid_grant", "expired authorization code")  # C
UNKNOWN_CODE = ("invalid_grant", "invalid authorization code")  # D
DEAD_REFRESH_TOKEN = ("invalid_grant", "expired access/refresh token")  # D
TOKEN_REQUEST_IN_PROGRESS = ("invalid_grant", "token request is already being processed")  # C segment, PostHog
LOGINS_PER_HOUR_AND_USER = 3_600  # R

LONG_REQUEST_S = 20  # D limits cheat sheet: requests that run this long count towards the concurrent limit
CONCURRENT_LONG_REQUESTS = {"paid": 25, "small": 5}  # D: production and sandboxes; Developer Edition and trials
ALLOCATION_EXCEEDED_CODE = (
    "LIMIT_EXCEEDED"  # R: what a Bulk API 2.0 request over its own daily allocation gets, with 400
)
DAILY_ALLOCATIONS = {  # names D (REST guide, "Limits"); figures R unless the limits cheat sheet gives them
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentSyncReportRuns": 20,
    "DailyAsyncApexExecutions": 250_000,
    "DailyBulkApiBatches": 15_000,  # D, shared with Bulk API 2.0 ingest
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyBulkV2QueryJobs": 10_000,  # D
    "DailyGenericStreamingApiEvents": 10_000,
    "DailyWorkflowEmails": 1_000,
    "DataStorageMB": 5_120,
    "FileStorageMB": 10_240,
    "HourlyPublishedPlatformEvents": 50_000,
    "SingleEmail": 5_000,
}

# --- what a save accepts (rules, references, duplicates) ---
TEXTAREA_NEWLINE_LENGTH = 2  # R: a line break counts as CRLF against the length of a textarea
LENGTH_IN_UTF16_UNITS = True  # R: lengths count UTF-16 units, so an emoji counts two
STRINGS_ARE_TRIMMED = True  # D SOAP guide, create(): leading and trailing white space is removed
EMPTY_STRING_IS_NULL = True  # R for every type
NULL_CHECKBOX_IS_FALSE = True  # R: null for a checkbox is stored as false instead of being refused
DATE_ACCEPTS_DATETIME = True  # R: a datetime given for a date keeps its date part
DATETIME_WITHOUT_ZONE_IS_UTC = True  # R: REST takes a datetime without a zone as UTC
OLDEST_YEAR, NEWEST_YEAR = 1700, 4000  # D SOAP guide, dateTime
YEAR_OUT_OF_RANGE_CODE = "NUMBER_OUTSIDE_VALID_RANGE"  # R
MULTIPICKLIST_MOST_VALUES = 100  # D: values selected at once
UNRESTRICTED_PICKLIST_IS_CANONICAL = True  # R: a known value in another case is stored as the picklist spells it
EMAIL_DOMAIN_NEEDS_A_DOT = True  # C: "a@b" is refused with INVALID_EMAIL_ADDRESS
WRONG_JSON_TYPE_CODE = "JSON_PARSER_ERROR"  # C: "Cannot deserialize instance of date from VALUE_STRING value ..."
WRONG_ID_TYPE_CODE = "MALFORMED_ID"  # C: "Account ID: id value of incorrect type: 003..."
UNKNOWN_REFERENCE = (
    "INVALID_CROSS_REFERENCE_KEY",
    "invalid cross reference id",
)  # C; some releases say insufficient access
DELETED_REFERENCE = ("ENTITY_IS_DELETED", "entity is deleted")  # C
SAVE_ERROR_STATUS = {  # HTTP status of a single-record answer; everything else is 400
    "ENTITY_IS_DELETED": 404,  # C
    "NOT_FOUND": 404,  # D
    "INVALID_CROSS_REFERENCE_KEY": 400,  # R: 404 when the record of the address itself is unknown
    "INSUFFICIENT_ACCESS_OR_READONLY": 403,  # R: 400 is seen too
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": 400,  # R: 403 is seen too
}
NO_CREATE_RIGHT = ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "entity type cannot be inserted: {label}")  # C
NO_UPDATE_RIGHT = ("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")  # C
CONVERTED_LEAD_MESSAGE = "cannot reference converted lead"  # C
CONVERTED_STATUS_BY_API = (
    "INVALID_STATUS",
    "invalid status",
)  # R: setting Status to a converted one without converting
DUPLICATE_MESSAGE = "Use one of these records?"  # C: the default alert text of the standard rules
ROLLED_BACK = (  # D REST guide, sObject Collections
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)
COLLECTION_REPEATED_ID = ("DUPLICATE_VALUE", "duplicate id in list: {id}")  # C code DUPLICATE_VALUE; R text
COLLECTION_COPIES_OF_AN_ID = 12  # D SOAP guide, update(): the first 12 copies of an Id are processed
IDENTITY_SCOPES = frozenset({"id", "openid", "profile", "email", "address", "phone", "full"})
"""Scopes that read the identity URL and userinfo (D: id, profile, email, address, phone; R: that `api` alone does not)."""
STANDARD_RULES_ALERT_ON_UPDATE = (
    False  # R: a new org's standard duplicate rules alert on create, and only report on edit
)
EMPTY_MATCH_RESULTS_ARE_LISTED = False  # R: whether matchResults also names the matching rules that found nothing
DUPLICATE_ELEMENT = "duplicateResut"  # C: misspelt in captured answers of single-record resources
AUTO_ASSIGN_BY_DEFAULT = True  # D REST guide, Assignment Rule Header: without the header the active rule runs
UPSERT_BODY_SINCE = 46.0  # D REST guide, upsert: from v46 an update answers 200 with a body; before, 204 without
TOO_MANY_RECORDS = (  # C: jsforce users, Salesforce Inspector
    "EXCEEDED_ID_LIMIT",
    "record limit reached. cannot submit more than {most} records into this call",
)
SEVERAL_FOR_EXTERNAL_ID = "{label}: more than one record found for external id field: [{ids}]"  # C
NOT_AN_EXTERNAL_ID = "Field name provided, {field} is not an External ID or indexed field for {sobject}"  # C
SOAP_LOGIN_GONE_FROM = 65  # R: SOAP login() left the API with Summer '25's successor and works up to v64
JSON_LIKE_TYPES = ("application/json", "application/xml", "text/xml", "text/csv", "application/x-www-form-urlencoded")
"""Content types that some REST resource accepts (D for JSON, XML and CSV; R: a form is accepted where no body is read)."""
STRICT_REFERENCE_IDS_SINCE = 52.0  # D REST guide, Composite: illegal characters of a referenceId fail all since v52
NO_PART_OF_COMPOSITE_CODE = (
    "INVALID_INPUT"  # D that parts are rows, queries and collections; R that composites and jobs get this code
)
HEADERS_OF_ALL_PARTS: frozenset[str] = (
    frozenset()
)  # R: headers of the outer composite request do not hold for its parts
PERSON_CONTACT_WRITE = (  # R code and text; D that a person's contact is written through its account
    "INVALID_OPERATION",
    "The contact of a person account cannot be changed or deleted on its own; change the account.",
)
WRONG_ACCOUNT_FIELDS = "Account: bad field names on insert/update call: {names}"  # C
NO_TOOLING_ACCESS = ("INSUFFICIENT_ACCESS", "insufficient access rights on object id")
"""R: what the Tooling API answers, with 403, to a user without View Setup and Configuration."""
ACCOUNT_HAS_CASES = (  # C: Setup says so in the same words; R over the API
    "Your attempt to delete {name} could not be completed because it is associated with the following cases.: {cases}"
)
MALFORMED_ROW_ID = "malformed id {id}"  # C, 400 MALFORMED_ID; what has not the length of an Id is 404 NOT_FOUND instead
REPEATED_TREE_REFERENCE = ("INVALID_INPUT", "Duplicate ReferenceId provided in the request.")  # C

# --- Bulk API 2.0 ---
BULK_INVALID_STATE_CODE = "INVALIDJOBSTATE"  # C; R the texts
BULK_INVALID_JOB = (
    "INVALIDJOB",
    "InvalidJob : {reason}",
)  # C for unknown objects and missing external IDs; R otherwise
BULK_INVALID_FILE = ("INVALIDBATCH", "InvalidBatch : {reason}")  # C for unknown columns; R otherwise
BULK_WRONG_LINE_ENDS = (
    "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is {name}"  # C
)
BULK_UNSUITED_QUERY = ("API_ERROR", "{what} not supported in Bulk Query")  # C: compound data, Aggregate Relationships
BULK_OTHER_VERSION_CODE = "API_VERSION_MISMATCH"  # D that it is a 409; R the code
BULK_NO_HARD_DELETE = (  # C
    "FEATURENOTENABLED",
    "FeatureNotEnabled : hardDelete operation requires special user profile permission",
)
BULK_RESULT_ROWS = 100_000  # R: rows of one results answer when the client gives no maxRecords
BULK_RESULTS_KEEP_ORDER = False  # D Bulk API 2.0 guide: no order is guaranteed; the last chunk comes first here
REPLICATION_MISSING_EDGE_CODE = "MISSING_ARGUMENT"  # R
REPLICATION_END_IS_EXCLUDED = True  # R: a stamp equal to `end` is told by the next call
DUPLICATE_HEADER_SINCE = 52.0  # D REST guide, Duplicate Rule Header
COLLECTIONS_SINCE = 42.0  # D REST guide, sObject Collections
COLLECTION_UPSERT_SINCE = 46.0  # D REST guide, Upsert Records Using sObject Collections
GRAPHS_SINCE = 50.0  # R
