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
DAILY_ALLOCATIONS = {  # C: the answer of a Developer Edition in May 2026 (captured); D where the limits cheat sheet has it
    "AnalyticsExternalDataSizeMB": 40_960,
    "CdpAiInferenceApiMonthlyLimit": 500_000_000,
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentEinsteinDataInsightsStoryCreation": 5,
    "ConcurrentEinsteinDiscoveryStoryCreation": 2,
    "ConcurrentSyncReportRuns": 20,
    "ContentDistBandwidthLimitMB": 51_200,
    "ContentDistViewLimit": 50_000,
    "ContentPublicationLimit": 2_500,
    "DailyAnalyticsDataflowJobExecutions": 60,
    "DailyAnalyticsUploadedFilesSizeMB": 51_200,
    "DailyApexCursorLimit": 10_000,
    "DailyApexCursorRowsLimit": 100_000_000,
    "DailyApexPCursorLimit": 200_000,
    "DailyAsyncApexExecutions": 250_000,
    "DailyAsyncApexTests": 500,
    "DailyBulkApiBatches": 15_000,  # D, shared with Bulk API 2.0 ingest
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyBulkV2QueryJobs": 10_000,  # D
    "DailyDeliveredPlatformEvents": 10_000,
    "DailyDurableGenericStreamingApiEvents": 10_000,
    "DailyDurableStreamingApiEvents": 10_000,
    "DailyEinsteinDataInsightsStoryCreation": 1_000,
    "DailyEinsteinDiscoveryOptimizationJobRuns": 25,
    "DailyEinsteinDiscoveryPredictAPICalls": 50_000,
    "DailyEinsteinDiscoveryPredictionsByCDC": 500_000,
    "DailyEinsteinDiscoveryStoryCreation": 100,
    "DailyFunctionsApiCallLimit": 50_000,
    "DailyGenericStreamingApiEvents": 10_000,
    "DailyMetadataRetrievesWithDependencies": 25,
    "DailyServiceEmailAgentforceCalls": 5_000,
    "DailyStandardVolumePlatformEvents": 10_000,
    "DailyStreamingApiEvents": 10_000,
    "DailyWorkflowEmails": 8_040,
    "DataStorageMB": 5,
    "DurableStreamingApiConcurrentClients": 20,
    "ExternalServicesActiveObjects": 3_000,
    "ExternalServicesActiveOperations": 3_000,
    "ExternalServicesObjectProperties": 400_000,
    "ExternalServicesObjects": 10_000,
    "ExternalServicesOperations": 10_000,
    "ExternalServicesRegistrations": 700,
    "FileStorageMB": 20,
    "HourlyAsyncReportRuns": 1_200,
    "HourlyDashboardRefreshes": 200,
    "HourlyDashboardResults": 5_000,
    "HourlyDashboardStatuses": 999_999_999,
    "HourlyElevateAsyncReportRuns": 1_200,
    "HourlyElevateSyncReportRuns": 500,
    "HourlyLongTermIdMapping": 100_000,
    "HourlyManagedContentPublicRequests": 50_000,
    "HourlyODataCallout": 1_000,
    "HourlyPublishedPlatformEvents": 50_000,
    "HourlyPublishedStandardVolumePlatformEvents": 1_000,
    "HourlyShortTermIdMapping": 100_000,
    "HourlySyncReportRuns": 500,
    "HourlyTimeBasedWorkflow": 1_000,
    "MassEmail": 10,
    "MaxContentDocumentsLimit": 30_000_000,
    "MonthlyEinsteinDiscoveryStoryCreation": 500,
    "Package2VersionCreates": 6,
    "Package2VersionCreatesWithoutValidation": 500,
    "PermissionSets": 1_500,
    "PlatformEventTriggersWithParallelProcessing": 5,
    "PrivateConnectOutboundCalloutHourlyLimitMB": 0,
    "PublishCallbackUsageInApex": 5_242_880,
    "ScheduledFlowRunLimit": 250_000,
    "ScheduledPathRunLimit": 250_000,
    "SingleEmail": 15,
    "StreamingApiConcurrentClients": 20,
}
CREATABLE_PERMISSION_SETS = 1_000  # C: the same answer: PermissionSets holds a second count under CreateCustom
APEX_LIMITS = {  # D Apex guide, execution governors and limits: the figures; C the texts, from clients' reports
    "CPU": "Apex CPU time limit exceeded",
    "SOQL": "Too many SOQL queries: 101",
    "DML": "Too many DML rows: 10001",
    "HEAP": "Apex heap size too large: 6291457",
}
MAX_URI_BYTES = 16_384  # D REST guide, "Status codes": 414 for a longer URI, 431 for URI and headers together
