"""The stores of pulls and their fakes keep one contract each."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from causeway.contract.runs import Run
from causeway.errors import ClaimBusy
from causeway.gateways.dynamodb.config.checkpoints import CheckpointTable
from causeway.gateways.dynamodb.config.due_syncs import DueSyncTable
from causeway.gateways.dynamodb.config.pull_history import PullHistory
from causeway.gateways.dynamodb.config.pull_slots import SlotTable
from causeway.gateways.dynamodb.config.runs import RunTable
from causeway.gateways.dynamodb.config.syncs import SyncTable
from causeway.gateways.dynamodb.state.claims import ClaimTable
from causeway.gateways.dynamodb.state.links import LinkTable
from causeway.gateways.dynamodb.state.synced import SyncedTable
from causeway.pull.jobs import EmittedPage, Held, PullJob, Unsent
from causeway.pull.planning.checkpoints import BulkPlace, Checkpoint
from causeway.pull.planning.watermarks import Place, Window
from causeway.pull.schedule import queue_due_pulls
from causeway.push.memory.entity import Entity
from causeway.push.memory.field_times import decide_field
from causeway.push.memory.hashes import value_hash
from causeway.push.memory.links import RememberedKey, link_record
from causeway.syncs.sync import Schedule, Sync
from moto import mock_aws

from tests.support.pull.factories import a_pull, an_id
from tests.support.pull.fakes import MemoryCheckpoints, MemorySlots, Patience
from tests.support.pull.two_way import MemorySynced

ORG, LEASE_MS = "00D000000000001EAA", 60_000


class Time:
    now_ms = 1_000_000

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        made = boto3.client("dynamodb", region_name="eu-central-1")
        names = {"pk": "S", "sk": "S", "due_shard": "S", "due_at": "N"}
        key = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
        due = [{"AttributeName": "due_shard", "KeyType": "HASH"}, {"AttributeName": "due_at", "KeyType": "RANGE"}]
        made.create_table(
            TableName="config",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=key,
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in names.items()],
            GlobalSecondaryIndexes=[{"IndexName": "due", "KeySchema": due, "Projection": {"ProjectionType": "ALL"}}],
        )
        made.create_table(
            TableName="state",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=key[:1],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        )
        yield made


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(params=["dynamodb", "memory"])
def store(request: pytest.FixtureRequest, client: Any, time: Time) -> Any:
    return CheckpointTable(client, "config", time) if request.param == "dynamodb" else MemoryCheckpoints(time)


def held(store: Any, owner: str = "w1") -> Held:
    found = store.claim("acme", "people", ORG, owner, LEASE_MS)
    assert isinstance(found, Held)
    return found


def page(number: int, *ids: str, gone: tuple[str, ...] = (), body: bytes = b'{"records":[]}') -> EmittedPage:
    marks = {each: number.to_bytes(8, "big") for each in ids}
    return EmittedPage(number, number, number * 1_000, marks, gone, body, {"a": {"Phone": "m"}}, 77)


WINDOW = Window(Place(5, "003A"), 9, 10)
BEHIND = Checkpoint(3, WINDOW, "bulk", Place(4, "003B"), BulkPlace("750A", "loc", 7), "run-1", 2, kept=1, cut=4)


def test_the_lease_has_one_holder_until_it_runs_out_or_is_given_back(store: Any, time: Time) -> None:
    first = held(store)
    assert store.claim("acme", "people", ORG, "w2", LEASE_MS) is None
    assert store.claim("other", "people", ORG, "w2", LEASE_MS) is not None
    time.now_ms += LEASE_MS + 1
    second = held(store, "w2")
    assert second.fence > first.fence
    store.release(first, is_sent=True)
    assert store.claim("acme", "people", ORG, "w3", LEASE_MS) is None
    store.release(second, is_sent=True)
    assert held(store, "w3").fence > second.fence


def test_a_page_and_the_checkpoint_after_it_are_stored_together(store: Any) -> None:
    first = held(store)
    store.save(first, BEHIND, page(1, an_id(1), an_id(2), body=b'{"records":[1]}'))
    store.release(first, is_sent=False)
    again = held(store, "w2")
    assert again.checkpoint == BEHIND
    assert store.unsent(again) == Unsent(b'{"records":[1]}', {"a": {"Phone": "m"}}, 77)


def test_a_page_that_was_sent_is_not_sent_again(store: Any) -> None:
    first = held(store)
    store.save(first, BEHIND, page(1, an_id(1)))
    store.release(first, is_sent=True)
    assert store.unsent(held(store, "w2")) is None


def test_a_large_page_comes_back_whole(store: Any) -> None:
    body = bytes(random.Random(1).choices(range(32, 127), k=1_000_000))
    first = held(store)
    store.save(first, BEHIND, page(1, an_id(1), body=body))
    found = store.unsent(first)
    assert found is not None
    assert found.body == body


def test_a_worker_that_lost_its_lease_keeps_nothing(store: Any, time: Time) -> None:
    first = held(store)
    time.now_ms += LEASE_MS + 1
    second = held(store, "w2")
    with pytest.raises(ClaimBusy):
        store.save(first, BEHIND, page(1, an_id(1)))
    with pytest.raises(ClaimBusy):
        store.advance(first, BEHIND)
    assert store.unsent(second) is None
    assert store.inventory(second) == {}


def test_what_was_published_is_remembered_by_stamp_and_forgotten_when_gone(store: Any) -> None:
    mine = held(store)
    store.save(mine, BEHIND, page(1, an_id(1), an_id(2)))
    store.save(mine, BEHIND, page(2, an_id(3), gone=(an_id(1),)))
    assert set(store.newer_pages(mine, 1_000)) == {an_id(3)}
    assert set(store.newer_pages(mine, 0)) == {an_id(1), an_id(2), an_id(3)}
    assert set(store.inventory(mine)) == {an_id(2), an_id(3)}
    assert store.inventory(mine)[an_id(3)] == (2).to_bytes(8, "big")


def test_compacting_keeps_what_is_known(store: Any) -> None:
    mine = held(store)
    store.save(mine, BEHIND, page(1, an_id(1)))
    store.save(mine, BEHIND, page(2, an_id(2)))
    before = store.inventory(mine)
    store.compact(mine, BEHIND, before)
    store.release(mine, is_sent=True)
    again = held(store, "w2")
    assert (again.checkpoint.generation, again.checkpoint.kept) == (1, 0)
    assert store.inventory(again) == before
    assert set(store.newer_pages(again, 1_999)) == set(before)
    store.save(again, again.checkpoint, page(3, an_id(3)))
    assert set(store.inventory(again)) == {an_id(1), an_id(2), an_id(3)}


@pytest.fixture(params=["dynamodb", "memory"])
def slots(request: pytest.FixtureRequest, client: Any, time: Time) -> Any:
    return SlotTable(client, "config", time) if request.param == "dynamodb" else MemorySlots(time)


def test_a_tenant_has_so_many_places_and_no_more(slots: Any, time: Time) -> None:
    taken = [slots.take("acme", 2, LEASE_MS, f"w{number}") for number in range(3)]
    assert [slot is not None for slot in taken] == [True, True, False]
    assert slots.take("other", 2, LEASE_MS, "w9") is not None
    slots.release("acme", taken[0])
    assert slots.take("acme", 2, LEASE_MS, "w4") is not None
    assert slots.take("acme", 2, LEASE_MS, "w5") is None
    time.now_ms += LEASE_MS + 1
    assert slots.take("acme", 2, LEASE_MS, "w6") is not None


def test_a_place_that_passed_on_is_not_freed_by_its_former_holder(slots: Any, time: Time) -> None:
    mine = slots.take("acme", 1, LEASE_MS, "w1")
    time.now_ms += LEASE_MS + 1
    assert slots.take("acme", 1, LEASE_MS, "w2") is not None
    slots.release("acme", mine)
    assert slots.take("acme", 1, LEASE_MS, "w3") is None


@pytest.fixture(params=["dynamodb", "memory"])
def synced(request: pytest.FixtureRequest, client: Any) -> Any:
    return SyncedTable(client, "state") if request.param == "dynamodb" else MemorySynced()


def test_last_synced_values_are_kept_by_column(synced: Any) -> None:
    synced.note_published("acme", ORG, {an_id(1): {"Phone": "m1", "Account.Name": "m2"}}, 5)
    synced.note_published("acme", ORG, {an_id(1): {"Phone": "m3"}}, 9)
    found = synced.of_records("acme", ORG, [an_id(1), an_id(2)])
    assert found.keys() == {an_id(1)}
    assert dict(found[an_id(1)].columns) == {"Phone": ("m3", 9), "Account.Name": ("m2", 5)}
    assert synced.of_records("other", ORG, [an_id(1)]) == {}


def test_a_push_that_was_overtaken_by_a_page_notes_nothing(synced: Any) -> None:
    synced.written("acme", ORG, {an_id(1): ({"Phone": "m1"}, 0)})
    seen = synced.of_records("acme", ORG, [an_id(1)])[an_id(1)].version
    synced.note_published("acme", ORG, {an_id(1): {"Phone": "m2"}}, 9)
    synced.written("acme", ORG, {an_id(1): ({"Phone": "m3"}, seen)})
    assert synced.of_records("acme", ORG, [an_id(1)])[an_id(1)].columns == {"Phone": ("m2", 9)}


def test_more_records_than_one_read_takes_are_read(synced: Any) -> None:
    ids = [an_id(number) for number in range(130)]
    synced.note_published("acme", ORG, {each: {"Phone": "m"} for each in ids}, 1)
    assert synced.of_records("acme", ORG, ids).keys() == set(ids)


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


def shown(runs: RunTable, run: str) -> Run:
    found = runs.get("acme", run)
    assert found is not None
    return found


def test_runs_of_pulls_show_progress_wait_and_end(client: Any, time: Time) -> None:
    runs = RunTable(client, "config", time, 30)
    history = PullHistory(runs, time, lambda: "abcdefabcdef")
    sync = a_pull()
    run = history.started(PullJob("acme", "people"), sync)
    history.progress("acme", run, {"created": 3, "echoed": 1}, 2)
    assert shown(runs, run).counts == {"created": 3, "echoed": 1, "read": 4}
    history.ended("acme", run, "waiting", "It waits.")
    assert not history.is_over("acme", run)
    assert history.started(PullJob("acme", "people", run), sync) == run
    assert (shown(runs, run).status, shown(runs, run).ended_at_ms) == ("running", 0)
    history.cancel("acme", run)
    history.started(PullJob("acme", "people", run), sync)
    assert history.is_cancelled("acme", run)
    history.ended("acme", run, "cancelled")
    assert history.is_over("acme", run)


def test_a_key_is_given_only_to_the_syncs_own_source(client: Any) -> None:
    claims = ClaimTable(client, "state", "w1", lambda: 5_000, LEASE_MS)
    entity = Entity()
    link_record(entity, RememberedKey("memory", "lead", "lead-1"), "Contact", an_id(1))
    decide_field(entity, an_id(1), "LastName", (1, 1, 1), "Lovelace")
    claims.acquire("acme", ["h1"])
    claims.own("acme", ORG, {an_id(1): "h1"})
    claims.complete("acme", {"h1": (1, entity.text())})
    table = LinkTable(client, "state")
    found = table.of_records(a_pull(), ORG, "acme", [an_id(1), an_id(2)])
    assert found.keys() == {an_id(1)}
    assert (found[an_id(1)].key, found[an_id(1)].written_at_ms) == ("lead-1", 5_000)
    assert found[an_id(1)].written == {"LastName": value_hash("Lovelace")}
    other = table.of_records(a_pull(source="quiz"), ORG, "acme", [an_id(1)])
    assert other[an_id(1)].key is None
