"""Syncs are found when their pull is due, and moved on once."""

from __future__ import annotations

from typing import Any

from causeway.gateways.dynamodb.config.due_syncs import DueSyncTable
from causeway.gateways.dynamodb.config.syncs import SyncTable
from causeway.pull.schedule import queue_due_pulls
from causeway.syncs.sync import Schedule, Sync

from tests.support.pull.factories import a_pull
from tests.support.pull.fakes import Patience
from tests.support.pull.tables import Time

ORG, LEASE_MS = "00D000000000001EAA", 60_000


class Jobs:
    def __init__(self) -> None:
        self.queued: list[Any] = []

    def queue(self, jobs: Any) -> None:
        self.queued += jobs


def saved(client: Any, tenant: str, sync: Sync, due_at_ms: int | None) -> None:
    SyncTable(client, "config").put(tenant, sync, expected_revision=None, due_at_ms=due_at_ms)


def test_saved_pulls_are_found_when_they_are_due_and_queued_once(client: Any, time: Time) -> None:
    for tenant in range(40):
        for number in range(3):
            saved(client, f"t{tenant}", a_pull(sync_id=f"s{number}"), time.now_ms - 1)
    saved(client, "later", a_pull(), time.now_ms + 1)
    saved(client, "paused", a_pull(), None)
    due, jobs = DueSyncTable(client, "config"), Jobs()
    assert queue_due_pulls(due, jobs, time, Patience()) == 120
    assert {(job.tenant, job.sync, job.due_ms) for job in jobs.queued} == {
        (f"t{tenant}", f"s{number}", time.now_ms - 1) for tenant in range(40) for number in range(3)
    }
    assert queue_due_pulls(due, jobs, time, Patience()) == 0


def test_two_ticks_at_once_agree_on_when_a_sync_is_due_next(client: Any, time: Time) -> None:
    saved(client, "acme", a_pull(), time.now_ms - 1)
    table = DueSyncTable(client, "config")
    ((first,),) = [page for page in table.pages(time.now_ms) if page]
    table.move_on([(first, time.now_ms + 60_000)])
    table.move_on([(first, time.now_ms + 90_000)])
    ((again,),) = [page for page in table.pages(time.now_ms + 60_000) if page]
    assert again.due_at_ms == time.now_ms + 60_000


def test_a_sync_is_brought_forward_and_never_put_off(client: Any, time: Time) -> None:
    saved(client, "acme", a_pull(), 5_000)
    table = DueSyncTable(client, "config")
    table.bring_forward("acme", "people", 9_000)
    table.bring_forward("acme", "people", 3_000)
    ((due,),) = [page for page in table.pages(10_000) if page]
    assert due.due_at_ms == 3_000
    saved(client, "paused", a_pull(pull={"schedule": Schedule(paused=True)}), None)
    table.bring_forward("paused", "people", 1_000)
    assert sum(len(page) for page in table.pages(10_000)) == 1
