"""One batch against an org in memory: what whole-request errors, locks, lost answers, little time and closed gates do."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from causeway.connections.connection import Status, Usage
from causeway.contract.messages import Delivery
from causeway.errors import (
    CausewayError,
    MissingPermission,
    OrgRefused,
    OrgUnavailable,
    PasswordExpired,
    QuotaSpent,
    ReconnectionRequired,
    StoreUnavailable,
)
from causeway.gateways.aws.parallel import gathered
from causeway.push.batch import Batch, push_batch
from causeway.salesforce.answers.reading import UNKNOWN_TRIES
from causeway.salesforce.calls import Collection, Lookup, Row, Saved, SaveError
from causeway.syncs.sync import Mapping

from tests.support.push.bench import CONNECTED, NOW_MS, Bench, ScriptedOrg
from tests.support.push.memory import MemoryParked, MemorySyncs, PlentyOfTime
from tests.support.push.world import TENANT, contact_sync


def test_a_record_that_spoils_a_whole_request_is_found_and_rejected_alone(bench: Bench) -> None:
    bench.org.poison = "p7"
    assert bench.push(*[f"p{number}" for number in range(20)]).redelivered == {}
    results = bench.results()
    assert results.pop("p7") == ("rejected", "salesforce:JSON_PARSER_ERROR")
    assert set(results.values()) == {("created", None)}
    assert len(bench.org.saved) == 19


def test_a_lock_is_tried_again_alone_and_redelivered_when_it_stays(bench: Bench) -> None:
    bench.org.locked = 1
    assert bench.push("a", "b").redelivered == {}
    assert bench.org.sizes == [2, 1]
    bench.org.locked = 100
    assert bench.push("c").redelivered == {"m1": 0}
    assert bench.org.sizes[2:] == [1, 1, 1]


def test_records_that_go_alone_share_a_call_25_at_a_time(bench: Bench) -> None:
    class NamesNoDuplicates(ScriptedOrg):
        def save(self, collections: Sequence[Collection], timeout_s: float) -> list[list[Saved]]:
            calls.append(len(collections))
            if collections[0].saves[0].alone:
                return super().save(collections, timeout_s)
            refused = Saved("refused", error=SaveError("DUPLICATES_DETECTED", "similar"))
            return [[refused] * len(collection.saves) for collection in collections]

    calls: list[int] = []
    bench.org = NamesNoDuplicates()
    assert bench.push(*[f"p{number}" for number in range(30)]).redelivered == {}
    assert (calls, set(bench.results().values())) == ([1, 25, 5], {("created", None)})


def test_an_unknown_outcome_keeps_the_claim(bench: Bench) -> None:
    bench.org.planned = [Saved("unknown")]
    assert bench.push("a").redelivered == {"m1": 0}
    busy_until = bench.push("a").redelivered["m1"]
    assert busy_until > NOW_MS + 700_000
    assert bench.org.saved == []
    bench.now_ms = busy_until + 1
    assert bench.push("a").redelivered == {}
    assert bench.results() == {"a": ("created", None)}


def test_what_proves_to_have_had_no_effect_frees_the_claim(bench: Bench) -> None:
    bench.org.planned = [OrgUnavailable("down"), Saved("not_applied"), Saved("not_applied"), Saved("not_applied")]
    assert bench.push("a").redelivered == {"m1": 0}
    assert bench.push("a").redelivered == {"m1": 0}
    assert bench.push("a").redelivered == {}


def test_an_unknown_answer_is_tried_a_few_times_and_then_refuses_the_change_in_salesforces_words(bench: Bench) -> None:
    unknown = OrgUnavailable("unknown", final=OrgRefused("Nobody has seen this.", org_code="SOMETHING_NEW"))
    bench.org.planned = [unknown, unknown]
    assert bench.push("a", receives=UNKNOWN_TRIES - 1).redelivered == {"m1": 0}
    assert bench.push("a", receives=UNKNOWN_TRIES).redelivered == {}
    assert bench.results() == {"a": ("rejected", "salesforce:SOMETHING_NEW")}
    assert [entry.reason for entry in bench.parked.entries.values() if "Nobody has seen this." in entry.reason]


def test_a_known_outage_is_never_a_refusal_however_often_it_was_met(bench: Bench) -> None:
    bench.org.planned = [OrgUnavailable("down")]
    assert bench.push("a", receives=40).redelivered == {}
    assert bench.results() == {"a": ("waiting", "org_unavailable")}


def test_an_unknown_answer_about_a_collection_refuses_its_records_after_a_few_tries(bench: Bench) -> None:
    error = SaveError("SOMETHING_NEW", "Nobody has seen this.")
    bench.org.planned = [Saved("not_applied", error=error, lasts=True)] * 3
    assert bench.push("a").redelivered == {}
    assert bench.results() == {"a": ("rejected", "salesforce:SOMETHING_NEW")}


@pytest.mark.parametrize(
    ("error", "code", "retry_when"),
    [
        (QuotaSpent("spent"), "quota_spent", "quota"),
        (ReconnectionRequired("dead"), "reconnection_required", "connected"),
        (MissingPermission("no"), "missing_permission", "later"),
        (PasswordExpired("expired"), "password_expired", "later"),
    ],
)
def test_a_gate_that_closes_while_writing_makes_the_rest_wait(
    bench: Bench, error: CausewayError, code: str, retry_when: str
) -> None:
    bench.org.planned = [error]
    assert bench.push("a").redelivered == {}
    assert bench.results() == {"a": ("waiting", code)}
    assert [entry.retry_when for entry in bench.parked.entries.values()] == [retry_when]


def test_a_connection_ended_during_the_batch_gets_no_write(bench: Bench) -> None:
    class EndsIt(ScriptedOrg):
        def read(self, lookups: Sequence[Lookup], timeout_s: float) -> list[list[Row]]:
            bench.now_ms += 6_000
            bench.connections.set(TENANT, Status.DISCONNECTED, "deauthorized")
            return super().read(lookups, timeout_s)

    bench.org = EndsIt()
    bench.push("a")
    assert (bench.results(), bench.org.saved) == ({"a": ("skipped", "not_connected")}, [])


def test_a_connection_that_was_made_anew_during_the_batch_gets_no_write_of_the_old_one(bench: Bench) -> None:
    class Reconnects(ScriptedOrg):
        def read(self, lookups: Sequence[Lookup], timeout_s: float) -> list[list[Row]]:
            bench.now_ms += 6_000
            bench.connections.set(TENANT, Status.CONNECTED)
            return super().read(lookups, timeout_s)

    bench.org = Reconnects()
    assert bench.push("a").redelivered == {"m1": 0}
    assert (bench.results(), bench.org.saved, bench.parked.entries) == ({}, [], {})


def test_a_connection_that_ends_between_two_calls_gets_no_second_one(bench: Bench) -> None:
    class EndsAfterACall(ScriptedOrg):
        def save(self, collections: Sequence[Collection], timeout_s: float) -> list[list[Saved]]:
            bench.now_ms += 6_000
            bench.connections.set(TENANT, Status.DISCONNECTED, "deauthorized")
            return super().save(collections, timeout_s)

    bench.org = EndsAfterACall()
    bench.push(*[f"p{number}" for number in range(300)])
    assert bench.org.sizes == [200]
    assert sorted(set(bench.results().values())) == [("created", None), ("skipped", "not_connected")]


def test_a_spent_share_of_the_quota_costs_no_call_and_is_looked_at_again_later(bench: Bench) -> None:
    bench.connections.by_tenant[TENANT] = replace(CONNECTED, usage=Usage(81, 100, NOW_MS))
    bench.push("a")
    assert (bench.results(), bench.org.api_calls) == ({"a": ("waiting", "quota_spent")}, 0)
    bench.now_ms += 15 * 60_000
    bench.push("a")
    assert bench.results() == {"a": ("created", None)}


def test_no_call_is_started_that_can_hardly_end(bench: Bench) -> None:
    class Clock:
        calls = 0

        def remaining_ms(self) -> int:
            self.calls += 1
            return 10_000 if self.calls == 1 else 1_500

    bench.deadline = Clock()
    assert bench.push("a").redelivered == {"m1": NOW_MS + 1_000}
    assert bench.org.api_calls == 0


def test_a_call_ends_before_the_invocation_does(bench: Bench) -> None:
    bench.deadline = PlentyOfTime(10_000)
    bench.push("a")
    assert bench.org.timeouts == [8.0]


def test_a_parked_store_that_does_not_answer_acknowledges_nothing(bench: Bench) -> None:
    class Down(MemoryParked):
        def put(self, entries: Any) -> None:
            raise StoreUnavailable("down")

    bench.org.planned = [QuotaSpent("spent")]
    assert bench.push("a", parked=Down()).redelivered == {"m1": 0}
    assert bench.outbound.sent == []


def test_a_fault_of_one_tenant_does_not_disturb_the_others(bench: Bench) -> None:
    class Broken(MemorySyncs):
        def of_source(self, tenant: str, source: str) -> Any:
            if tenant == "broken":
                raise RuntimeError("a defect")
            return super().of_source(tenant, source)

    bench.connections.by_tenant["broken"] = replace(CONNECTED, tenant="broken")
    bodies = [
        json.dumps(
            {"version": 1, "tenant": tenant, "source": "lead", "changes": [{"key": "k", "fields": {"last_name": "L"}}]}
        )
        for tenant in ("broken", TENANT)
    ]
    deliveries = [Delivery(f"m{number}", body, NOW_MS) for number, body in enumerate(bodies)]
    batch = push_batch(deliveries, bench.ports(syncs=Broken({TENANT: [contact_sync()]})), bench.deadline)
    assert list(batch.redelivered) == ["m0"]
    assert [type(fault) for fault in batch.faults] == [RuntimeError]
    assert bench.results() == {"k": ("created", None)}


def test_no_thread_is_left_when_a_batch_is_done(bench: Bench) -> None:
    before = threading.active_count()
    bench.push(*[f"p{number}" for number in range(30)])
    gathered([lambda: None, lambda: None])
    assert threading.active_count() == before


def test_a_batch_too_large_for_the_time_settles_what_fits_and_redelivers_the_rest_soon(bench: Bench) -> None:
    class Slow(ScriptedOrg):
        def save(self, collections: Sequence[Collection], timeout_s: float) -> list[list[Saved]]:
            bench.deadline.left_ms -= 5_000
            bench.now_ms += 5_000
            return super().save(collections, timeout_s)

    bench.org = Slow()
    bench.deadline = PlentyOfTime(10_000)
    changes = [
        {"key": f"k{number}", "fields": {"last_name": "L", "email": f"{number}@example.com"}} for number in range(900)
    ]
    deliveries = [
        Delivery(
            f"m{start}",
            json.dumps({"version": 1, "tenant": TENANT, "source": "lead", "changes": changes[start : start + 100]}),
            NOW_MS,
        )
        for start in range(0, 900, 100)
    ]
    batch = push_batch(deliveries, bench.ports(), bench.deadline)
    assert 0 < len(batch.redelivered) < 9
    assert all(0 < at_ms - bench.now_ms <= 1_000 for at_ms in batch.redelivered.values())


def test_a_backlog_at_a_closed_gate_is_kept_as_far_as_the_time_goes_and_the_rest_comes_back_soon(
    bench: Bench,
) -> None:
    bench.connections.set(TENANT, Status.RECONNECTION_REQUIRED, "grant_ended")
    bench.deadline = PlentyOfTime(1_000)
    bodies = [
        json.dumps({"version": 1, "tenant": TENANT, "source": "lead", "changes": changes})
        for changes in (
            [{"key": f"{m}-{n}", "fields": {"email": "a@example.com"}} for n in range(500)] for m in range(10)
        )
    ]
    deliveries = [Delivery(f"m{number}", body, NOW_MS) for number, body in enumerate(bodies)]
    rounds = 0
    while deliveries:
        batch = push_batch(deliveries, bench.ports(), bench.deadline)
        left = [delivery for delivery in deliveries if delivery.message_id in batch.redelivered]
        assert len(left) < len(deliveries)
        assert len(bench.parked.entries) == 5_000 - 500 * len(left)
        assert all(0 < at_ms - NOW_MS <= 5_000 for at_ms in batch.redelivered.values())
        deliveries, rounds = left, rounds + 1
    assert rounds > 2
    assert set(bench.results().values()) == {("waiting", "reconnection_required")}
    assert bench.org.api_calls == 0


COSTLY = " | ".join(["[@,@][]"] * 30)


def test_a_condition_that_takes_too_much_work_refuses_the_change_with_a_code(bench: Bench) -> None:
    costly = contact_sync(when=f"length({COSTLY}) > `5`")
    assert bench.push("a", "b", syncs=MemorySyncs({TENANT: [costly]})).redelivered == {}
    assert bench.results() == dict.fromkeys("ab", ("rejected", "condition_too_costly"))
    reasons = {entry.reason for entry in bench.parked.entries.values()}
    assert reasons == {"The sync's condition takes more work than a condition may: it takes too many steps."}


def test_a_row_or_a_signal_that_takes_too_much_work_is_left_out(bench: Bench) -> None:
    costly = contact_sync().model_copy(
        update={
            "mappings": (
                Mapping(product="last_name", salesforce="LastName"),
                Mapping(product=COSTLY, salesforce="Title"),
            ),
            "signals": {"costly": COSTLY},
        }
    )
    assert bench.push("a", syncs=MemorySyncs({TENANT: [costly]})).redelivered == {}
    assert bench.results() == {"a": ("created", None)}
    (outcome,) = json.loads(bench.outbound.sent[0][1])["outcomes"]
    assert [warning["code"] for warning in outcome["warnings"]] == ["expression_too_costly"]
    assert outcome["signals"] == []


def test_a_message_comes_back_at_the_latest_time_that_was_asked_for() -> None:
    batch = Batch()
    for at_ms in (5, 9, 0, 7):
        batch.redeliver("m1", at_ms)
    assert batch.redelivered == {"m1": 9}
