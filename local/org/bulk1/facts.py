"""
Facts about Bulk API 1.0 that no live org confirmed, or that a release may change: one constant each, with its source.

Confidence: D official text · C seen in third-party code or captured answers · R remembered. README.md lists the doubtful ones.
"""

from __future__ import annotations

BULK1_ERROR_CODES = {  # D Bulk API guide, "Errors": the codes; R which refusal of the REST API gets which
    "INVALIDJOB": "InvalidJob",
    "INVALIDBATCH": "InvalidBatch",
    "INVALIDJOBSTATE": "InvalidJobState",
    "FEATURENOTENABLED": "FeatureNotEnabled",
    "INVALID_SESSION_ID": "InvalidSessionId",
    "INVALID_AUTH_HEADER": "InvalidSessionId",
    "REQUEST_LIMIT_EXCEEDED": "ExceededQuota",
    "LIMIT_EXCEEDED": "ExceededQuota",
    "API_DISABLED_FOR_ORG": "FeatureNotEnabled",
    "API_CURRENTLY_DISABLED": "FeatureNotEnabled",
    "UNSUPPORTED_API_VERSION": "InvalidVersion",
    "METHOD_NOT_ALLOWED": "InvalidUrl",
    "NOT_FOUND": "InvalidUrl",
    "UNSUPPORTED_MEDIA_TYPE": "ClientInputError",
    "MALFORMED_ID": "InvalidUrl",
    "UNKNOWN_EXCEPTION": "Unknown",
}
INVALID_SESSION = "Invalid session id"  # C: jsforce's and simple-salesforce's reports; with 400, not 401
UNPARSED_JOB = ("InvalidJob", "Unable to parse Job")  # C: jsforce pull request 186
UNKNOWN_JOB = ("InvalidJob", "Invalid job id: {id}")  # D the code; R the text
UNKNOWN_BATCH = ("InvalidBatch", "Unable to find a batch with id: {id}")  # D the code; R the text
CLOSED_JOB = ("InvalidJobState", "Job is {state}, it has to be Open: {id}")  # D the code; R the text
NOT_COMPLETED = ("InvalidBatch", "Batch not completed")  # R
EMPTY_BATCH = ("ClientInputError", "Unable to find any data to create batch")  # C: jsforce issue 545
BATCH_TOO_LARGE = (  # C: reports of Data Loader's users
    "ClientInputError",
    "Failed to read request. Exceeded max size limit of 10000000",
)
TOO_MANY_RECORDS = "InvalidBatch : Exceeded max number of records: 10000"  # D the limit; R the text
OTHER_VERSION = (
    "InvalidVersion",
    "Job {id} belongs to API version {version:.1f}",
)  # D that they match; R code and text
FAILED_QUERY = "InvalidBatch : Failed to process query: {code}: {message}"  # C: simple-salesforce issue 502
OTHER_ENTITY = (  # C: the same issue
    "INVALID_TYPE_FOR_OPERATION",
    "The root entity of the requested query ({asked}) does not match the entity of the requested Bulk API Job ({sobject}).",
)
NO_ROWS_AS_CSV = "Records not found for this query"  # C: clients look for this line
JSON_TIMES_IN_MS = True  # C: dlt reads dates and datetimes of JSON results as milliseconds since 1970
NOT_CHUNKABLE_OBJECT = ("InvalidJob", "PK chunking is not supported for {sobject}")  # D that only some are; R the text
NOT_CHUNKABLE_QUERY = "PK chunking works with conditions of WHERE only"  # D that it does; R the text
CHUNKED_OBJECTS = frozenset(
    {
        "Account",
        "AccountContactRelation",
        "AccountTeamMember",
        "Asset",
        "Campaign",
        "CampaignMember",
        "Case",
        "Contact",
        "ContractLineItem",
        "Event",
        "EventRelation",
        "Lead",
        "LoginHistory",
        "Opportunity",
        "OpportunityContactRole",
        "OpportunityHistory",
        "OpportunityLineItem",
        "Order",
        "OrderItem",
        "Pricebook2",
        "PricebookEntry",
        "Product2",
        "Task",
        "User",
        "UserRole",
        "WorkOrder",
        "WorkOrderLineItem",
    }
)
"""D Bulk API guide, PK Chunking header: Account, Campaign, CampaignMember, Case, Contact, Lead, LoginHistory, Opportunity, Task, User and
custom objects; R the others, which later releases added."""
