"""Mail to whoever runs the deployment: what happened to a tenant for one cause, at most once an hour. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from causeway.contract.outcome_codes import OUTCOMES, SALESFORCE
from causeway.subscriptions.notices import CLOCKS_MS, Notice
from causeway.subscriptions.subscription import Subscription

OPERATORS = "*operators"  # whose subscription it is: no tenant can have this name
MAIL = Subscription(
    "operators", OPERATORS, ("connection.status_changed", "quota.threshold", "change.parked", "sync.drift_detected")
)
HOUR_MS = 3_600_000
_QUIET = frozenset({"missing_required_field"})  # data of the product, no fault


def mail_of(notice: Notice, now_ms: int) -> Notice | None:
    """
    Return the mail that an event means for the operators, None when it means none.

    Its id names tenant, cause and hour, so that an hour has one. Parked changes are counted until the hour's end, anything else goes
    at once.
    """
    cause = _cause(notice)
    if cause is None:
        return None
    hour = now_ms // HOUR_MS
    not_before_ms = (hour + 1) * HOUR_MS + CLOCKS_MS if notice.is_digest else now_ms
    return replace(
        notice,
        id=f"mail-{notice.tenant}-{cause}-{hour}",
        record=f"{notice.tenant} {cause}",
        not_before_ms=not_before_ms,
    )


def _cause(notice: Notice) -> str | None:
    """Return what mails of one hour are told apart by; None for what operators need not know."""
    data = notice.data
    match notice.kind:
        case "connection.status_changed":
            return f"connection-{data.get('cause')}"
        case "quota.threshold":
            return "quota"
        case "change.parked" if data.get("code") not in _QUIET:
            return f"parked-{data.get('code')}"
        case "sync.drift_detected" if data.get("enabled"):
            return f"drift-{data.get('sync')}"
    return None


def mail_text(notice: Notice) -> tuple[str, str]:
    """Return subject and text of a mail."""
    subject, text = _words(notice.data, notice.kind)
    more = (
        "Further events of the same kind are counted and told once an hour."
        if notice.is_digest
        else "It is told once an hour at most."
    )
    return (
        f"Causeway, {notice.tenant}: {subject}",
        f"{text}\n\nTenant: {notice.tenant}. First seen: {notice.at}. {more}",
    )


def _words(data: Mapping[str, Any], kind: str) -> tuple[str, str]:
    if kind == "change.parked":
        return _parked(str(data.get("code")), int(data.get("count", 1)))
    if kind == "quota.threshold":
        used = f"The org has used {data.get('used'):,} of its {data.get('allowed'):,} API calls of 24 hours."
        return (
            "80 % of the API calls are used",
            f"{used} When Causeway's share is spent, changes wait and go on by themselves.",
        )
    if kind == "sync.drift_detected":
        found = [str(problem.get("message")) for problem in data.get("problems", ())]
        return f"the org has changed under the sync {data.get('sync')}", "\n".join(
            [*found, "Correct the rows in the console."]
        )
    return "the connection needs a person", f"{data.get('message')} {data.get('remedy') or ''}".strip()


def _parked(code: str, count: int) -> tuple[str, str]:
    known = OUTCOMES.get(code)
    said = f"Salesforce refused them with {code.removeprefix(SALESFORCE)}." if known is None else known.sentence
    remedy = "The parked list of the console shows each with its reason; redrive them once the cause is removed."
    counted = f"{count:,} change{'s' * (count != 1)} parked"
    return f"{counted}, {code}", f"{counted} with the code {code}. {said} {known.remedy if known else remedy}"
