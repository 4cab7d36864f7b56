"""What is published, parked and counted of a batch, and in which order: durable stores first, outcomes last."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from causeway.connections.connection import Status
from causeway.contract.message_writing import message_json
from causeway.contract.messages import Delivery
from causeway.contract.outcomes import Outcome, Result
from causeway.errors import QuotaSpent, StoreUnavailable
from causeway.push.batch import push_batch
from causeway.push.outcomes.pages import pages
from causeway.salesforce.calls import Saved, SaveError

from functions.push.app import answered
from tests.support.push.bench import NOW_MS, Bench, person
from tests.support.push.memory import MemoryHistory, MemoryOutbound, MemoryParked, MemorySyncs
from tests.support.push.stack import Context
from tests.support.push.world import TENANT, change, contact_sync

BROKEN = {"key": "k1", "feilds": {}}
NAMELESS = change("k1", email="ada@example.com")  # a contact needs a last name
NAMED = change("k1", last_name="L")
REFUSED = Saved("refused", error=SaveError("FIELD_CUSTOM_VALIDATION_EXCEPTION", "no"))
SQS_BYTES = 1_048_576


class DownParked(MemoryParked):
    """A parked store that takes nothing."""

    def put(self, entries: Any) -> None:
        raise StoreUnavailable("down")


class DownOutbound(MemoryOutbound):
    """An outbound queue that takes nothing."""

    def send(self, tenant: str, bodies: Sequence[str]) -> None:
        raise StoreUnavailable("down")


# --- durable first


def test_a_refused_change_that_could_not_be_parked_is_not_published_and_comes_back(bench: Bench) -> None:
    assert bench.deliver(BROKEN, parked=DownParked()).redelivered == {"m1": 0}
    assert bench.outbound.sent == []


def test_a_refused_change_that_could_not_be_published_comes_back(bench: Bench) -> None:
    assert bench.deliver(BROKEN, outbound=DownOutbound()).redelivered == {"m1": 0}
    assert len(bench.parked.entries) == 1


def test_an_outcome_that_could_not_be_published_brings_its_message_back_and_is_published_then(bench: Bench) -> None:
    assert bench.deliver(NAMED, outbound=DownOutbound()).redelivered == {"m1": 0}
    assert bench.deliver(NAMED).redelivered == {}
    assert (bench.results(), len(bench.org.saved)) == ({"k1": ("created", None)}, 1)


# --- what is kept


@pytest.mark.parametrize("status", [Status.CONNECTED, Status.PENDING])
def test_what_is_kept_keeps_its_run_and_when_it_was_sent(bench: Bench, status: Status) -> None:
    bench.connections.set(TENANT, status)
    history = MemoryHistory()
    bench.deliver(NAMELESS, run="resend-7", sent_at_ms=NOW_MS - 60_000, history=history)
    (entry,) = bench.parked.entries.values()
    assert (entry.is_waiting, entry.run, entry.sent_at_ms) == (status is Status.PENDING, "resend-7", NOW_MS - 60_000)
    assert json.loads(entry.body)["run"] == "resend-7"
    assert [run for _, run, _, _, _ in history.notes] == ["resend-7"]
    assert [json.loads(body)["run"] for _, body in bench.outbound.sent] == ["resend-7"]


def test_changes_that_wait_keep_the_order_of_their_message(bench: Bench) -> None:
    bench.connections.set(TENANT, Status.PENDING)
    keys = [f"k{number}" for number in range(30)]
    bench.push(*keys)
    kept = sorted(bench.parked.entries.values(), key=lambda entry: entry.parked_id)
    assert [entry.key for entry in kept] == keys


def test_a_refusal_of_one_sync_does_not_take_the_place_of_anothers(bench: Bench) -> None:
    second = contact_sync().model_copy(update={"id": "second", "position": 2})
    bench.deliver(NAMELESS, syncs=MemorySyncs({TENANT: [contact_sync(), second]}))
    assert {entry.sync for entry in bench.parked.entries.values()} == {"lead-contact", "second"}


@pytest.mark.parametrize(
    ("met", "kept"),
    [
        ([REFUSED], ["r"]),
        ([QuotaSpent("spent")], ["r", "w"]),
        ([Saved("not_applied")] * 3, ["r"]),
        ([], []),
    ],
    ids=["refused again", "waits", "redelivered", "resolved"],
)
@pytest.mark.parametrize("redriven_for", [("lead-contact",), ()], ids=["redriven", "sent again"])
def test_a_refused_change_is_forgotten_only_when_it_is_resolved(
    bench: Bench, met: list[Any], kept: list[str], redriven_for: Sequence[str]
) -> None:
    bench.org.planned = [REFUSED]
    bench.push("a")
    bench.org.planned = list(met)
    at = None if redriven_for else "2026-11-20T09:00:00Z"
    bench.deliver(person("a", at=at), redriven_for=redriven_for)
    assert sorted(parked_id[0] for _, parked_id in bench.parked.entries) == kept


# --- what is published


def test_outbound_messages_stay_under_the_queues_limit_whatever_script_the_texts_are_in() -> None:
    outcomes = [Outcome(f"k{number}", Result.REJECTED, detail="字" * 1_000) for number in range(500)]
    bodies = list(pages(TENANT, "lead", None, outcomes))
    assert max(len(body.encode()) for body in bodies) < SQS_BYTES
    assert [item["key"] for body in bodies for item in json.loads(body)["outcomes"]] == [one.key for one in outcomes]


def test_the_api_calls_of_a_batch_are_counted_once_though_it_has_several_sources(bench: Bench) -> None:
    history = MemoryHistory()
    syncs = MemorySyncs({TENANT: [contact_sync(), contact_sync().model_copy(update={"id": "b", "source": "b"})]})
    bodies = [json.dumps(message_json(TENANT, source, [NAMED])) for source in ("lead", "b")]
    deliveries = [Delivery(f"m{number}", body, NOW_MS) for number, body in enumerate(bodies)]
    batch = push_batch(deliveries, bench.ports(history=history, syncs=syncs), bench.deadline)
    assert sum(calls for *_, calls in history.notes) == batch.api_calls > 0


def test_a_message_that_met_a_busy_claim_does_not_come_back_before_the_claim_is_free(bench: Bench) -> None:
    bench.org.planned = [Saved("unknown")]
    bench.push("a")
    bench.now_ms += 1
    bench.runs += 1
    record = {
        "messageId": "m1",
        "receiptHandle": "receipt",
        "body": json.dumps(message_json(TENANT, "lead", [person("a")])),
        "attributes": {"SentTimestamp": str(NOW_MS)},
    }
    deferred: list[tuple[str, int]] = []
    ports = bench.ports(defer=lambda receipt, seconds: deferred.append((receipt, seconds)))
    answer = answered({"Records": [record]}, Context(), ports)  # type: ignore[arg-type]
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert deferred == [("receipt", 722)]  # the lease's 720 s and the clocks' 2, less a millisecond: rounded up
