"""A pull of a simulated org in this process: no socket, time that only moves when it is told to, and a fault at a chosen call."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from causeway.connections.connection import Connection, Status
from causeway.gateways.salesforce.org import SalesforceOrg
from causeway.gateways.salesforce.pulls import PullingOrg
from causeway.pull.endings import Ended
from causeway.pull.jobs import PullJob
from causeway.pull.ports import PullPorts
from causeway.pull.run import pull_sync
from causeway.salesforce.access import Access
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.values.dates import rfc3339
from causeway.syncs.discovery.describes import MAX_AGE_MS, Discovery
from causeway.syncs.sync import Sync
from urllib3.response import HTTPResponse

from local.org.app import Org
from local.org.wire.messages import Request
from local.org.wire.replies import encoded
from tests.support.api.fakes import FakeDescribeCache
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
from tests.support.pull.striking.alterations import ALTERATIONS
from tests.support.pull.striking.answer import Answer
from tests.support.pull.striking.strike import Strike
from tests.support.pull.two_way import MemorySynced

TENANT = "acme"
MAX_URI_BYTES = 16_384  # REST API guide, status codes: 414
VISIBILITY_S = 1_800
WITHOUT_BODY = (204, 304)
MOST_CALLS = 20_000  # of one run and the runs after it


class Endless(BaseException):
    """A run calls the org again and again, without an end in sight."""


@dataclass
class Wire(OrgTransport):
    """The way to the org: counts calls, strikes some, and remembers what was asked and answered."""

    org: Org
    strike: Strike | None = None
    struck: int = 0
    calls: int = 0
    late: Callable[[float], None] = lambda seconds: None
    sent: list[tuple[str, str, str, int]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    before_call: Callable[[int], None] = lambda number: None

    def __post_init__(self) -> None:
        super().__init__(self.org)

    def carry(self, request: requests.PreparedRequest) -> requests.Response:
        """Hand one request to the org, struck or not."""
        self.calls += 1
        if self.calls > MOST_CALLS:
            raise Endless
        self.before_call(self.calls)
        body = request.body if isinstance(request.body, str) else bytes(request.body or b"").decode()
        answer = self._answered(request)
        self.sent.append((str(request.method), str(request.url), body, 0 if answer.lost else answer.status))
        self.answers.append(answer)
        self.late(answer.after_s)
        if answer.lost:
            raise answer.lost
        return _as_streamed(request, answer)

    def _answered(self, request: requests.PreparedRequest) -> Answer:
        strike = self.strike if self.strike and self.strike.hits(self.calls) else None
        if strike and not strike.alters:
            self.struck += 1
            self.org.faults.add({**strike.fault, "times": 1})
        answer = self._of_the_org(request)
        self.org.faults.clear()
        altered = ALTERATIONS[strike.alters](answer) if strike and strike.alters and not answer.lost else None
        self.struck += altered is not None
        return altered or answer

    def _of_the_org(self, request: requests.PreparedRequest) -> Answer:
        url = str(request.url)
        if len(str(request.path_url)) > MAX_URI_BYTES:
            return Answer(url, 414, {}, b"<html>URI Too Long</html>")
        reply = self.org.handle(_received(request))
        if reply.dropped:
            return Answer(url, 0, {}, b"", lost=requests.ConnectionError("Connection aborted."))
        found = encoded(reply.response)
        body = b"" if found.status in WITHOUT_BODY else bytes(found.body or b"")
        headers = {"Date": self.org.clock.http_date(), "Content-Type": found.content_type, **found.headers}
        if reply.cut:
            headers["Content-Length"], body = str(len(body)), body[: len(body) // 2]
        return Answer(url, found.status, headers, body)


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


def _as_streamed(request: requests.PreparedRequest, answer: Answer) -> requests.Response:
    """Return an answer whose body may be read as a stream; one that was cut raises as from a socket."""
    headers = {"Content-Length": str(len(answer.body)), **answer.headers}
    body = _Breaking(answer.breaks) if answer.breaks else BytesIO(answer.body)
    raw = HTTPResponse(body, headers=headers, status=answer.status, preload_content=False)
    response = requests.Response()
    response.status_code, response.raw, response.request = answer.status, raw, request
    response.headers.update(headers)
    response.url, response.encoding = answer.url, "utf-8"
    return response


class _Breaking(BytesIO):
    """A body whose connection breaks once it is read."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def read(self, *args: Any) -> bytes:
        raise self._error

    read1 = readinto = read  # type: ignore[assignment]  # nothing is read


class Direct(requests.Session):
    """A session that hands requests straight to the wire: no cookies, proxies or environment, as there are none."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire

    def request(self, method: Any, url: Any, *args: Any, **options: Any) -> requests.Response:
        """Send a request; without `stream`, its body is read at once."""
        given = {name: options.get(name) for name in ("headers", "params", "data", "json")}
        response = self._wire.carry(requests.Request(method, url, **given).prepare())
        if not options.get("stream"):
            _ = response.content
        return response


class Working(Patience):
    """The time of one worker, on the world's clock."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        super().__init__()
        self._now_ms, self._until_ms = now_ms, now_ms() + int(self.left_s * 1000)

    def remaining_s(self) -> float:
        return (self._until_ms - self._now_ms()) / 1000


class InProcess:
    """One tenant's org in this process and the stores of its pulls in memory."""

    def __init__(self, *syncs: Sync, start_ms: int) -> None:
        self.org = Org()
        self.control("POST", "clock", {"now": rfc3339(start_ms), "stop": True})
        self.wire = Wire(self.org)
        self.http = Direct(self.wire)
        self.now_ms = self.org.clock.now_ms
        self.wire.late = lambda seconds: self.advance(seconds) if seconds else None
        self.checkpoints, self.slots = MemoryCheckpoints(self.now_ms), MemorySlots(self.now_ms)
        self.queues, self.runs, self.due = MemoryQueues(), MemoryRuns(), MemoryDueDates()
        self.signals, self.synced, self.syncs = MemorySignals(), MemorySynced(), MemorySyncs({s.id: s for s in syncs})
        connection = Connection(TENANT, Status.CONNECTED, org_id=self.org.org_id, instance_url=self.org.origin, epoch=1)
        self.connections = MemoryConnections(connection)
        self.pulling_org: Callable[[SalesforceOrg], PullingOrg] = lambda org: PullingOrg(org, self, self.now_ms)
        self._numbers = self._read = 0
        self._access = self._session()
        self._describes = FakeDescribeCache()
        self._discovery = Discovery(lambda tenant: self._salesforce, self._describes, self.now_ms)

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

    def described(
        self, tenant: str, sobject: str, *, max_age_ms: int = MAX_AGE_MS, fresh: bool = False
    ) -> SObjectDescribe:
        """Return the describe as the connector gets it."""
        return self._discovery.described(tenant, sobject, max_age_ms=max_age_ms, fresh=fresh)

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
        return pull_sync(job, self.ports(), Working(self.now_ms), deliveries)

    def state(self) -> str:
        """Return all that the next runs go by: how far the pull has come, what was published, what is cached, and the time."""
        stored = [
            {key: each for key, each in item.items() if key not in ("fence", "owner", "until", "checkpoint")}
            | {"checkpoint": re.sub(r'"run": "[^"]*"', "", item.get("checkpoint", ""))}
            for item in self.checkpoints.stored.values()
        ]
        records = [record for page in self.queues.published for record in page["records"]]
        cached = [(place, kept.body, kept.last_modified) for place, kept in self._describes.kept.items()]
        return repr((self.now_ms(), stored, records, cached, self.connections.connection))

    def received(self) -> Sequence[Mapping[str, Any]]:
        """Return the records published since the last time, each page once."""
        pages, self._read = self.queues.published[self._read :], len(self.queues.published)
        return [record for page in pages for record in page["records"]]
