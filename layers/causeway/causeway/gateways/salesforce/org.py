"""The REST API of one tenant's org; the transport counts, times out and renews, and every error is translated once."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

import requests
from simple_salesforce.exceptions import SalesforceError
from urllib3.exceptions import HTTPError

from causeway.connections.connection import Usage
from causeway.connections.oauth.hosts import UntrustedAddress, trusted_path
from causeway.errors import NotFound, OrgRefused, OutcomeUnknown, RecordLocked, RequestTooLarge
from causeway.gateways.salesforce.errors import error_of, error_of_exception
from causeway.gateways.salesforce.transport import READ_TIMEOUT_S, OrgTransport, Tokens
from causeway.salesforce.access import Access

STREAM_BYTES = 262_144


class SalesforceOrg:
    """
    The REST API of one org (REST API guide).

    `on_usage` receives every `Sforce-Limit-Info`; no call waits longer than `most_s`. Every method raises OrgUnavailable
    (nothing was applied), OutcomeUnknown (a write may have been), QuotaSpent, OrgRefused, NotFound, MissingPermission or
    ReconnectionRequired. One instance serves one thread at a time.
    """

    def __init__(
        self,
        access: Access,
        tokens: Tokens,
        session: requests.Session,
        now_ms: Callable[[], int],
        on_usage: Callable[[Usage], object] = lambda usage: None,
        most_s: float = READ_TIMEOUT_S,
    ) -> None:
        self._transport = OrgTransport(access, tokens, session, now_ms, on_usage, most_s)

    @property
    def access(self) -> Access:
        """Return the access in use: the one given, or the one that replaced it."""
        return self._transport.access

    @property
    def api_calls(self) -> int:
        """Return how many calls were sent."""
        return self._transport.api_calls

    @property
    def answered_at(self) -> str:
        """Return the `Date` header of the last answer: the org's clock, "" before the first."""
        return self._transport.headers.get("Date", "")

    @property
    def data_path(self) -> str:
        """Return the path that REST URLs of this connection start with, such as `/services/data/v66.0`."""
        return self._transport.data_path

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        timeout_s: float = READ_TIMEOUT_S,
        **options: Any,
    ) -> Any:
        """Send one call to a path under the data path and return its JSON (None when empty); repeat it once with a new token."""
        try:
            return self._transport.sent(method, path, params, timeout_s, options)
        except SalesforceError as error:
            raise error_of(int(error.status), error.content) from None

    def get(self, path: str, *, timeout_s: float = READ_TIMEOUT_S, **params: Any) -> Any:
        """Read a path under the data path, such as `limits`."""
        return self.request("GET", path, params=params, timeout_s=timeout_s)

    def composite(
        self, subrequests: Sequence[Mapping[str, Any]], *, timeout_s: float = READ_TIMEOUT_S
    ) -> list[dict[str, Any]]:
        """
        Send up to 25 subrequests (at most five queries or collections) as one counted call and return their answers in order.

        Each subrequest goes on its own (`allOrNone` false); URLs are whole paths (`data_path` + …).
        """
        body = {"allOrNone": False, "collateSubrequests": False, "compositeRequest": list(subrequests)}
        answer = self.request("POST", "composite", json=body, timeout_s=timeout_s)
        answers = answer.get("compositeResponse") if isinstance(answer, dict) else None
        if not isinstance(answers, list) or len(answers) != len(subrequests):
            raise OutcomeUnknown(
                "The org answered a composite call with another number of results.", "It is tried again."
            )
        return answers

    def direct(self, subrequest: Mapping[str, Any], *, timeout_s: float = READ_TIMEOUT_S) -> dict[str, Any]:
        """
        Send one subrequest as a call of its own, in which no text is a reference; return its answer as a composite gives it.

        The answer is about what was sent; what concerns the session, the quota or the org is raised as for any other call.
        """
        path = str(subrequest["url"]).removeprefix(f"{self.data_path}/")
        options = {"json": subrequest["body"], "headers": subrequest["httpHeaders"]}
        try:
            body = self._transport.sent(subrequest["method"], path, None, timeout_s, options)
        except SalesforceError as error:
            status = int(error.status)
            met = error_of(status, error.content)
            if isinstance(met, RequestTooLarge) or not isinstance(met, OrgRefused | NotFound | RecordLocked):
                raise met from None
            return {"httpStatusCode": status, "body": error.content}
        return {"httpStatusCode": 200, "body": body}

    def query(self, soql: str, *, deleted: bool = False, timeout_s: float = READ_TIMEOUT_S) -> dict[str, Any]:
        """Return the first page of a query: `totalSize, done, records[, nextRecordsUrl]`; with `deleted`, deleted rows too."""
        page: dict[str, Any] = self.get("queryAll" if deleted else "query", q=soql, timeout_s=timeout_s)
        return page

    def query_path(self, next_records_url: str) -> str:
        """Return the path under the data path of a `nextRecordsUrl`, which must be of this connection's own version."""
        prefix = f"{self.data_path}/query/"
        try:
            path = trusted_path(next_records_url, self.access.instance_url)
        except UntrustedAddress:
            path = ""
        if not path.startswith(prefix) or not re.fullmatch(r"[\w-]+", path[len(prefix) :]):
            raise OutcomeUnknown("The org named a next page outside its query resource.", "It is tried again.")
        return f"query/{path[len(prefix) :]}"

    def more(self, next_records_url: str, *, timeout_s: float = READ_TIMEOUT_S) -> dict[str, Any]:
        """Return the page of a `nextRecordsUrl`."""
        page: dict[str, Any] = self.get(self.query_path(next_records_url), timeout_s=timeout_s)
        return page

    def rows(self, soql: str, *, deleted: bool = False) -> Iterator[dict[str, Any]]:
        """Yield every row of a query, page after page."""
        page = self.query(soql, deleted=deleted)
        yield from page["records"]
        while not page["done"]:
            page = self.more(page["nextRecordsUrl"])
            yield from page["records"]

    def describe(self, sobject: str, modified_since: str = "") -> tuple[Mapping[str, Any], str] | None:
        """
        Return an sObject's describe and its `Last-Modified` ("" when none), or None when nothing changed since `modified_since`.

        Raises NotFound for an sObject that the user cannot see, and OutcomeUnknown for what is no describe of it.
        """
        found = self._conditional(f"sobjects/{sobject}/describe", modified_since)
        if found is not None and not _is_describe(found[0], sobject):
            raise OutcomeUnknown(
                f"The org answered with something else than the fields of {sobject}.", "It is tried again."
            )
        return found

    def describe_global(self, modified_since: str = "") -> tuple[Mapping[str, Any], str] | None:
        """Return the list of sObjects and its `Last-Modified`, or None when nothing changed since `modified_since`."""
        found = self._conditional("sobjects", modified_since)
        if found is not None and not (isinstance(found[0], dict) and isinstance(found[0].get("sobjects"), list)):
            raise OutcomeUnknown(
                "The org answered with something else than its list of sObjects.", "It is tried again."
            )
        return found

    def limits(self) -> Mapping[str, Any]:
        """Return the org's limits (needs 'View Setup and Configuration')."""
        answer: Mapping[str, Any] = self.get("limits")
        return answer

    def fetch(
        self,
        path: str,
        params: Mapping[str, str],
        *,
        body: bytes | None = None,
        timeout_s: float = READ_TIMEOUT_S,
    ) -> bytes:
        """
        Return the answer to a GET, or to a POST of `body`, read and unpacked in one piece.

        A page read ahead must not wait for the interpreter often.
        """
        try:
            with self._transport.opened(path, params, timeout_s, body) as response:
                return bytes(response.raw.read(decode_content=True))
        except requests.RequestException as error:
            raise error_of_exception(error) from error
        except (OSError, HTTPError) as error:
            raise OutcomeUnknown("The org's answer was cut.", "It is tried again.") from error

    def stream(
        self, path: str, params: Mapping[str, str], *, timeout_s: float = READ_TIMEOUT_S
    ) -> tuple[Iterator[str], Mapping[str, str]]:
        """Return the lines and headers of a CSV answer without holding it in memory."""
        try:
            response = self._transport.opened(path, params, timeout_s)
        except requests.RequestException as error:
            raise error_of_exception(error) from error
        return _lines(response), response.headers

    def _conditional(self, path: str, modified_since: str) -> tuple[Mapping[str, Any], str] | None:
        headers = {"If-Modified-Since": modified_since} if modified_since else {}
        try:
            body = self._transport.sent("GET", path, options={"headers": headers})
        except SalesforceError as error:
            if int(error.status) == 304:
                return None
            raise error_of(int(error.status), error.content) from None
        return body, self._transport.headers.get("Last-Modified", "")


def _is_describe(body: Any, sobject: str) -> bool:
    """Tell whether an answer is the describe of this sObject, each field with a name: anything else must not be cached."""
    if not isinstance(body, dict) or str(body.get("name")).lower() != sobject.lower():
        return False
    fields = body.get("fields")
    return (
        isinstance(fields, list)
        and bool(fields)
        and all(isinstance(each, dict) and each.get("name") for each in fields)
    )


def _lines(response: requests.Response) -> Iterator[str]:
    """Yield the lines of an answer, each with its line end, for the CSV reader; NUL bytes, which exports may hold, are left out."""
    response.raw.decode_content, response.raw.auto_close = True, False  # the reader closes it, not the last byte
    try:
        with response, io.BufferedReader(cast(io.RawIOBase, response.raw), STREAM_BYTES) as lines:
            for line in lines:
                yield line.replace(b"\0", b"").decode()
    except (requests.RequestException, OSError, HTTPError) as error:
        raise OutcomeUnknown("The org's answer was cut.", "It is tried again.") from error
