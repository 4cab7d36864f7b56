"""What kind of request a path is, and whether Salesforce counts it against the daily limit."""

from __future__ import annotations

import re

DATA = r"/services/data/v[\d.]+"
VIEW = "view"
NOT_COUNTED = frozenset(
    {
        "authorize",
        "login",
        "token",
        "revoke",
        "introspect",
        "userinfo",
        "identity",
        "versions",
        "soap_login",
        "other",
        VIEW,
    }
)
KINDS: list[tuple[str, str]] = [
    (r"/services/oauth2/authorize", "authorize"),
    (r"/setup/secur/.+", "login"),
    (r"/services/oauth2/approve", "login"),
    (r"/services/oauth2/token", "token"),
    (r"/services/oauth2/revoke", "revoke"),
    (r"/services/oauth2/introspect", "introspect"),
    (r"/services/oauth2/userinfo", "userinfo"),
    (r"/services/Soap/[uc]/.*", "soap_login"),
    (r"/login", "login"),
    (r"|/view/.*", VIEW),
    (r"/id/.*", "identity"),
    (r"/services/data/?", "versions"),
    (DATA, "resources"),
    (DATA + r"/sobjects", "describe_global"),
    (DATA + r"/sobjects/\w+/describe(/.*)?", "describe"),
    (DATA + r"/sobjects/\w+/updated", "updated"),
    (DATA + r"/sobjects/\w+/deleted", "deleted"),
    (DATA + r"/sobjects/.+", "row"),
    (DATA + r"/query", "query"),
    (DATA + r"/query/.+", "query_more"),
    (DATA + r"/queryAll(/.*)?", "query_all"),
    (DATA + r"/composite/sobjects.*", "collections"),
    (DATA + r"/composite/batch", "batch"),
    (DATA + r"/composite/graph", "graph"),
    (DATA + r"/composite/tree/.+", "tree"),
    (DATA + r"/composite", "composite"),
    (DATA + r"/search", "search"),
    (DATA + r"/parameterizedSearch", "search"),
    (DATA + r"/limits.*", "limits"),
    (DATA + r"/jobs/query.*", "bulk_query"),
    (DATA + r"/jobs/ingest.*", "bulk_ingest"),
    (DATA + r"/.*", "other_rest"),
    (r"/services/async/.+", "bulk1"),
]
_PATTERNS = [(re.compile(pattern), kind) for pattern, kind in KINDS]


def kind_of(path: str) -> str:
    """Return the kind of a decoded path, such as `describe`, `composite` or `token`; `other` for anything else."""
    plain = path.rstrip("/")
    return next((kind for pattern, kind in _PATTERNS if pattern.fullmatch(plain)), "other")


def counts(kind: str) -> bool:
    """Say whether Salesforce counts this kind as an API request."""
    return kind not in NOT_COUNTED


def allocation_of(method: str, path: str) -> str | None:
    """Return the further daily allocation that a request uses, in addition to API requests (limits cheat sheet, Bulk API 2.0)."""
    if method == "POST" and re.fullmatch(DATA + r"/jobs/query/?", path):
        return "DailyBulkV2QueryJobs"
    if method == "PUT" and re.fullmatch(DATA + r"/jobs/ingest/\w+/batches/?", path):
        return "DailyBulkApiBatches"
    return None
