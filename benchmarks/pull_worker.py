"""One first import with the real use case and gateways against an org over HTTP; stores and queues are in memory."""

from __future__ import annotations

from causeway.loading import loaded  # first, as the handler

# isort: split
import json
import time
from dataclasses import dataclass, field
from typing import Any

from causeway.connections.connection import Connection, Status
from causeway.gateways.salesforce.org import SalesforceOrg
from causeway.gateways.salesforce.pulls import PullingOrg
from causeway.pull.endings import Ended
from causeway.pull.jobs import PullJob
from causeway.pull.planning.plan import PullPlan, planned
from causeway.pull.ports import PullPorts
from causeway.pull.reading import bulk
from causeway.pull.run import pull_sync
from causeway.salesforce.access import Access
from causeway.salesforce.describe import SObjectDescribe, describe_from_json
from causeway.syncs.sync import Mapping, Sync
from causeway.wiring.clients import http_session, new_id, now_ms

from tests.support.pull.fakes import (
    MemoryCheckpoints,
    MemoryConnections,
    MemoryDueDates,
    MemoryRuns,
    MemorySignals,
    MemorySlots,
    MemorySyncs,
    NoLinks,
    Patience,
)
from tests.support.pull.two_way import MemorySynced

loaded()

MAPPED = {
    "first_name": "FirstName",
    "last_name": "LastName",
    "email": "Email",
    "phone": "Phone",
    "title": "Title",
    "street": "MailingStreet",
    "city": "MailingCity",
    "country": "MailingCountry",
    "company": "Account.Name",
}


class SameAccess:
    """Tokens that are never renewed."""

    def renewed(self, stale: Access) -> Access:
        """Refuse: a benchmark's session does not expire."""
        raise RuntimeError("the session expired")


class KnownDescribes:
    """Describes that are known already: describes are counted apart."""

    def __init__(self, describes: dict[str, SObjectDescribe]) -> None:
        self._describes = describes

    def described(self, tenant: str, sobject: str, *, max_age_ms: int = 0, fresh: bool = False) -> SObjectDescribe:
        """Return one."""
        return self._describes[sobject]


@dataclass
class CountingQueues:
    """An outbound queue that counts and forgets, as SQS takes messages off the process's hands."""

    pages: int = 0
    rows: int = 0
    sent_bytes: int = 0
    jobs: list[tuple[PullJob, int]] = field(default_factory=list)

    def publish(self, tenant: str, body: bytes) -> None:
        """Take one page."""
        self.pages += 1
        self.sent_bytes += len(body)
        self.rows += body.count(b'"salesforce_id":')

    def enqueue(self, job: PullJob, delay_s: int) -> None:
        """Take one job."""
        self.jobs.append((job, delay_s))


class LeanCheckpoints(MemoryCheckpoints):
    """Checkpoints that keep what a table would keep, outside of this process's memory."""

    def save(self, held: Any, checkpoint: Any, page: Any) -> None:
        """Keep the place; a table would store the page too."""
        json.dumps(checkpoint.to_json())
        super().advance(held, checkpoint)


def org_of(session: dict[str, str]) -> SalesforceOrg:
    """Return the org of a session of the control API."""
    access = Access("acme", session["org_id"], session["instance_url"], "66.0", 1, 1, session["access_token"])
    return SalesforceOrg(access, SameAccess(), http_session(), now_ms)


def described(org: SalesforceOrg, sobject: str) -> SObjectDescribe:
    """Return a describe, read from the org."""
    return describe_from_json((org.describe(sobject) or ({}, ""))[0])


def contact_plan(org: SalesforceOrg) -> PullPlan:
    """Return how the benchmark reads Contacts: the fields of `MAPPED`; the describe's answer also carries the org's clock."""
    rows = tuple(Mapping(product=product, salesforce=path) for product, path in MAPPED.items())
    sync = Sync(id="people", source="lead", sobject="Contact", direction="pull", enabled=True, mappings=rows)
    return planned(sync, described(org, "Contact"))


def pull_once(session: dict[str, str], via: str, version: int) -> dict[str, Any]:
    """Pull every Contact once, in pages of a version, and return rows, pages and seconds."""
    bulk.BULK_ROWS = 0 if via == "bulk" else 10**9
    org = org_of(session)
    plan = contact_plan(org)
    known = KnownDescribes({"Contact": plan.describe, "Account": described(org, "Account")})
    queues = CountingQueues()
    ports = PullPorts(
        syncs=MemorySyncs({"people": plan.sync}),
        connections=MemoryConnections(Connection("acme", Status.CONNECTED, org_id=session["org_id"], epoch=1)),
        org_of=lambda connection: PullingOrg(org, known, now_ms),
        checkpoints=LeanCheckpoints(now_ms),
        slots=MemorySlots(now_ms),
        due=MemoryDueDates(),
        now_ms=now_ms,
        links=NoLinks(),
        synced=MemorySynced(),
        queues=queues,
        runs=MemoryRuns(),
        signals=MemorySignals(),
        new_id=new_id,
        records_version=version,
    )
    began, cpu = time.perf_counter(), time.process_time()
    while (ended := pull_sync(PullJob("acme", "people"), ports, Patience())) is Ended.HANDED_OVER:
        time.sleep(0.05)
    if ended is not Ended.DONE:
        raise RuntimeError(f"the pull ended {ended}")
    return {
        "rows": queues.rows,
        "pages": queues.pages,
        "bytes": queues.sent_bytes,
        "seconds": time.perf_counter() - began,
        "cpu_s": time.process_time() - cpu,
    }
