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
    PasswordExpired,
    QueryTimedOut,
    QuotaSpent,
    RecordLocked,
    RequestTooLarge,
    RetryableError,
)
from causeway.salesforce.answers.access_rules import TRY_AGAIN
from causeway.salesforce.answers.meanings import Meaning, Rule
from causeway.salesforce.answers.reading import QUOTED, rule_of


def first_error(content: Any) -> Mapping[str, Any]:
    """Return the first error of a REST answer's body (an array; an object at some edges), empty when there is none."""
    if isinstance(content, list) and content and isinstance(content[0], dict):
        return content[0]
    return content if isinstance(content, dict) and ("errorCode" in content or "message" in content) else {}


def rule_of_answer(status: int, content: Any) -> Rule:
    """Return what an answer with this HTTP status and body means (salesforce/answers/)."""
    error = first_error(content)
    return rule_of(status, _code(error), str(error.get("message", "")))


def is_expired_session(status: int, content: Any) -> bool:
    """Return whether a new access token resolves this refusal; the request was not applied."""
    return status == 401 and rule_of_answer(status, content).meaning is Meaning.SESSION


def error_of(status: int, content: Any) -> CausewayError:
    """Return the error that an answer with this HTTP status and body means; all but proof of 'not applied' is OutcomeUnknown."""
    error, rule = first_error(content), rule_of_answer(status, content)
    message = str(error.get("message", ""))[:QUOTED]
    match rule.meaning:
        case Meaning.SESSION:
            return _session_refused()
        case Meaning.QUOTA:
            return QuotaSpent(rule.sentence, rule.remedy)
        case Meaning.LOCKED:
            return RecordLocked(rule.sentence, rule.remedy)
        case Meaning.OUTAGE:
            return OrgUnavailable(rule.sentence, rule.remedy, retry_after_s=rule.retry_after_s)
        case Meaning.UNSURE:
            return OutcomeUnknown(rule.sentence, rule.remedy)
        case Meaning.PERSON:
            kind = PasswordExpired if rule.own_code == PasswordExpired.code else MissingPermission
            return kind(_quoting(rule.sentence, message), rule.remedy)
        case Meaning.UNKNOWN:
            return _unknown(status, rule, message)
        case Meaning.SMALLER if rule.passes:
            return QueryTimedOut(rule.sentence, rule.remedy)
    if status == 404 and rule.code == "NOT_FOUND":
        return NotFound(message, "Check the sObject's name and the connected user's permissions.")
    return _refused(status, rule, message, tuple(error.get("fields") or ()))


def _code(error: Mapping[str, Any]) -> str:
    return str(error.get("errorCode") or "")


def _session_refused() -> CausewayError:
    """A token that Salesforce has just given may have ended already; if that stays, connecting again gives no better one."""
    said = "The org refuses a session that it has just given to the connected user."
    lasting = MissingPermission(
        said,
        "Look in Salesforce Setup → Session Settings for rules that end sessions at once, such as sessions locked to one "
        "IP address, and exempt the connected user.",
    )
    return OrgUnavailable(said, TRY_AGAIN, final=lasting)


def _unknown(status: int, rule: Rule, message: str) -> RetryableError:
    """An answer in no table: a 5xx may have been applied, any other has surely not."""
    kind = OutcomeUnknown if status >= 500 else OrgUnavailable
    return kind(rule.sentence, TRY_AGAIN, final=_refused(status, rule, message, ()))


def _refused(status: int, rule: Rule, message: str, fields: tuple[str, ...]) -> OrgRefused:
    """Quote Salesforce; without a word of its own, say what the status means."""
    kind = RequestTooLarge if rule.meaning is Meaning.SMALLER else OrgRefused
    said = message or rule.sentence or f"Salesforce refused the request with HTTP {status} and gave no reason."
    return kind(said, rule.remedy, fields=fields, org_code=rule.code or f"HTTP_{status}")


def _quoting(sentence: str, message: str) -> str:
    return f"{sentence} Salesforce says: {message}" if message else sentence


def error_of_exception(error: requests.RequestException) -> CausewayError:
    """Return what a broken exchange means: only a connection that never came up proves that nothing was sent."""
    if isinstance(error, requests.ConnectTimeout) or never_connected(error):
        return OrgUnavailable("The org cannot be reached.", TRY_AGAIN)
    return OutcomeUnknown("The org's answer was lost or came too late.", TRY_AGAIN)


def never_connected(error: BaseException) -> bool:
    """Return whether an error proves that nothing was sent; a TLS connection may also break once the request is read."""
    if isinstance(error, requests.exceptions.ProxyError):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    is_untrusted = isinstance(reason, SSLError) and isinstance(next(iter(reason.args), None), SSLCertVerificationError)
    return is_untrusted or isinstance(reason, NewConnectionError)
