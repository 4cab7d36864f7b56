"""
Facts about SOQL that no live org confirmed: one constant each, with its source.

Confidence: D official text · C seen in third-party code or captured answers · R remembered. README.md lists the doubtful ones.
"""

from __future__ import annotations

# --- what a condition matches ---
NOT_EQUAL_MATCHES_NULL = True  # R: x != 'a' and x NOT IN ('a') also return rows without a value; the guide is silent
EXCLUDES_MATCHES_NULL = True  # R: x EXCLUDES ('a') also returns rows without a value
EMPTY_TEXT_IS_NULL = True  # R: x = '' means x = null for texts and Ids
TEXTS_ARE_BEHIND_THE_EMPTY_ONE = (
    True  # C: django-salesforce's tests filter by Name > '' on live orgs; R which rows match
)
FORM_FEED_ESCAPE = True  # D SOQL guide, quoted string escape sequences: backslash f; the published grammar refuses it
WEEKS_BEGIN_ON_SUNDAY = True  # R: the first day of the week follows the user's locale; en_US is assumed
LAST_N_DAYS_INCLUDES_TODAY = True  # D SOQL guide, date literals: up to now, where the other LAST_N end before
MAX_FILTER_STRING = 4_000  # D limits cheat sheet: length of one string in a WHERE clause; R the message
MAX_SEMI_JOINS = 2  # D SOQL guide, comparison operators
INVALID_FILTER_CODE = "INVALID_QUERY_FILTER_OPERATOR"  # C for Ids; Summer '24 notes: some became MALFORMED_QUERY
HARMLESS_MODES = frozenset({"security_enforced", "user_mode"})
"""R: accepted outside Apex (the published grammar takes them; release notes of Summer '24 say otherwise of
SECURITY_ENFORCED). They change nothing here: REST always runs as the user, whose permissions the schema already follows."""

# --- what an answer holds, and in which order ---
NULLS_FIRST = True  # D SOQL guide, ORDER BY: null values are sorted first unless NULLS LAST, whichever the direction
MAX_OFFSET = 2_000  # D SOQL guide, OFFSET
MAX_FIELDS_LIMIT = 200  # D SOQL guide, FIELDS(): FIELDS(ALL) and FIELDS(CUSTOM) need LIMIT 200 or less
FIELDS_FUNCTION_VERSION = 51.0  # D SOQL guide, FIELDS()
POLYMORPHIC_TYPE = (
    "Name"  # C: attributes.type of a polymorphic parent read by its Name fields; the url has the real one
)
MAX_PARENT_RELATIONSHIPS = 55  # D limits cheat sheet: child-to-parent relationships in one query
MAX_CHILD_SUBQUERIES = 20  # D limits cheat sheet: parent-to-child relationships in one query
MAX_SUBQUERY_LEVELS = 5  # D Summer '24 release notes: five levels of parent-to-child, the root included
NESTED_SUBQUERIES_VERSION = 58.0  # D release notes: five levels from this version on, one level of children before
CHILDREN_PER_PAGE = 200  # C: jsforce's pagination tests get at most 200 children of a parent before its nextRecordsUrl

ACTIVITY_LISTS = {
    "ActivityHistory": (("ActivityDate", True), ("LastModifiedDate", True)),
    "OpenActivity": (("ActivityDate", False), ("LastModifiedDate", True)),
}
"""C timeline-lwc's issue 194 for the first; D Object Reference, OpenActivity, for the second: the order, True where it descends."""
MAX_ACTIVITIES = 500  # D Object Reference, ActivityHistory: rows of a list, where the user may not view all data
ACTIVITY_RESTRICTION = (  # C the text, of the sort order; R the words of the other rules
    "There is an implementation restriction on {relationship}. When you query this relationship, security evaluation is "
    "implemented for users who don't have administrator permissions, and {rule}"
)

# --- groups ---
GROUPS_IGNORE_CASE = True  # R: GROUP BY and COUNT_DISTINCT compare text as = does
MAX_GROUP_ROWS = 2_000  # D SOQL guide, GROUP BY: no queryMore() over aggregate results
MAX_ROLLUP_EXPRESSIONS = 3  # D SOQL guide, GROUP BY ROLLUP

NAMED = [
    "EntityDefinition"
]  # D Object Reference, EntityDefinition: references to it hold names such as Account, no Ids
NEEDED_FILTERS = {
    "ContentDocumentLink": (
        ("ContentDocumentId", "LinkedEntityId"),
        "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId or "
        "LinkedEntityId using the equals operator or multiple Id's using the IN operator.",
    ),
    "FieldDefinition": (
        ("EntityDefinitionId", "DurableId"),
        "FieldDefinition: a filter on a reified column is required [EntityDefinitionId,DurableId]",
    ),
}
"""C a client's log of sObjects that it could not read whole: the fields of which one is filtered, and what is said without.
A field of the parent, such as EntityDefinition.QualifiedApiName, is as good as its Id (D Object Reference, FieldDefinition)."""

# --- the optimizer, where the setting `optimizer_rows` plays one ---
QUERY_TIMEOUT = ("QUERY_TIMEOUT", "Your query request was running for too long.")  # C
INDEXED_STAMPS = frozenset({"CreatedDate", "SystemModstamp"})
"""D large data volumes guide: indexed audit dates; LastModifiedDate is not among them."""
