"""
Errors grouped by what the caller does next.

CausewayError                 code: stable, safe to log, usable as a metric dimension
├─ RetryableError             the work may succeed unchanged     → redeliver the message
│    OrgUnavailable (QueryTimedOut), QuotaSpent, RecordLocked, ClaimBusy, OutcomeUnknown, StoreUnavailable
├─ RejectedError              it can never succeed unchanged     → park with the reason, or answer 4xx
│    InvalidMessage, InvalidRecord, OrgRefused (RequestTooLarge), InvalidRequest, NotFound, Forbidden, Conflict
└─ ConfigurationError         a person must change something     → status, event, alarm
     NotConnected, ReconnectionRequired, MissingPermission (PasswordExpired), BrokenMapping, BrokenDeployment
"""

from __future__ import annotations

from typing import ClassVar


class CausewayError(Exception):
    """An error for a person: `message` says what happened and why, `remedy` what to do."""

    code: ClassVar[str] = "internal"

    def __init__(self, message: str, remedy: str = "", *, fields: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message, self.remedy, self.fields = message, remedy, fields


class Unforeseen(CausewayError):
    """A defect: an exception that is not ours ended the work, or a worker died again and again."""


class RetryableError(CausewayError):
    """
    The same work may succeed unchanged; `retry_after_s` is the shortest useful wait, None for the usual backoff.

    `final` is what the error becomes when it stays, such as the refusal in an answer that the connector does not know.
    """

    def __init__(
        self,
        message: str,
        remedy: str = "",
        *,
        retry_after_s: float | None = None,
        final: CausewayError | None = None,
    ) -> None:
        super().__init__(message, remedy)
        self.retry_after_s, self.final = retry_after_s, final


class OrgUnavailable(RetryableError):
    """The org did not take the request: nothing was applied there."""

    code = "org_unavailable"


class QueryTimedOut(OrgUnavailable):
    """The org gave up a query that ran too long: a smaller one succeeds sooner."""

    code = "query_timed_out"


class OutcomeUnknown(RetryableError):
    """The request may or may not have been applied in the org: the answer was lost, cut or timed out."""

    code = "outcome_unknown"


class QuotaSpent(RetryableError):
    """The org's API quota, or the share of it that Causeway may use, is spent."""

    code = "quota_spent"


class RecordLocked(RetryableError):
    """Another transaction in the org has locked the row."""

    code = "record_locked"


class ClaimBusy(RetryableError):
    """Another worker holds the claim on this record or person."""

    code = "claim_busy"


class StoreUnavailable(RetryableError):
    """A table, bucket or queue of the deployment is not available at the moment."""

    code = "store_unavailable"


class RejectedError(CausewayError):
    """The work can never succeed unchanged."""


class InvalidMessage(RejectedError):
    """A queue message that breaks its contract."""

    code = "invalid_message"


class InvalidRecord(RejectedError):
    """A record that the org or its describe cannot accept."""

    code = "invalid_record"


class OrgRefused(RejectedError):
    """Salesforce refused a whole request and applied nothing; `org_code` is its own error code."""

    code = "org_refused"

    def __init__(self, message: str, remedy: str = "", *, fields: tuple[str, ...] = (), org_code: str = "") -> None:
        super().__init__(message, remedy, fields=fields)
        self.org_code = org_code


class RequestTooLarge(OrgRefused):
    """Salesforce takes the request in smaller parts only, and applied nothing of it."""

    code = "request_too_large"


class InvalidRequest(RejectedError):
    """An API request that breaks its contract (HTTP 400)."""

    code = "invalid_request"


class NotFound(RejectedError):
    """What the request names does not exist for this caller (HTTP 404)."""

    code = "not_found"


class Forbidden(RejectedError):
    """The caller may not do this (HTTP 403)."""

    code = "forbidden"


class Conflict(RejectedError):
    """The request collides with the present state (HTTP 409)."""

    code = "conflict"


class ConfigurationError(CausewayError):
    """A person must change something before the work can go on."""


class NotConnected(ConfigurationError):
    """The tenant has no connection: never connected, or deauthorized."""

    code = "not_connected"


class ReconnectionRequired(ConfigurationError):
    """The tenant's grant is dead; `cause` is the stable word stored with the connection."""

    code = "reconnection_required"

    def __init__(self, message: str, remedy: str = "", *, cause: str = "unknown") -> None:
        super().__init__(message, remedy)
        self.cause = cause


class MissingPermission(ConfigurationError):
    """The connected user lacks a permission that the work needs."""

    code = "missing_permission"


class PasswordExpired(MissingPermission):
    """The connected user's password has expired, so the org refuses every call."""

    code = "password_expired"


class BrokenMapping(ConfigurationError):
    """A sync's rules no longer fit the org."""

    code = "broken_mapping"


class BrokenDeployment(ConfigurationError):
    """The deployment's own settings are missing or contradict each other."""

    code = "broken_deployment"
