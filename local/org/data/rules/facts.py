"""
Facts about what a save accepts that no live org confirmed, or that a release may change: one constant each, with its source.

Confidence: D official text · C seen in third-party code or captured answers · R remembered. README.md lists the doubtful ones.
"""

from __future__ import annotations

TEXTAREA_NEWLINE_LENGTH = 2  # D help 000240417: a line break counts two; 000382141 says bytes: a setting
RICH_TEXT_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
"""C developer forums: special characters become entities on input and count as such, an ampersand and an apostrophe 5;
D help 000382141 that HTML encoding counts; R that line breaks of plain text stay as they are."""
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
HIDDEN_REFERENCE = (  # C: captured answers, the Id with 15 characters
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    "insufficient access rights on cross-reference id: {id}",
)
UNSEEN_HOLDER = (
    "<unknown>"  # C: stands for field and Id in DUPLICATE_VALUE when the caller may not see the other record
)
DELETED_REFERENCE = ("ENTITY_IS_DELETED", "entity is deleted")  # C
NO_CREATE_RIGHT = ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "entity type cannot be inserted: {label}")  # C
NO_UPDATE_RIGHT = ("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")  # C
CONVERTED_LEAD_MESSAGE = "cannot reference converted lead"  # C
CONVERTED_STATUS_BY_API = (
    "INVALID_STATUS",
    "invalid status",
)  # R: setting Status to a converted one without converting
DUPLICATE_MESSAGE = "Use one of these records?"  # C: the default alert text of the standard rules
STANDARD_RULES_ALERT_ON_UPDATE = (
    False  # R: a new org's standard duplicate rules alert on create, and only report on edit
)
EMPTY_MATCH_RESULTS_ARE_LISTED = False  # R: whether matchResults also names the matching rules that found nothing
DUPLICATE_ELEMENT = "duplicateResut"  # C: misspelt in captured answers of single-record resources
SEVERAL_FOR_EXTERNAL_ID = "{label}: more than one record found for external id field: [{ids}]"  # C
NOT_AN_EXTERNAL_ID = "Field name provided, {field} is not an External ID or indexed field for {sobject}"  # C
PERSON_CONTACT_WRITE = (  # R code and text; D that a person's contact is written through its account
    "INVALID_OPERATION",
    "The contact of a person account cannot be changed or deleted on its own; change the account.",
)
WRONG_ACCOUNT_FIELDS = "Account: bad field names on insert/update call: {names}"  # C
ACCOUNT_HAS_CASES = (  # C: Setup says so in the same words; R over the API
    "Your attempt to delete {name} could not be completed because it is associated with the following cases.: {cases}"
)
LIMIT_EXCEPTION_CODE = (
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"  # C: clients' reports of "...: System.LimitException: ..."
)
LIMIT_EXCEPTION_ENDS_ITS_CHUNK = True
"""D Apex guide, execution governors and limits: the exception cannot be handled, so that the whole transaction is undone;
R that records which had failed before the triggers keep their own errors."""
LOCK_MESSAGE = "unable to obtain exclusive access to this record or 1 records: {id}"  # C
PARENTS_LOCKED_BY_EVERY_SAVE = frozenset({"AccountId", "CampaignId"})
"""D record locking cheat sheet: saving a child locks its account, campaign or master; other look-ups only as they change."""
STATE_WITHOUT_COUNTRY = "A country/territory must be specified before specifying a state value for field: {label}"  # C
BAD_STATE = (  # C
    "There's a problem with this state, even though it may appear correct. Please select a state from the list of valid "
    "states.: {label}"
)
BAD_COUNTRY = (  # C
    "There's a problem with this country, even though it may appear correct. Please select a country/territory from the "
    "list of valid countries.: {label}"
)
NAME_AND_CODE_DIFFER = "Mismatched integration value and ISO code for field: {label}"  # C; D help, field-syncing logic
REPEATED_UPDATES_ALLOWED = 12
"""D SOAP guide, update(), and help 000199611: of the Ids that one batch updates again, the first 12 are processed;
R that those of different Ids count together."""
REPEATED_UPDATE = (  # D SOAP guide, update(): the text; C the code and the Id with 15 characters
    "DUPLICATE_VALUE",
    "Maximum number of duplicate updates in one batch (12 allowed). Attempt to update Id more than once in this Api call: {id}",
)
REPEATED_EXTERNAL_ID = ("DUPLICATE_VALUE", "Duplicate external id specified: {value}")  # C: every row of the key fails
