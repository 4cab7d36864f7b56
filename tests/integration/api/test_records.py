"""What happened to ada@example.com? A record is found by what a person knows of it, and shows every change and decision."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from causeway.api.routing import respond
from causeway.api.table import ROUTES
from causeway.connections.access.roles import Role
from causeway.gateways.dynamodb.config.runs import RunTable
from causeway.gateways.dynamodb.history.timeline import TimelineTable, noted_in, parts_of
from causeway.gateways.dynamodb.parked.store import ParkedTable
from causeway.gateways.dynamodb.state.claims import ClaimTable
from causeway.parked.waiting import send_waiting
from causeway.records.remembered import RememberedRecord, remembered_record
from causeway.records.search import Found, search_records
from causeway.syncs.sync import Sync
from causeway.wiring.api import UseCases

from tests.support.api.events import backend_event, browser_event
from tests.support.api.factories import PARKED_BUCKET, PARKED_TABLE, a_parked_table
from tests.support.api.statements import WithStatements
from tests.support.parked.replay import Queue
from tests.support.pull.tables import pull_tables
from tests.support.push.history import push_history_of
from tests.support.push.world import TENANT, World, change, contact_sync, lead_sync, world

ADA = {"last_name": "Lovelace", "email": "ada@example.com", "phone": "1"}
DAY_MS = 86_400_000


class SyncList:
    """The syncs of the world's tenant."""

    def __init__(self, w: World) -> None:
        self._w = w

    def list(self, tenant: str) -> Sequence[Sync]:
        return self._w.syncs.by_tenant.get(tenant, [])

    def of_source(self, tenant: str, source: str) -> Sequence[Sync]:
        return [sync for sync in self.list(tenant) if sync.source == source]


class Uses(UseCases):
    """The use cases of records over a world whose memory and history lie in DynamoDB."""

    def __init__(self, w: World, client: Any) -> None:
        self.w, self.syncs = w, SyncList(w)  # type: ignore[assignment]  # what records ask of it
        self.connections = w.connections  # type: ignore[assignment]  # the world's own
        self.now_ms = w.clock  # type: ignore[method-assign]  # virtual time
        self.runs = RunTable(client, "config", w.clock, 30)
        self.memory = ClaimTable(client, "state", "reader", w.clock, 0)
        dynamodb, objects = a_parked_table()
        self.parked = ParkedTable(dynamodb, PARKED_TABLE, objects, PARKED_BUCKET, w.clock, 90)

    def record(self, tenant: str, source: str, key: str) -> RememberedRecord:
        return remembered_record(tenant, source, key, self.connections, SyncList(self.w), self.memory)

    def search_records(self, tenant: str, text: str, source: str | None) -> list[Found]:
        return search_records(text, self.connections.get(tenant), self.syncs.list(tenant), self.memory, source)

    def page_key(self) -> bytes:
        return b"key"


class Desk:
    """A tenant whose changes are pushed, and the API that tells of them."""

    def __init__(self, w: World, client: Any) -> None:
        self.w, self.client, self.use = w, client, Uses(w, client)

    def push(self, *changes: dict[str, Any], source: str = "lead") -> list[dict[str, Any]]:
        before = len(self.w.outbound.sent)
        claims = ClaimTable(self.client, "state", f"w{self.w.now}", self.w.clock, 720_000)
        history = push_history_of(self.use.runs)
        message = self.w.message(*changes, source=source)
        batch = self.w.deliver(message, claims=claims, history=history, parked=self.use.parked, worker=f"w{self.w.now}")
        assert not batch.faults, batch.faults
        assert not batch.redelivered
        self.w.now += 60_000
        return self.w.outcomes(before)

    def get(self, path: str, *, tenant: str = TENANT, **query: str) -> Any:
        answer = respond(backend_event("GET", tenant, path, query=query), ROUTES, self.use, _fail)
        return json.loads(answer["body"]) if answer["statusCode"] == 200 else answer["statusCode"]

    def post(self, path: str, body: Any, role: Role | None = None, tenant: str = TENANT) -> tuple[int, Any]:
        event = backend_event("POST", tenant, path, body)
        if role is not None:
            event = browser_event("POST", path, body, tenant=tenant, role=role, user="ada")
        answer = respond(event, ROUTES, self.use, _fail)
        return answer["statusCode"], json.loads(answer["body"])

    def keys(self, text: str, **query: str) -> list[tuple[str, str, str]]:
        found = self.get("records", q=text, **query)["records"]
        return [(each["source"], each["key"], each["found_by"]) for each in found]


def _fail(request_id: str, error: Exception) -> None:
    raise error


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for name, value in (("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")):
        monkeypatch.setenv(name, value)
    with world(contact_sync(), lead_sync()) as w, pull_tables() as client:
        yield Desk(w, WithStatements(client))


def test_a_record_is_found_by_key_address_and_salesforce_id(desk: Desk) -> None:
    desk.push(change("lead-7", **ADA), change("lead-8", last_name="Hopper", email="grace@example.com"))
    (contact,) = desk.w.records("Contact", LastName="Lovelace")
    assert desk.keys("lead-7") == [("lead", "lead-7", "key")]
    assert desk.keys(" ADA@example.com ") == [("lead", "lead-7", "email")]
    assert desk.keys(contact["Id"]) == desk.keys(contact["Id"][:15]) == [("lead", "lead-7", "salesforce_id")]
    assert desk.keys("lead-7", source="other") == desk.keys("nobody") == desk.keys("b@example.com") == []
    assert desk.get("records", q="lead-7", tenant="other")["records"] == []


def test_its_page_shows_every_change_with_what_was_decided_newest_first(desk: Desk) -> None:
    desk.push(change("lead-7", **ADA))
    desk.push(change("lead-7", phone="2"), change("lead-9", last_name="Else"))
    desk.push(change("lead-7", phone="2"))
    page = desk.get("records/lead/lead-7")
    (contact,) = desk.w.records("Contact", LastName="Lovelace")
    assert (page["links"]["Contact"], page["instance_url"], page["next"]) == (contact["Id"], desk.w.origin, None)
    assert set(page["field_times"][contact["Id"]]) >= {"LastName", "Phone"}
    shown = [
        (event["change"]["fields"].get("phone"), [each["result"] for each in event["decisions"]])
        for event in page["events"]
    ]
    assert shown == [("2", ["unchanged", "skipped"]), ("2", ["updated", "skipped"]), ("1", ["created", "skipped"])]
    first = page["events"][-1]
    assert (first["is_whole"], first["change"]["key"], first["at"] < page["events"][0]["at"]) == (True, "lead-7", True)
    (decision, skipped) = first["decisions"]
    assert (decision["sync"], decision["salesforce_id"]) == ("lead-contact", contact["Id"])
    assert set(decision["fields_written"]) >= {"LastName", "Phone"}
    assert skipped["code"] == "exists_as_contact"


def test_a_long_timeline_is_read_page_by_page_and_misses_nothing(desk: Desk) -> None:
    for number in range(45):
        desk.push(change("lead-7", **{**ADA, "phone": str(number)}))
    page = desk.get("records/lead/lead-7")
    phones = [event["change"]["fields"]["phone"] for event in page["events"]]
    while page["next"]:
        page = desk.get("timeline/lead/lead-7", next=page["next"])
        phones += [event["change"]["fields"]["phone"] for event in page["events"]]
    assert phones == [str(number) for number in reversed(range(45))]


def test_a_change_that_comes_late_is_in_the_timeline_too(desk: Desk) -> None:
    for minute in range(1, 6):
        desk.push(change("lead-7", **ADA, at=f"2026-01-02T00:0{minute}:00Z"))
    desk.push(change("lead-7", last_name="Byron", at="2026-01-01T00:00:00Z"))
    events = desk.get("records/lead/lead-7")["events"]
    assert len(events) == 6
    assert events[0]["change"]["fields"] == {"last_name": "Byron"}


def test_a_timeline_is_kept_as_long_as_the_history(desk: Desk) -> None:
    desk.push(change("lead-7", **ADA))
    desk.w.now += 29 * DAY_MS
    desk.push(change("lead-7", phone="2"))
    assert len(desk.get("records/lead/lead-7")["events"]) == 2
    desk.w.now += 2 * DAY_MS
    assert [event["change"]["fields"] for event in desk.get("records/lead/lead-7")["events"]] == [{"phone": "2"}]


def test_another_tenant_sees_nothing_of_it_and_a_token_serves_one_record_alone(desk: Desk) -> None:
    for number in range(25):
        desk.push(change("lead-7", **{**ADA, "phone": str(number)}))
    page = desk.get("records/lead/lead-7")
    settlement = page["events"][0]["settlement"]
    assert desk.get("records/lead/lead-7", tenant="other") == 404
    assert desk.get("timeline/lead/lead-7", tenant="other", next=page["next"]) == 400
    assert desk.get("timeline/lead/lead-8", next=page["next"]) == 400
    body = {"source": "lead", "key": "lead-7", "settlement": settlement}
    assert desk.post("records/send-again", body, tenant="other")[0] == 404
    assert desk.use.parked.count_waiting(TENANT) == desk.use.parked.count_waiting("other") == 0


def test_what_was_refused_shows_with_its_reason_and_is_sent_again_for_every_sync(desk: Desk) -> None:
    desk.push(change("lead-7", first_name="Ada", email="ada@example.com"))
    page = desk.get("records/lead/lead-7")
    assert [entry["code"] for entry in page["parked"]] == ["missing_required_field"] * len(page["parked"]) != []
    (event,) = page["events"]
    assert {each["result"] for each in event["decisions"]} == {"rejected"}
    body = {"source": "lead", "key": "lead-7", "settlement": event["settlement"]}
    assert desk.post("records/send-again", body, Role.VIEWER)[0] == 403
    status, answer = desk.post("records/send-again", body, Role.INTEGRATOR)
    assert (status, answer) == (202, {"accepted": True, "syncs": ["lead-contact", "lead-lead"]})
    queue = Queue()
    send_waiting(desk.use.parked, queue, TENANT, desk.w.now)
    assert queue.syncs == [["lead-contact"], ["lead-lead"]] or queue.syncs == [["lead-contact", "lead-lead"]]
    assert [json.loads(body)["changes"] for _, body in queue.sent] in ([[event["change"]]] * 2, [[event["change"]] * 2])
    assert desk.use.parked.count_waiting(TENANT) == 0


def test_a_change_that_was_not_kept_whole_or_that_no_sync_takes_says_so(desk: Desk) -> None:
    desk.push(change("lead-7", **ADA, notes="x" * 9_000))
    (event,) = desk.get("records/lead/lead-7")["events"]
    assert (event["is_whole"], len(event["change"]["fields"]["notes"])) == (False, 501)
    body = {"source": "lead", "key": "lead-7", "settlement": event["settlement"]}
    status, answer = desk.post("records/send-again", body)
    assert (status, "product send it again" in answer["error"]["remedy"]) == (409, True)
    desk.push(change("lead-8", **ADA))
    desk.w.syncs.by_tenant[TENANT] = []
    (event,) = desk.get("records/lead/lead-8")["events"]
    status, answer = desk.post("records/send-again", {**body, "key": "lead-8", "settlement": event["settlement"]})
    assert (status, "No enabled sync" in answer["error"]["message"]) == (409, True)


def test_what_does_not_fit_one_item_is_divided_and_found(desk: Desk) -> None:
    import random

    chance = random.Random(7)
    changes = [
        change(
            f"k{number}", last_name=f"L{number}", notes="".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=4_000))
        )
        for number in range(300)
    ]
    desk.push(*changes)
    table = TimelineTable(desk.client, "config", desk.w.clock, 30)
    settlement = desk.get("records/lead/k5")["events"][0]["settlement"]
    noted = table.sample(TENANT, settlement)
    assert 0 < len(noted) < 300
    for number in (0, 150, 299):
        (event,) = desk.get(f"records/lead/k{number}")["events"]
        assert event["change"]["fields"]["last_name"] == f"L{number}"


def test_a_batch_of_many_costs_a_fraction_of_a_write_unit_for_each(desk: Desk) -> None:
    people = [
        change(
            f"k{number}",
            first_name=f"F{number}",
            last_name=f"L{number}",
            email=f"p{number}@example.com",
            phone=str(number),
        )
        for number in range(500)
    ]
    desk.push(*people)
    settlement = desk.get("records/lead/k5")["events"][0]["settlement"]
    parts = parts_of(TimelineTable(desk.client, "config", desk.w.clock, 30).sample(TENANT, settlement))
    assert sum(len(noted_in(part)) for part in parts) == 500
    assert sum(len(part) // 1024 + 1 for part in parts) / 500 < 0.2


def test_the_history_finds_the_runs_that_decided_a_records_changes(desk: Desk) -> None:
    desk.push(change("lead-7", **ADA), change("lead-8", last_name="Hopper", email="grace@example.com"))
    desk.w.now += 20 * 60_000
    desk.push(change("lead-9", last_name="Else"))
    desk.w.now += 20 * 60_000
    desk.push(change("lead-7", phone="2"))
    every = [run["id"] for run in desk.get("runs")["runs"]]
    assert len(every) == 3
    for name in ("lead-7", "Ada@example.com", desk.w.records("Contact", LastName="Lovelace")[0]["Id"]):
        assert [run["id"] for run in desk.get("runs", record=name)["runs"]] == [every[0], every[2]], name
    assert [run["id"] for run in desk.get("runs", record="lead-7", outcome="created")["runs"]] == [every[2]]
    assert desk.get("runs", record="nobody@example.com")["runs"] == []
    assert desk.get("runs", record="lead-7", tenant="other")["runs"] == []
