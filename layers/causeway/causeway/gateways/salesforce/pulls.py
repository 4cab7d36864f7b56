"""The org as a pull reads it: queries page by page, the delete log, Bulk API 2.0 queries as a stream of rows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import quote_plus

import orjson

from causeway.errors import NotFound, OrgRefused, OutcomeUnknown
from causeway.gateways.salesforce.bulk_csv import csv_rows
from causeway.gateways.salesforce.composite import OrgCalls
from causeway.gateways.salesforce.errors import error_of
from causeway.gateways.salesforce.org import SalesforceOrg
from causeway.pull.jobs import Deleted, QueryPage, Row
from causeway.salesforce.calls import Lookup
from causeway.salesforce.describe import SObjectDescribe

MAX_URI_BYTES = (
    8_000  # of an encoded query: URI and headers together may take 16,384 (REST API guide, status codes 414, 431)
)
ROWS_PER_LOCATOR = 25_000  # one call each; small enough to be read again after a crash
CALL_TIMEOUT_S = 30.0
_JOB_ID = re.compile(r"[0-9A-Za-z]{15,18}")
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
        try:
            return int(parsedate_to_datetime(self._org.answered_at).timestamp()) * 1000
        except ValueError:  # something on the way took the header away, or changed it
            return self._now_ms() // 1000 * 1000

    def api_calls(self) -> int:
        """Return the calls made so far."""
        return self._org.api_calls

    def query(self, soql: str, *, with_deleted: bool) -> QueryPage:
        """
        Run a query (queryAll with deleted rows) and return its first page.

        A query longer than a URI goes as a part of a composite call, where no URI limits it; it counts as one call, too.
        """
        resource = "queryAll" if with_deleted else "query"
        encoded = quote_plus(soql)
        if len(encoded) <= MAX_URI_BYTES:
            return _page(_parsed(self._org.fetch(resource, {"q": soql}, timeout_s=CALL_TIMEOUT_S)))
        part = {"method": "GET", "url": f"{self._org.data_path}/{resource}?q={encoded}", "referenceId": "q"}
        body = orjson.dumps({"allOrNone": False, "compositeRequest": [part]})
        return _page(_only_part(_parsed(self._org.fetch("composite", {}, body=body, timeout_s=CALL_TIMEOUT_S))))

    def ahead(self, next_url: str) -> Callable[[], QueryPage]:
        """Start reading the page of a locator and return a function that waits for it."""
        path = self._org.query_path(next_url)
        return self._reader.submit(lambda: _page(_parsed(self._org.fetch(path, {}, timeout_s=CALL_TIMEOUT_S)))).result

    def close(self) -> None:
        """Wait for calls that were started; no thread outlives a worker's part of a run."""
        self._reader.shutdown()

    def count(self, soql: str, *, with_deleted: bool) -> int:
        """Return the number of a COUNT() query."""
        return self.query(soql, with_deleted=with_deleted).total

    def about_how_many(self, sobject: str) -> int:
        """Return about how many records the sObject has (REST API guide, Record Count)."""
        answer = self._org.get("limits/recordCount", timeout_s=CALL_TIMEOUT_S, sObjects=sobject)
        with _understood():
            return int(next(each["count"] for each in answer["sObjects"] if each["name"].lower() == sobject.lower()))

    def deleted(self, sobject: str, start_ms: int, end_ms: int) -> Deleted:
        """Return what was deleted, hard deletes included (SOAP API guide, getDeleted())."""
        span = {"start": _moment(start_ms), "end": _moment(end_ms)}
        try:
            answer = self._org.get(f"sobjects/{sobject}/deleted/", timeout_s=CALL_TIMEOUT_S, **span)
        except OrgRefused as refused:
            if refused.org_code != "INVALID_REPLICATION_DATE":
                raise
            return Deleted((), end_ms)
        with _understood():
            records = [(row["id"], _ms(row["deletedDate"])) for row in answer["deletedRecords"]]
            return Deleted(records, _ms(answer["earliestDateAvailable"]))

    def start_bulk(self, soql: str, *, with_deleted: bool) -> str:
        """Create a Bulk API 2.0 query job and return its Id."""
        request = {"operation": "queryAll" if with_deleted else "query", "query": soql, "lineEnding": "LF"}
        answer = self._org.request("POST", "jobs/query", json=request, timeout_s=CALL_TIMEOUT_S)
        with _understood():
            if not _JOB_ID.fullmatch(answer["id"]):
                raise ValueError("no Id of a job")
            return str(answer["id"])

    def bulk_is_complete(self, job: str) -> bool:
        """Return whether the job's results can be read; raises OrgRefused when it failed."""
        answer = self._org.get(f"jobs/query/{job}", timeout_s=CALL_TIMEOUT_S)
        with _understood():
            state = str(answer["state"])
        if state in ("Failed", "Aborted"):
            reason = str(answer.get("errorMessage") or state)[:500]
            raise OrgRefused(f"Salesforce could not run the bulk query: {reason}", org_code="BULK_QUERY_FAILED")
        return state == "JobComplete"

    def bulk_ahead(self, job: str, locator: str, types: Mapping[str, str]) -> Callable[[], BulkPage]:
        """Start reading one results page and return a function that waits for it: rows as REST would give them, the next locator."""
        return self._reader.submit(self._bulk_page, job, locator, types).result

    def _bulk_page(self, job: str, locator: str, types: Mapping[str, str]) -> BulkPage:
        params = {"maxRecords": str(ROWS_PER_LOCATOR)} | ({"locator": locator} if locator else {})
        lines, headers = self._org.stream(f"jobs/query/{job}/results", params, timeout_s=CALL_TIMEOUT_S)
        with _understood():
            following, count = headers["Sforce-Locator"], headers.get("Sforce-NumberOfRecords")
            if following == locator:
                raise ValueError("a locator that leads to itself")
            return csv_rows(lines, types, int(count) if count else None), "" if following == END else following


@contextmanager
def _understood() -> Iterator[None]:
    """Turn what an answer lacks into OutcomeUnknown: something else than Salesforce answered, or it was cut."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, StopIteration) as error:
        raise OutcomeUnknown("The org gave an answer of another shape than expected.", "It is tried again.") from error


def _page(answer: Any) -> QueryPage:
    """Return the page of a query; raises OutcomeUnknown for what lacks records, their Ids, the count, or the way to the next page."""
    with _understood():
        rows, next_url, total = (
            answer["records"],
            None if answer["done"] else str(answer["nextRecordsUrl"]),
            int(answer["totalSize"]),
        )
        if not isinstance(rows, list) or not all(isinstance(row["Id"], str) for row in rows):
            raise TypeError("no rows with Ids")
        return QueryPage(rows, next_url, total)


def _only_part(answer: Any) -> Any:
    """Return what the one part of a composite call was answered; raises what its status means."""
    with _understood():
        (part,) = answer["compositeResponse"]
        status, body = int(part["httpStatusCode"]), part["body"]
    if status != 200:
        raise error_of(status, body)
    return body


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
