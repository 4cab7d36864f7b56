"""
Facts about Bulk API 2.0 that no live org confirmed, or that a release may change: one constant each, with its source.

Confidence: D official text · C seen in third-party code or captured answers · R remembered. README.md lists the doubtful ones.
"""

from __future__ import annotations

import re

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
BULK_WRONG_TYPE = (  # C: results of real jobs; R that columns count from 0
    "INVALID_FIELD",
    "Failed to deserialize field at col {col}. Due to, '{text}' is not a valid value for the type {kind}",
)
BULK_DATE_ZONE = re.compile(r"(?<=\d)(Z|[+-]\d\d:\d\d)$")  # D XML Schema: a date may name its zone; C it is accepted
