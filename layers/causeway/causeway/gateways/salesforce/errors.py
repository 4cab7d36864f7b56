"""The one place where Salesforce's HTTP answers and broken connections become Causeway's errors."""

from __future__ import annotations

from collections.abc import Mapping
from ssl import SSLCertVerificationError
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError, SSLError

from causeway.errors import (
    CausewayError,
    MissingPermission,
    NotFound,
    OrgRefused,
    OrgUnavailable,
    OutcomeUnknown,
    QuotaSpent,
    ReconnectionRequired,
    RecordLocked,
)

SESSION_EXPIRED = "Session expired or invalid"  # SOAP API guide, error handling: the only 401 that a new token resolves
TRY_AGAIN = "Nothing needs to be done; it is tried again."
ASK_ADMIN_API = (
    "Ask the Salesforce admin to give the connected user the 'API Enabled' permission and the app the scope 'api'."
)

# Refusals that pass by themselves (salesforce.md §2.4): nothing was applied.
_PASSING = frozenset(
    {
        "API_CURRENTLY_DISABLED",
        "SERVER_UNAVAILABLE",
        "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE",
        "QUERY_TIMEOUT",
        "TXN_SECURITY_METERING_ERROR",
    }
)
_NEEDS_ADMIN = frozenset({"API_DISABLED_FOR_ORG", "FORBIDDEN", "INSUFFICIENT_ACCESS", "FUNCTIONALITY_NOT_ENABLED"})


def first_error(content: Any) -> Mapping[str, Any]:
    """Return the first error of a REST answer's body (an array; an object at some edges), empty when there is none."""
    if isinstance(content, list) and content and isinstance(content[0], dict):
        return content[0]
    return content if isinstance(content, dict) and ("errorCode" in content or "message" in content) else {}


def is_expired_session(status: int, content: Any) -> bool:
    """Return whether a new access token resolves this refusal; the request was not applied."""
    error = first_error(content)
    return (
        status == 401
        and error.get("errorCode") == "INVALID_SESSION_ID"
        and SESSION_EXPIRED in str(error.get("message"))
    )


def error_of(status: int, content: Any) -> CausewayError:
    """Return the error that an answer with this HTTP status and body means; all but proof of 'not applied' is OutcomeUnknown."""
    error = first_error(content)
    code, message = str(error.get("errorCode", "")), str(error.get("message", ""))[:500]
    if status == 401:
        return _unauthorized(message)
    if code == "REQUEST_LIMIT_EXCEEDED":
        return _limit(message)
    if code in _NEEDS_ADMIN:
        return MissingPermission(f"The org refuses API access to the connected user: {message}", ASK_ADMIN_API)
    if code == "UNABLE_TO_LOCK_ROW":
        return RecordLocked("Another transaction in the org holds the record.", TRY_AGAIN)
    if code in _PASSING or (status == 503 and code):
        return OrgUnavailable(f"The org is not available at the moment ({code}).", TRY_AGAIN)
    if status in (420, 429, 502, 503, 504) or status >= 500 or not code:
        return OutcomeUnknown(f"The org answered with HTTP {status} and no usable result.", TRY_AGAIN)
    if status == 404 and code == "NOT_FOUND":
        return NotFound(message, "Check the sObject's name and the connected user's permissions.")
    return OrgRefused(message, fields=tuple(error.get("fields") or ()), org_code=code)


def _unauthorized(message: str) -> CausewayError:
    if SESSION_EXPIRED in message:
        return ReconnectionRequired(
            "The org does not accept the connection's session any more.", "Connect again.", cause="session_refused"
        )
    return MissingPermission(
        f"The org does not let the connected user's session use the REST API: {message}", ASK_ADMIN_API
    )


def _limit(message: str) -> CausewayError:
    if "TotalRequests" in message:
        return QuotaSpent("The org's daily API quota is spent.", "Wait, or ask Salesforce for more API calls.")
    return OrgUnavailable("Too many long requests run in the org at once.", TRY_AGAIN, retry_after_s=30)


def error_of_exception(error: requests.RequestException) -> CausewayError:
    """Return what a broken exchange means: only a connection that never came up proves that nothing was sent."""
    if isinstance(error, requests.ConnectTimeout) or never_connected(error):
        return OrgUnavailable("The org can not be reached.", TRY_AGAIN)
    return OutcomeUnknown("The org's answer was lost or came too late.", TRY_AGAIN)


def never_connected(error: BaseException) -> bool:
    """Return whether an error proves that nothing was sent; a TLS connection may also break once the request is read."""
    if isinstance(error, requests.exceptions.ProxyError):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    is_untrusted = isinstance(reason, SSLError) and isinstance(next(iter(reason.args), None), SSLCertVerificationError)
    return is_untrusted or isinstance(reason, NewConnectionError)
