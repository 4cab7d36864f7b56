"""
Lookups and collections as composite calls: one counted API call each (REST API guide, Composite and sObject Collections).

A composite call resolves `@{…}` in any text: values that hold it go in a call that does not, and `soql.literal` escapes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from causeway.errors import ConfigurationError, OutcomeUnknown, RequestTooLarge, RetryableError
from causeway.gateways.salesforce.errors import error_of, first_error
from causeway.gateways.salesforce.org import SalesforceOrg
from causeway.gateways.salesforce.transport import READ_TIMEOUT_S
from causeway.salesforce import soql
from causeway.salesforce.calls import MAX_QUERIES_PER_CALL, Collection, Lookup, Row, Save, Saved, SaveError

# Per subrequest, because one call mixes both answers to duplicate rules (REST API guide, Composite Subrequest: httpHeaders).
DUPLICATE_RULE_HEADER = "Sforce-Duplicate-Rule-Header"
ALLOW_SAVE = "allowSave=true; includeRecordDetails=false; runAsCurrentUser=true"
REFUSE_SAVE = "allowSave=false; includeRecordDetails=false; runAsCurrentUser=true"
ASSIGNMENT_HEADER = "Sforce-Auto-Assign"

_METHODS = {"create": "POST", "update": "PATCH", "upsert": "PATCH"}
_DUPLICATE_KEYS = ("duplicateResut", "duplicateResult")  # the misspelt one is what Salesforce sends


class OrgCalls:
    """The calls that a push makes to one org."""

    def __init__(self, org: SalesforceOrg) -> None:
        self._org = org

    @property
    def api_calls(self) -> int:
        """Return how many API calls were sent so far."""
        return self._org.api_calls

    def read(self, lookups: Sequence[Lookup], timeout_s: float = READ_TIMEOUT_S) -> list[list[Row]]:
        """Return the rows of each lookup; queries and their further pages go up to five per call."""
        rows: list[list[Row]] = [[] for _ in lookups]
        pending = [(place, self._query_url(lookup)) for place, lookup in enumerate(lookups)]
        while pending:
            now, pending = pending[:MAX_QUERIES_PER_CALL], pending[MAX_QUERIES_PER_CALL:]
            requests = [_subrequest("GET", url, number) for number, (_, url) in enumerate(now)]
            for (place, _), answer in zip(now, self._org.composite(requests, timeout_s=timeout_s), strict=True):
                page = _page(answer)
                rows[place].extend(page["records"])
                if not page["done"] and not lookups[place].first_page:
                    pending.append((place, self._next_url(page)))
        return rows

    def _query_url(self, lookup: Lookup) -> str:
        return f"{self._org.data_path}/queryAll?q={quote(soql_of(lookup), safe='')}"

    def _next_url(self, page: Mapping[str, Any]) -> str:
        return f"{self._org.data_path}/{self._org.query_path(page['nextRecordsUrl'])}"

    def save(self, collections: Sequence[Collection], timeout_s: float) -> list[list[Saved]]:
        """
        Save up to five collections, or 25 records that go alone, in one call; each record's result in order.

        A literal collection is the only one of its call; anything else is a fault of the caller, and raises ValueError.
        Never raises for what one collection met. Raises what concerns the whole call: QuotaSpent, ReconnectionRequired,
        NotConnected, MissingPermission, OrgUnavailable (nothing was applied).
        """
        requests = [self._collection(collection, number) for number, collection in enumerate(collections)]
        try:
            answers = self._answers(collections, requests, timeout_s)
        except OutcomeUnknown:
            return [[Saved("unknown")] * len(collection.saves) for collection in collections]
        except RequestTooLarge as refused:
            error = SaveError(refused.org_code, refused.message)
            return [[Saved("refused", error=error, whole=True)] * len(collection.saves) for collection in collections]
        return [saved_of(collection.saves, answer) for collection, answer in zip(collections, answers, strict=True)]

    def _answers(
        self, collections: Sequence[Collection], requests: Sequence[Mapping[str, Any]], timeout_s: float
    ) -> list[dict[str, Any]]:
        if not any(collection.is_literal for collection in collections):
            return self._org.composite(requests, timeout_s=timeout_s)
        if len(requests) > 1:
            raise ValueError("A collection with '@{' in a value must not share a composite call.")
        return [self._org.direct(requests[0], timeout_s=timeout_s)]

    def _collection(self, collection: Collection, number: int) -> dict[str, Any]:
        first = collection.saves[0]
        kind, target, allow_duplicates, assign = first.kind
        headers = {
            DUPLICATE_RULE_HEADER: ALLOW_SAVE if allow_duplicates else REFUSE_SAVE,
            ASSIGNMENT_HEADER: "TRUE" if assign else "FALSE",
        }
        body: Mapping[str, Any]
        if first.alone:
            path = f"{self._org.data_path}/sobjects/{first.sobject}" + (
                f"/{first.record_id}" if first.record_id else ""
            )
            body = first.values
        else:
            path = f"{self._org.data_path}/composite/sobjects" + (f"/{target}" if kind == "upsert" else "")
            body = {"allOrNone": False, "records": [_record(save) for save in collection.saves]}
        return {**_subrequest(_METHODS[kind], path, number), "httpHeaders": headers, "body": body}


def soql_of(lookup: Lookup) -> str:
    """Return the SOQL of a lookup."""
    single = [soql.in_condition(field, values) for field, values in lookup.any_of if values]
    together = [soql.all_of(soql.in_condition(field, values) for field, values in each) for each in lookup.all_of]
    where = soql.any_of([*single, *together])
    if lookup.via:
        where = f"Id IN ({soql.select(lookup.via_sobject, [lookup.via], where)})"
    if lookup.created_since_ms is not None:
        where = soql.all_of([where, f"CreatedDate >= {soql.moment(lookup.created_since_ms)}"])
    children = [soql.open_children(name) for name in lookup.open_children]
    return soql.select(lookup.sobject, [*lookup.fields, *children], where)


def _subrequest(method: str, url: str, number: int) -> dict[str, Any]:
    return {"method": method, "url": url, "referenceId": f"r{number}"}


def _record(save: Save) -> dict[str, Any]:
    record: dict[str, Any] = {"attributes": {"type": save.sobject}, **save.values}
    if save.record_id:
        record["id"] = save.record_id
    return record


def _page(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    body = answer.get("body")
    status = int(answer.get("httpStatusCode", 0))
    if status == 200 and isinstance(body, dict) and "records" in body:
        return body
    raise error_of(status, body)


def saved_of(saves: Sequence[Save], answer: Mapping[str, Any]) -> list[Saved]:
    """Return each record's result from one collection's answer; another number of results leaves all of them unknown."""
    body, status = answer.get("body"), int(answer.get("httpStatusCode", 0))
    if saves[0].alone and status in (200, 201, 204):
        return [_saved(saves[0], body or {"success": True})]
    if status == 200 and isinstance(body, list) and len(body) == len(saves):
        return [_saved(save, result) for save, result in zip(saves, body, strict=True)]
    return [_unsaved(status, body)] * len(saves)


def _unsaved(status: int, body: Any) -> Saved:
    """Return what an answer about a whole collection means for each of its records."""
    error, met = first_error(body), error_of(status, body)
    if status == 200 or isinstance(met, OutcomeUnknown):
        return Saved("unknown")
    if isinstance(met, RetryableError):
        return Saved("not_applied", error=_save_error(error), lasts=met.final is not None)
    if isinstance(met, ConfigurationError):
        return Saved("not_applied", error=_save_error(error))
    return Saved("refused", error=_save_error(error), whole=True)


def _saved(save: Save, result: Any) -> Saved:
    if not isinstance(result, dict):
        return Saved("unknown")
    if result.get("success"):
        created = bool(result.get("created", save.record_id is None and save.external_id is None))
        return Saved("saved", result.get("id") or save.record_id, created)
    errors = result.get("errors") or [{}]
    return Saved("refused", error=_save_error(errors[0]))


def _save_error(error: Mapping[str, Any]) -> SaveError:
    code = str(error.get("statusCode") or error.get("errorCode") or "UNKNOWN_ERROR")
    found: Mapping[str, Any] = next((error[key] for key in _DUPLICATE_KEYS if isinstance(error.get(key), dict)), {})
    duplicates = tuple(_duplicates(found))
    fields = tuple(str(name) for name in error.get("fields") or ())
    return SaveError(code, str(error.get("message", ""))[:1000], fields, duplicates, bool(found.get("allowSave")))


def _duplicates(found: Mapping[str, Any]) -> dict[tuple[str, str], None]:
    """Return the (sObject, Id) that duplicate rules name, each once."""
    named: dict[tuple[str, str], None] = {}
    for result in found.get("matchResults") or ():
        for match in result.get("matchRecords") or ():
            record = match.get("record") or {}
            if record.get("Id"):
                named[
                    (
                        str((record.get("attributes") or {}).get("type") or result.get("entityType", "")),
                        str(record["Id"]),
                    )
                ] = None
    return named


type OrgFor = Callable[[str], OrgCalls]
