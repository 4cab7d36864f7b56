"""A pull of a simulated org in this process: no socket, time that only moves when it is told to, and a fault at a chosen call."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from causeway.connections.connection import Connection, Status
from causeway.errors import NotFound
from causeway.gateways.salesforce.org import SalesforceOrg
from causeway.gateways.salesforce.pulls import PullingOrg
from causeway.pull.endings import Ended
from causeway.pull.jobs import PullJob
from causeway.pull.ports import PullPorts
from causeway.pull.run import pull_sync
from causeway.salesforce.access import Access
from causeway.salesforce.describe import SObjectDescribe, describe_from_json
from causeway.salesforce.values.dates import rfc3339
from causeway.syncs.sync import Sync
from urllib3.response import HTTPResponse

from local.org.app import Org
from local.org.wire.messages import Request
from local.org.wire.replies import encoded
from tests.support.org.transport import OrgTransport
from tests.support.pull.fakes import (
    MemoryCheckpoints,
    MemoryConnections,
    MemoryDueDates,
    MemoryQueues,
    MemoryRuns,
    MemorySignals,
    MemorySlots,
    MemorySyncs,
    NoLinks,
    Patience,
)
from tests.support.pull.two_way import MemorySynced

TENANT = "acme"
MAX_URI_BYTES = 16_384  # REST API guide, status codes: 414
VISIBILITY_S = 1_800


@dataclass(frozen=True)
class Strike:
    """A fault at the `at`th call of a run (from 1), once or at every call from there on."""

    fault: Mapping[str, Any]
    at: int
    for_ever: bool = False

    def hits(self, number: int) -> bool:
        """Tell whether the call of that number is struck."""
        return number >= self.at if self.for_ever else number == self.at


@dataclass
class Wire(OrgTransport):
    """The way to the org: counts calls, strikes some, and remembers what was asked and answered."""

    org: Org
    strike: Strike | None = None
    calls: int = 0
    sent: list[tuple[str, str, str, int]] = field(default_factory=list)
    before_call: Callable[[int], None] = lambda number: None

    def __post_init__(self) -> None:
        super().__init__(self.org)

    def carry(self, request: requests.PreparedRequest) -> requests.Response:
        """Hand one request to the org, struck or not."""
        self.calls += 1
        self.before_call(self.calls)
        if self.strike and self.strike.hits(self.calls):
            self.org.faults.add({**self.strike.fault, "times": 1})
        body = request.body if isinstance(request.body, str) else bytes(request.body or b"").decode()
        try:
            answer = self._answered(request)
        except requests.ConnectionError:
            self.sent.append((str(request.method), str(request.url), body, 0))
            raise
        finally:
            self.org.faults.clear()
        self.sent.append((str(request.method), str(request.url), body, answer.status_code))
        return answer

    def _answered(self, request: requests.PreparedRequest) -> requests.Response:
        if len(str(request.path_url)) > MAX_URI_BYTES:
            return _as_streamed(request, 414, {}, b"<html>URI Too Long</html>")
        found = _received(request)
        reply = self.org.handle(found)
        if reply.dropped:
            raise requests.ConnectionError("Connection aborted.")
        answer = encoded(reply.response)
        body = bytes(answer.body or b"")
        headers = {"Date": self.org.clock.http_date(), **answer.headers, "Content-Length": str(len(body))}
        return _as_streamed(request, answer.status, headers, body[: len(body) // 2] if reply.cut else body)


def _received(request: requests.PreparedRequest) -> Request:
    parts = urlsplit(str(request.url))
    body = request.body or b""
    return Request(
        method=str(request.method),
        path=unquote(parts.path),
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in request.headers.items() if name.lower() != "accept-encoding"},
        body=body.encode() if isinstance(body, str) else bytes(body),
    )


def _as_streamed(
    request: requests.PreparedRequest, status: int, headers: Mapping[str, str], body: bytes
) -> requests.Response:
    """Return an answer whose body may be read as a stream; one that was cut raises as from a socket."""
    raw = HTTPResponse(BytesIO(body), headers=headers, status=status, preload_content=False)
    response = requests.Response()
    response.status_code, response.raw, response.request = status, raw, request
    response.headers.update(headers)
    response.url, response.encoding = str(request.url), "utf-8"
    return response


class InProcess:
    """One tenant's org in this process and the stores of its pulls in memory."""

    def __init__(self, *syncs: Sync, start_ms: int) -> None:
        self.org = Org()
        self.control("POST", "clock", {"now": rfc3339(start_ms), "stop": True})
        self.wire = Wire(self.org)
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.mount("http://", self.wire)
        self.now_ms = self.org.clock.now_ms
        self.checkpoints, self.slots = MemoryCheckpoints(self.now_ms), MemorySlots(self.now_ms)
        self.queues, self.runs, self.due = MemoryQueues(), MemoryRuns(), MemoryDueDates()
        self.signals, self.synced, self.syncs = MemorySignals(), MemorySynced(), MemorySyncs({s.id: s for s in syncs})
        connection = Connection(TENANT, Status.CONNECTED, org_id=self.org.org_id, instance_url=self.org.origin, epoch=1)
        self.connections = MemoryConnections(connection)
        self.pulling_org: Callable[[SalesforceOrg], PullingOrg] = lambda org: PullingOrg(org, self, self.now_ms)
        self._numbers = self._read = 0
        self._access = self._session()

    def _session(self) -> Access:
        answer = self.control("POST", "sessions", {"timeout_s": 86_400})
        return Access(TENANT, answer["org_id"], self.org.origin, "66.0", 1, 1, answer["access_token"])

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the org's control API and return its answer."""
        answer = self.org.handle(Request(method, f"/_control/{path}", body=json.dumps(body or {}).encode()))
        assert answer.response.status < 300, answer.response.body
        return answer.response.body

    def renewed(self, stale: Access) -> Access:
        """Open a new session, as the token broker does for an expired one."""
        self._access = self._session()
        return self._access

    def described(self, tenant: str, sobject: str, *, max_age_ms: int = 0, fresh: bool = False) -> SObjectDescribe:
        """Return the describe as it is now."""
        found = self._salesforce.describe(sobject)
        if found is None:
            raise NotFound(f"There is no {sobject}.")
        return describe_from_json(found[0])

    def _org_of(self, connection: Connection) -> PullingOrg:
        self._salesforce = SalesforceOrg(self._access, self, self.http, self.now_ms)
        return self.pulling_org(self._salesforce)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.control("POST", "clock", {"advance_s": seconds})

    def ports(self) -> PullPorts:
        """Return the ports of one worker."""
        return PullPorts(
            syncs=self.syncs,
            connections=self.connections,
            org_of=self._org_of,
            checkpoints=self.checkpoints,
            slots=self.slots,
            links=NoLinks(),
            synced=self.synced,
            queues=self.queues,
            due=self.due,
            runs=self.runs,
            signals=self.signals,
            new_id=self._new_id,
            now_ms=self.now_ms,
        )

    def _new_id(self) -> str:
        self._numbers += 1
        return f"id-{self._numbers}"

    def work(self, job: PullJob, deliveries: int = 1) -> Ended:
        """Run one worker's part."""
        return pull_sync(job, self.ports(), Patience(), deliveries)

    def received(self) -> Sequence[Mapping[str, Any]]:
        """Return the records published since the last time, each page once."""
        pages, self._read = self.queues.published[self._read :], len(self.queues.published)
        return [record for page in pages for record in page["records"]]
