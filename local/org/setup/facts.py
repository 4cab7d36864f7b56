"""
Facts about limits that no live org confirmed, or that a release may change: one constant each, with its source.

Confidence: D official text · C seen in third-party code or captured answers · R remembered. README.md lists the doubtful ones.
"""

from __future__ import annotations

TOTAL_REQUESTS_EXCEEDED = "TotalRequests Limit exceeded."  # C
CONCURRENT_REQUESTS_EXCEEDED = "ConcurrentPerOrgLongTxn Limit exceeded."  # C
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
APEX_LIMITS = {  # D Apex guide, execution governors and limits: the figures; C the texts, from clients' reports
    "CPU": "Apex CPU time limit exceeded",
    "SOQL": "Too many SOQL queries: 101",
    "DML": "Too many DML rows: 10001",
    "HEAP": "Apex heap size too large: 6291457",
}
MAX_URI_BYTES = 16_384  # D REST guide, "Status codes": 414 for a longer URI, 431 for URI and headers together
