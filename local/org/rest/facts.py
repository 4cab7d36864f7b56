"""
Facts about the REST resources that no live org confirmed, or that a release may change: one constant each, with its source.

Confidence: D official text · C seen in third-party code or captured answers · R remembered. README.md lists the doubtful ones.
"""

from __future__ import annotations

SAVE_ERROR_STATUS = {  # HTTP status of a single-record answer; everything else is 400
    "ENTITY_IS_DELETED": 404,  # C
    "NOT_FOUND": 404,  # D
    "INVALID_CROSS_REFERENCE_KEY": 400,  # R: 404 when the record of the address itself is unknown
    "INSUFFICIENT_ACCESS_OR_READONLY": 403,  # R: 400 is seen too
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": 400,  # R: 403 is seen too
}
ROLLED_BACK = (  # D REST guide, sObject Collections
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)
UNDONE_UPSERT_IS_CREATED = True
"""C: jsforce's live test of an upsert with allOrNone: every record says created, that which failed too; R that it is so only for those
that do not exist yet. Without allOrNone a record that failed says it was not created (C, captured)."""
AUTO_ASSIGN_BY_DEFAULT = True  # D REST guide, Assignment Rule Header: without the header the active rule runs
UPSERT_BODY_SINCE = 46.0  # D REST guide, upsert: from v46 an update answers 200 with a body; before, 204 without
TOO_MANY_RECORDS = (  # C: jsforce users, Salesforce Inspector
    "EXCEEDED_ID_LIMIT",
    "record limit reached. cannot submit more than {most} records into this call",
)
STRICT_REFERENCE_IDS_SINCE = 52.0  # D REST guide, Composite: illegal characters of a referenceId fail all since v52
COMPOSITE_TAKES_LONG_QUERIES = True
"""R: five queries of 100,000 characters each in one composite; D each alone (KB 000386264), and no limit of the whole is documented."""
NO_PART_OF_COMPOSITE_CODE = (
    "INVALID_INPUT"  # D that parts are rows, queries and collections; R that composites and jobs get this code
)
HEADERS_OF_ALL_PARTS: frozenset[str] = (
    frozenset()
)  # R: headers of the outer composite request do not hold for its parts
NO_TOOLING_ACCESS = ("INSUFFICIENT_ACCESS", "insufficient access rights on object id")
"""R: what the Tooling API answers, with 403, to a user without View Setup and Configuration."""
REPEATED_DEVELOPER_NAME = (
    "DUPLICATE_DEVELOPER_NAME",
    "The name of the object is already in use.",
)  # R: a second setup object of one full name
CAPTURED_SOBJECTS = frozenset(
    {"Account", "Campaign", "CampaignMember", "Case", "Contact", "Event", "Lead", "Opportunity", "Task", "User"}
)  # D Change Data Capture guide: the standard sObjects here that change events exist for
CAPTURED_ENTITIES = 5  # D Change Data Capture guide, allocations: selected entities of an org without the add-on
MALFORMED_ROW_ID = "malformed id {id}"  # C, 400 MALFORMED_ID; what has not the length of an Id is 404 NOT_FOUND instead
MALFORMED_DELETED_ID = ("MALFORMED_ID", "malformed id {id}")  # D REST guide, delete multiple records: the sample answer
EXTERNAL_ID_EXTENSIONS = (".inc",)
"""D REST guide, sObject Rows by External ID: a value that ends like a file of this kind is 404; only this one is named."""
REPEATED_TREE_REFERENCE = ("INVALID_INPUT", "Duplicate ReferenceId provided in the request.")  # C
REPLICATION_MISSING_EDGE_CODE = "MISSING_ARGUMENT"  # R
REPLICATION_END_IS_EXCLUDED = True  # R: a stamp equal to `end` belongs to the next call
DUPLICATE_HEADER_SINCE = 52.0  # D REST guide, Duplicate Rule Header
COLLECTIONS_SINCE = 42.0  # D REST guide, sObject Collections
COLLECTION_UPSERT_SINCE = 46.0  # D REST guide, Upsert Records Using sObject Collections
GRAPHS_SINCE = 50.0  # R
BLOB_CONTENT_TYPE = "application/octetstream"  # R: of sObject Blob Get, whatever the ContentType of the record
RECORD_WITHOUT_TYPE = (  # C captured upsert-sobject-collection: a record without attributes, each with this result
    "JSON_PARSER_ERROR",
    "Nested object for polymorphic foreign key must have an attributes field before any other fields.",
)
