"""A consumer calls the handler of each kind once, and deletes only what was handled."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from botocore.exceptions import ClientError
from causeway_client import (
    Consumer,
    Event,
    Handlers,
    MemorySeenIds,
    OutcomesMessage,
    RecordsMessage,
    SeenIds,
    SqliteSeenIds,
    Unreadable,
    read_message,
)

from tests.support.clients.messages import SALESFORCE_ID, event_body, outcomes_body, records_body
from tests.support.clients.queues import VISIBILITY_S, FakeQueue, Faults, VirtualClock


class Product:
    """Notes what it is given; fails for the keys of `failing`."""

    def __init__(self, *failing: str) -> None:
        self.failing, self.noted = set(failing), list[str]()

    def outcomes(self, message: OutcomesMessage) -> None:
        self._note(*(outcome.key for outcome in message.outcomes))

    def records(self, message: RecordsMessage) -> None:
        self._note(*(str(record.key) for record in message.records))

    def event(self, event: Event) -> None:
        self._note(f"{event.kind} of {event.tenant}")

    def _note(self, *keys: str) -> None:
        if self.failing & set(keys):
            raise RuntimeError("the product's database is away")
        self.noted += keys

    def handlers(self) -> Handlers:
        return Handlers(outcomes=self.outcomes, records=self.records, event=self.event)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def queue(clock: VirtualClock) -> FakeQueue:
    return FakeQueue(clock)


def consumer(queue: Any, product: Product, seen: SeenIds | None = None) -> Consumer:
    return Consumer(queue, "https://queue", product.handlers(), seen=seen)


def test_each_kind_reaches_its_handler_and_leaves_the_queue(queue: FakeQueue) -> None:
    product = Product()
    for body in (outcomes_body("lead-1", "lead-2"), records_body("p1", "lead-3"), event_body("e1")):
        queue.put(body)
    polled = consumer(queue, product).poll()
    assert product.noted == ["lead-1", "lead-2", "lead-3", "connection.status_changed of acme"]
    assert (polled.handled, polled.repeats, polled.left, queue.bodies()) == (3, 0, 0, [])


def test_what_a_handler_fails_on_stays_and_its_neighbours_go_on(queue: FakeQueue, clock: VirtualClock) -> None:
    product = Product("lead-1")
    queue.put(outcomes_body("lead-1"))
    queue.put(outcomes_body("lead-2"))
    reading = consumer(queue, product)
    assert reading.poll().left == 1
    assert (product.noted, len(queue.bodies())) == (["lead-2"], 1)
    product.failing.clear()
    clock.sleep(VISIBILITY_S)
    assert reading.poll().handled == 1
    assert (product.noted, queue.bodies()) == (["lead-2", "lead-1"], [])


def test_a_second_delivery_is_deleted_without_being_handled(clock: VirtualClock) -> None:
    queue, product = FakeQueue(clock, Faults(not_deleted=1.0)), Product()
    queue.put(outcomes_body("lead-1"))
    reading = consumer(queue, product)
    reading.poll()
    clock.sleep(VISIBILITY_S)
    polled = reading.poll()
    assert (polled.handled, polled.repeats, product.noted) == (0, 1, ["lead-1"])


def test_the_same_page_under_another_message_id_is_a_repeat(queue: FakeQueue) -> None:
    product = Product()
    queue.put(records_body("p1", "lead-1"))
    queue.put(records_body("p1", "lead-1"))
    queue.put(event_body("e1"))
    queue.put(event_body("e1"))
    polled = consumer(queue, product).poll()
    assert (polled.handled, polled.repeats, queue.bodies()) == (2, 2, [])


def test_outcomes_that_look_the_same_are_two_when_sqs_gives_them_two_ids(queue: FakeQueue) -> None:
    product = Product()
    queue.put(outcomes_body("lead-1"))
    queue.put(outcomes_body("lead-1"))
    assert consumer(queue, product).poll().handled == 2


@pytest.mark.parametrize("body", ["no json", "[]", '{"type": "surprise"}', '{"version": 2, "type": "outcomes"}'])
def test_what_cannot_be_read_stays_on_the_queue(queue: FakeQueue, body: str) -> None:
    queue.put(body)
    assert consumer(queue, Product()).poll().left == 1
    assert queue.bodies() == [body]


def test_a_kind_without_a_handler_stays_on_the_queue(queue: FakeQueue) -> None:
    queue.put(records_body("p1", "lead-1"))
    reading = Consumer(queue, "https://queue", Handlers(outcomes=Product().outcomes))
    assert (reading.poll().left, len(queue.bodies())) == (1, 1)


def test_a_key_that_a_newer_deployment_sends_is_left_out() -> None:
    raw = json.loads(outcomes_body("lead-1"))
    raw["outcomes"][0]["held_for_ms"] = 20
    message = read_message(json.dumps(raw | {"shard": 7}))
    assert isinstance(message, OutcomesMessage)
    assert message.outcomes[0].key == "lead-1"


def test_an_event_of_another_application_is_not_read() -> None:
    foreign = json.loads(event_body("e1")) | {"source": "aws.s3"}
    with pytest.raises(Unreadable):
        read_message(json.dumps(foreign))


class Killed(BaseException):
    """The process is being stopped."""


def test_what_was_handled_before_a_stop_is_deleted(queue: FakeQueue) -> None:
    def stop(event: Event) -> None:
        raise Killed

    queue.put(outcomes_body("lead-1"))
    queue.put(event_body("e1"))
    product = Product()
    with pytest.raises(Killed):
        Consumer(queue, "q", Handlers(outcomes=product.outcomes, event=stop)).poll()
    assert [json.loads(body)["id"] for body in queue.bodies()] == ["e1"]


def test_a_run_outlives_a_poll_that_sqs_does_not_answer(clock: VirtualClock) -> None:
    class Away(FakeQueue):
        def receive_message(self, **arguments: Any) -> Any:
            if clock.now == 0:
                raise ClientError({"Error": {"Code": "RequestThrottled"}}, "ReceiveMessage")
            return super().receive_message(**arguments)

    queue, product = Away(clock), Product()
    queue.put(outcomes_body("lead-1"))
    Consumer(queue, "q", product.handlers(), clock=clock).run(until=lambda: bool(product.noted))
    assert clock.slept == [5]


def test_the_memory_store_forgets_the_oldest_ids_and_failed_ones() -> None:
    seen = MemorySeenIds(kept=2)

    def is_new(message_id: str) -> bool:
        with seen.once(message_id) as new:
            return new

    assert [is_new(each) for each in ("a", "b", "c", "b", "a")] == [True, True, True, False, True]
    with pytest.raises(RuntimeError), seen.once("d"):
        raise RuntimeError
    assert is_new("d")


class Table:
    """What a product writes in the transaction that remembers the id."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute("CREATE TABLE written (key TEXT)")

    def write(self, seen: SeenIds, key: str, *, fails: bool = False) -> None:
        with seen.once(key) as is_new:
            if is_new:
                self.connection.execute("INSERT INTO written VALUES (?)", (key,))
            if fails:
                raise RuntimeError

    def count(self) -> int:
        (count,) = self.connection.execute("SELECT count(*) FROM written").fetchone()
        return int(count)


def test_the_sqlite_store_keeps_an_id_and_what_the_handler_wrote_or_neither() -> None:
    table = Table()
    with closing(table.connection):
        seen = SqliteSeenIds(table.connection)
        with pytest.raises(RuntimeError):
            table.write(seen, "a", fails=True)
        assert table.count() == 0
        table.write(seen, "a")
        table.write(seen, "a")
        assert table.count() == 1


@pytest.mark.parametrize("broken", [{"data": []}, {"data": None}, {"records": [{"data": 0}]}, {"records": [7]}])
def test_a_page_that_names_data_which_it_lacks_is_not_read(broken: dict[str, Any]) -> None:
    raw = json.loads(records_body("p1", "lead-1")) | {"version": 2, "data": [{"salesforce_account_name": "Acme"}]}
    raw["records"][0]["data"] = 0
    page = read_message(json.dumps(raw))
    assert isinstance(page, RecordsMessage)
    (record,) = page.records
    assert record.data == {
        "salesforce_lead_id": None,
        "salesforce_contact_id": SALESFORCE_ID,
        "salesforce_account_name": "Acme",
    }
    with pytest.raises(Unreadable, match="does not fit its schema"):
        read_message(json.dumps(raw | broken))
