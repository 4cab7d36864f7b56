"""The org as a pull reads it: queries page by page, the delete log, Bulk API 2.0 queries as a stream of rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import orjson

from causeway.errors import NotFound, OrgRefused, OutcomeUnknown
from causeway.gateways.salesforce.bulk_csv import csv_rows
from causeway.gateways.salesforce.composite import OrgCalls
from causeway.gateways.salesforce.org import SalesforceOrg
from causeway.pull.jobs import Deleted, QueryPage, Row
from causeway.salesforce.calls import Lookup
from causeway.salesforce.describe import SObjectDescribe

ROWS_PER_LOCATOR = 25_000  # one call each; small enough to be read again after a crash
CALL_TIMEOUT_S = 30.0
END = "null"  # Sforce-Locator of the last page: Bulk API 2.0 guide, Get Results for a Query Job

type BulkPage = tuple[Iterator[Row], str]


class Describes(Protocol):
    """Describes through the cache (syncs/discovery/describes.py); raises NotFound for an sObject that the user cannot see."""

    def described(self, tenant: str, sobject: str, *, max_age_ms: int = ..., fresh: bool = ...) -> SObjectDescribe: ...


class PullingOrg:
    """One tenant's org for the time of a run."""

    def __init__(self, org: SalesforceOrg, describes: Describes, now_ms: Callable[[], int]) -> None:
        self._org, self._describes, self._now_ms = org, describes, now_ms
        self._reader = ThreadPoolExecutor(1)

    def described(self, sobject: str) -> SObjectDescribe:
        """Return the describe, re-read with If-Modified-Since, which also reads the org's clock."""
        return self._describes.described(self._org.access.tenant, sobject, max_age_ms=0)

    def described_again(self, sobject: str) -> SObjectDescribe:
        """Return the describe whatever is cached: the org just refused a field."""
        return self._describes.described(self._org.access.tenant, sobject, fresh=True)

    def parent_described(self, sobject: str, *, fresh: bool = False) -> SObjectDescribe | None:
        """Return the describe of another sObject, cached for a while unless `fresh`; None when the user cannot see it."""
        try:
            return self._describes.described(self._org.access.tenant, sobject, fresh=fresh)
        except NotFound:
            return None

    def read(self, lookups: Sequence[Lookup]) -> list[list[Row]]:
        """Return the rows of each look-up; up to five share one call."""
        return OrgCalls(self._org).read(lookups, CALL_TIMEOUT_S)

    def org_now_ms(self) -> int:
        """Return the org's clock as of its last answer, in whole seconds."""
        date = self._org.answered_at
        return int(parsedate_to_datetime(date).timestamp()) * 1000 if date else self._now_ms() // 1000 * 1000

    def api_calls(self) -> int:
        """Return the calls made so far."""
        return self._org.api_calls

    def query(self, soql: str, *, with_deleted: bool) -> QueryPage:
        """Run a query (queryAll with deleted rows) and return its first page."""
        return _page(self._org.fetch("queryAll" if with_deleted else "query", {"q": soql}, timeout_s=CALL_TIMEOUT_S))

    def ahead(self, next_url: str) -> Callable[[], QueryPage]:
        """Start reading the page of a locator and return a function that waits for it."""
        path = self._org.query_path(next_url)
        return self._reader.submit(lambda: _page(self._org.fetch(path, {}, timeout_s=CALL_TIMEOUT_S))).result

    def close(self) -> None:
        """Wait for calls that were started; no thread outlives a worker's part of a run."""
        self._reader.shutdown()

    def count(self, soql: str, *, with_deleted: bool) -> int:
        """Return the number of a COUNT() query."""
        return int(self._org.query(soql, deleted=with_deleted, timeout_s=CALL_TIMEOUT_S)["totalSize"])

    def deleted(self, sobject: str, start_ms: int, end_ms: int) -> Deleted:
        """Return what was deleted, hard deletes included (SOAP API guide, getDeleted())."""
        span = {"start": _moment(start_ms), "end": _moment(end_ms)}
        try:
            answer = self._org.get(f"sobjects/{sobject}/deleted/", timeout_s=CALL_TIMEOUT_S, **span)
        except OrgRefused as refused:
            if refused.org_code != "INVALID_REPLICATION_DATE":
                raise
            return Deleted((), end_ms)
        records = [(row["id"], _ms(row["deletedDate"])) for row in answer["deletedRecords"]]
        return Deleted(records, _ms(answer["earliestDateAvailable"]))

    def start_bulk(self, soql: str, *, with_deleted: bool) -> str:
        """Create a Bulk API 2.0 query job and return its Id."""
        request = {"operation": "queryAll" if with_deleted else "query", "query": soql, "lineEnding": "LF"}
        return str(self._org.request("POST", "jobs/query", json=request, timeout_s=CALL_TIMEOUT_S)["id"])

    def bulk_is_complete(self, job: str) -> bool:
        """Return whether the job's results can be read; raises OrgRefused when it failed."""
        answer = self._org.get(f"jobs/query/{job}", timeout_s=CALL_TIMEOUT_S)
        if answer["state"] in ("Failed", "Aborted"):
            reason = str(answer.get("errorMessage") or answer["state"])[:500]
            raise OrgRefused(f"Salesforce could not run the bulk query: {reason}", org_code="BULK_QUERY_FAILED")
        return bool(answer["state"] == "JobComplete")

    def bulk_ahead(self, job: str, locator: str, types: Mapping[str, str]) -> Callable[[], BulkPage]:
        """Start reading one results page and return a function that waits for it: rows as REST would give them, the next locator."""
        return self._reader.submit(self._bulk_page, job, locator, types).result

    def _bulk_page(self, job: str, locator: str, types: Mapping[str, str]) -> BulkPage:
        params = {"maxRecords": str(ROWS_PER_LOCATOR)} | ({"locator": locator} if locator else {})
        lines, headers = self._org.stream(f"jobs/query/{job}/results", params, timeout_s=CALL_TIMEOUT_S)
        following = headers.get("Sforce-Locator", END)
        return csv_rows(lines, types), "" if following == END else following


def _page(body: bytes) -> QueryPage:
    answer = _parsed(body)
    if not isinstance(answer, dict) or "records" not in answer:
        raise OutcomeUnknown("The org answered a query without records.", "It is tried again.")
    return QueryPage(answer["records"], None if answer.get("done", True) else answer["nextRecordsUrl"])


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:  # half of a surrogate pair, which Salesforce may store where a text was cut, is no Unicode: it becomes a "?"
        return orjson.loads(json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace"))
    except ValueError as error:
        raise OutcomeUnknown("The org's answer was cut or is no JSON.", "It is tried again.") from error


def _moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)
