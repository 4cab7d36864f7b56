"""Fakes of what the API's use cases stand on: an org that describes itself, and stores in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from causeway.errors import CausewayError, Conflict, NotFound
from causeway.pull.jobs import PullJob
from causeway.salesforce.access import Access
from causeway.syncs.sync import Problem, Sync


@dataclass(frozen=True)
class KeptDescribe:
    body: Any
    last_modified: str
    checked_at_ms: int


class FakeDescribeCache:
    """The describe cache in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str], KeptDescribe] = {}

    def get(self, tenant: str, org_id: str, name: str) -> KeptDescribe | None:
        return self.kept.get((tenant, org_id, name.lower()))

    def put(self, tenant: str, org_id: str, name: str, body: Any, last_modified: str, checked_at_ms: int) -> None:
        self.kept[tenant, org_id, name.lower()] = KeptDescribe(body, last_modified, checked_at_ms)

    def note_checked(self, tenant: str, org_id: str, name: str, checked_at_ms: int) -> None:
        place = (tenant, org_id, name.lower())
        self.kept[place] = replace(self.kept[place], checked_at_ms=checked_at_ms)


class FakeOrg:
    """An org whose sObjects are `bodies` (describe's JSON by lower-case name), with the `version` as its Last-Modified."""

    def __init__(self, org_id: str = "00D000000000001EAA") -> None:
        self.access = Access("acme", org_id, "https://acme.my.salesforce.com", "66.0", 1, 1, "token")
        self.bodies: dict[str, dict[str, Any]] = {}
        self.version = "1"
        self.asked: list[tuple[str, str]] = []
        self.failure: CausewayError | None = None
        self.rules: CausewayError | list[dict[str, Any]] = []

    def describe(self, sobject: str, modified_since: str = "") -> tuple[Mapping[str, Any], str] | None:
        self._asked(sobject, modified_since)
        if sobject.lower() not in self.bodies:
            raise NotFound("The requested resource does not exist")
        return None if modified_since == self.version else (self.bodies[sobject.lower()], self.version)

    def describe_global(self, modified_since: str = "") -> tuple[Mapping[str, Any], str] | None:
        self._asked("*", modified_since)
        rows = [{**body, "queryable": True} for body in self.bodies.values()]
        return None if modified_since == self.version else ({"sobjects": rows}, self.version)

    def get(self, path: str, **params: Any) -> Any:
        self._asked(path, params.get("q", ""))
        if isinstance(self.rules, CausewayError):
            raise self.rules
        return {"records": self.rules}

    def _asked(self, what: str, condition: str) -> None:
        self.asked.append((what, condition))
        if self.failure:
            raise self.failure


class FakeSyncStore:
    """Syncs in memory, under the rules of SyncTable."""

    def __init__(self, *syncs: Sync, tenant: str = "acme") -> None:
        self.kept: dict[tuple[str, str], Sync] = {(tenant, sync.id): sync for sync in syncs}
        self.due_at_ms: dict[str, int | None] = {}

    def list(self, tenant: str) -> list[Sync]:
        found = [sync for (owner, _), sync in self.kept.items() if owner == tenant]
        return sorted(found, key=lambda sync: (sync.source, sync.position, sync.id))

    def get(self, tenant: str, sync_id: str) -> Sync | None:
        return self.kept.get((tenant, sync_id))

    def put(self, tenant: str, sync: Sync, *, expected_revision: int | None, due_at_ms: int | None = None) -> Sync:
        before = self.get(tenant, sync.id)
        if (before.revision if before else None) != expected_revision:
            raise Conflict("It changed meanwhile.")
        saved = sync.model_copy(update={"revision": (before.revision if before else 0) + 1})
        self.kept[tenant, sync.id] = saved
        self.due_at_ms[sync.id] = due_at_ms
        return saved

    def note_problems(self, tenant: str, sync: Sync, problems: tuple[Problem, ...]) -> None:
        if self.kept[tenant, sync.id].revision == sync.revision:
            self.kept[tenant, sync.id] = sync.model_copy(update={"problems": problems})

    def delete(self, tenant: str, sync_id: str) -> None:
        if self.kept.pop((tenant, sync_id), None) is None:
            raise NotFound("There is no such sync.")


class FakePullJobs:
    """The pull queue in memory."""

    def __init__(self) -> None:
        self.queued: list[PullJob] = []

    def enqueue(self, job: PullJob, delay_s: int) -> None:
        self.queued.append(job)
