"""Tests a connection: calls the org and reports user, org, edition, API usage and what the user lacks for the syncs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, Protocol
from urllib.parse import quote

from causeway.connections.connection import Connection
from causeway.connections.permissions import Finding, findings_of, invisible, rule_findings
from causeway.errors import CausewayError, ConfigurationError, MissingPermission, NotFound, RejectedError
from causeway.salesforce.access import Access
from causeway.salesforce.answers.access_rules import ENABLE_API
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.soql import literal
from causeway.salesforce.values.dates import rfc3339
from causeway.syncs.sync import Sync

_RULES: Final = (
    "SELECT MasterLabel, SobjectType FROM DuplicateRule WHERE IsActive = true",
    "SELECT Name, SobjectType FROM AssignmentRule WHERE Active = true",
)


class Org(Protocol):
    """The org: see gateways/salesforce/org.py."""

    @property
    def access(self) -> Access: ...
    @property
    def data_path(self) -> str: ...
    def composite(self, subrequests: Sequence[Mapping[str, Any]], *, timeout_s: float) -> list[dict[str, Any]]: ...


class Connections(Protocol):
    """Stored connections: see gateways/dynamodb/config/connections.py."""

    def get(self, tenant: str) -> Connection: ...


class Describes(Protocol):
    """The org's describes: see syncs/discovery/describes.py."""

    def described(self, tenant: str, sobject: str, *, fresh: bool = False) -> SObjectDescribe: ...


def connection_report(
    tenant: str,
    connections: Connections,
    orgs: Callable[[str], Org],
    describes: Describes,
    syncs: Sequence[Sync],
    now_ms: Callable[[], int],
    patience_s: float = 60,
) -> dict[str, Any]:
    """
    Return `{"ok", "tested_at", "user", "org", "usage", "sobjects", "findings"}`; `ok` false means that records will not flow.

    Costs one call, and one per sObject in use. A problem that stops the test itself (no connection, API access off)
    is a finding too. After `patience_s` no further sObject is checked; a note names those that were skipped.
    """
    give_up_ms = now_ms() + round(patience_s * 1000)
    report: dict[str, Any] = {"tested_at": rfc3339(now_ms()), "user": None, "org": None, "usage": None, "sobjects": []}
    try:
        found = _org_findings(orgs(tenant), connections.get(tenant).user_id, report, patience_s)
        for sobject in sorted({sync.sobject for sync in syncs}):
            found += (
                [_not_checked(sobject)] if now_ms() > give_up_ms else _used(tenant, sobject, describes, syncs, report)
            )
    except CausewayError as error:
        found = [_stopped(error)]
    report["findings"] = [asdict(finding) for finding in found]
    report["ok"] = not any(finding.level == "error" for finding in found)
    return report


def _used(
    tenant: str, sobject: str, describes: Describes, syncs: Sequence[Sync], report: dict[str, Any]
) -> list[Finding]:
    """Return what the user lacks for one sObject in use, and add its rights to the report."""
    try:
        describe = describes.described(tenant, sobject, fresh=True)
    except NotFound:
        report["sobjects"].append({"name": sobject, "read": False, "create": False, "edit": False})
        return [invisible(sobject)]
    rights = {"read": describe.queryable, "create": describe.createable, "edit": describe.updateable}
    report["sobjects"].append({"name": describe.name, **rights})
    return findings_of(describe, syncs)


def _org_findings(org: Org, user_id: str, report: dict[str, Any], timeout_s: float) -> list[Finding]:
    """Read user, org, limits and rules in one composite call and fill the report; a note says what may not be read."""
    queries = (
        f"SELECT Id, Name, Username, IsActive, Profile.Name FROM User WHERE Id = {literal(user_id)}",
        "SELECT Id, Name, OrganizationType, IsSandbox, InstanceName FROM Organization",
        *_RULES,
    )
    answers = org.composite([*_subrequests(org, queries), _get(org, "limits", "limits")], timeout_s=timeout_s)
    user, organization, duplicates, assignments = (_records(answer) for answer in answers[:4])
    report["user"] = _user(user[0]) if user else None
    report["org"] = _org(organization[0], org.access) if organization else {"id": org.access.org_id}
    report["usage"] = _usage(answers[4])
    if duplicates is None or assignments is None:
        return [_rules_not_readable(), *rule_findings(duplicates or (), assignments or ())]
    return rule_findings(duplicates, assignments)


def _subrequests(org: Org, queries: Sequence[str]) -> list[Mapping[str, Any]]:
    return [_get(org, f"query?q={quote(query, safe='')}", f"query{number}") for number, query in enumerate(queries)]


def _get(org: Org, path: str, reference: str) -> Mapping[str, Any]:
    return {"method": "GET", "url": f"{org.data_path}/{path}", "referenceId": reference}


def _records(answer: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Return a subquery's rows, or None when it was refused."""
    body = answer.get("body")
    return body["records"] if answer.get("httpStatusCode") == 200 and isinstance(body, dict) else None


def _user(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["Id"],
        "name": row["Name"],
        "username": row["Username"],
        "profile": (row.get("Profile") or {}).get("Name"),
        "active": row["IsActive"],
    }


def _org(row: Mapping[str, Any], access: Access) -> dict[str, Any]:
    return {
        "id": row["Id"],
        "name": row["Name"],
        "edition": row["OrganizationType"],
        "is_sandbox": row["IsSandbox"],
        "instance": row.get("InstanceName"),
        "instance_url": access.instance_url,
    }


def _usage(answer: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the daily API calls: used, and the allowance that edition and licences give."""
    daily = answer["body"].get("DailyApiRequests") if answer.get("httpStatusCode") == 200 else None
    return {"used": daily["Max"] - daily["Remaining"], "allowed": daily["Max"]} if daily else None


def _rules_not_readable() -> Finding:
    return Finding(
        "note",
        "rules_not_readable",
        "The connected user may not read the org's duplicate and assignment rules, so they could not be checked.",
        "Give the user the permission View Setup and Configuration to have them listed here; pushes work without it.",
    )


def _not_checked(sobject: str) -> Finding:
    return Finding(
        "note",
        "not_checked_in_time",
        f"The org answered slowly, so the rights on {sobject} were not checked.",
        "Run the connection test from the product's settings.",
        sobject,
    )


def _stopped(error: CausewayError) -> Finding:
    """Return the finding of a test that had to stop."""
    remedy = error.remedy or "Test again in a few minutes."
    if isinstance(error, MissingPermission) and remedy == ENABLE_API:
        remedy = (
            "In Salesforce Setup give the connected user a permission set with API Enabled, and the app the scope api; "
            "editions without API access need the API add-on."
        )
        return Finding("error", "api_not_enabled", error.message, remedy)
    lasting = isinstance(error, ConfigurationError | RejectedError)
    return Finding("error" if lasting else "warning", error.code, error.message, remedy)
