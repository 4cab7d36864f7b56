"""The handlers of push, replay and dead letters over their own wiring: queue in, org, tables, queue out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from causeway.connections.connection import Status
from causeway.parked.entries import Redrive
from causeway.parked.listing import listed, redrive
from causeway.wiring import tables
from causeway.wiring.clients import now_ms

from tests.support.push.stack import PushStack, push_stack
from tests.support.push.world import TENANT, change, contact_sync, lead_sync


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[PushStack]:
    with push_stack(monkeypatch) as made:
        made.save(contact_sync(create_unless="never"), lead_sync(create_unless="never"))
        yield made


def results(stack: PushStack) -> list[tuple[str, str, str | None]]:
    return sorted((item["key"], item["result"], item["code"]) for item in stack.outcomes())


def test_a_message_becomes_records_outcomes_and_parked_entries(stack: PushStack) -> None:
    stack.message(change("k1", email="ada@example.com", last_name="Lovelace"), {"key": "k2", "feilds": {}})
    assert stack.run_push() == []
    assert results(stack) == [
        ("k1", "created", None),
        ("k1", "rejected", "missing_required_field"),
        ("k2", "rejected", "invalid_message"),
    ]
    parked, _ = listed(tables.parked_table(), TENANT)
    assert {(entry["key"], entry["code"]) for entry in parked} == {
        ("k1", "missing_required_field"),
        ("k2", "invalid_message"),
    }
    run = tables.run_table().page(TENANT)[0][0]
    assert (run.kind, run.counts["created"], run.counts["rejected"], run.api_calls) == (
        "push",
        1,
        2,
        4,
    )  # two describes, one read, one write
    failing = {item.code for item in tables.run_table().failures(TENANT, run.run_id)[0]}
    assert failing == {"missing_required_field", "invalid_message"}


@pytest.mark.parametrize(
    ("rights", "first"),
    [
        ({"fields": {"Account.Website": {"read": False, "edit": False}}}, 6),  # Lead, Contact, Account; a read refused
        ({"objects": {"Account": {"read": False, "create": False, "edit": False, "delete": False}}}, 6),
        ({"fields": {"User.Email": {"read": False, "edit": False}}}, 7),
        ({"objects": {"Lead": {"read": False, "create": False, "edit": False, "delete": False}}}, 4),
    ],
    ids=["account field", "account", "owner field", "lead"],
)
def test_what_the_user_may_not_read_next_to_a_match_costs_calls_once_and_not_with_every_batch(
    monkeypatch: pytest.MonkeyPatch, rights: dict[str, Any], first: int
) -> None:
    with push_stack(monkeypatch) as stack:
        stack.save(contact_sync())
        stack.control("POST", "schema", {"permissions": {"admin@northwind.example": rights}})
        calls = []
        for number in range(3):
            stack.message(change(f"k{number}", email=f"p{number}@example.com", last_name="L"))
            assert stack.run_push() == []
            calls.append(tables.run_table().page(TENANT)[0][0].api_calls)
        assert [result for _, result, _ in results(stack)] == ["created"] * 3
        assert (calls[0], calls[1] - calls[0], calls[2] - calls[1]) == (first, 2, 2)


def test_broken_json_is_parked_where_operators_look(stack: PushStack) -> None:
    stack.send("{broken")
    assert stack.run_push() == []
    ((entry,), _) = listed(tables.parked_table(), "_unreadable")
    assert (entry["code"], entry["body"]) == ("invalid_message", "{broken")


def test_changes_wait_for_a_reconnection_and_go_on_by_themselves(stack: PushStack) -> None:
    stack.connected(status=Status.RECONNECTION_REQUIRED, cause="grant_ended")
    stack.message(change("k1", email="ada@example.com", last_name="Lovelace", company="Acme"))
    assert stack.run_push() == []
    assert [item["result"] for item in stack.outcomes()] == ["waiting", "waiting"]
    assert stack.run_replay()["still_waiting"] == 1
    stack.connected()
    assert stack.run_replay()["waiting"] == 1
    assert stack.run_push() == []
    assert [item["result"] for item in stack.outcomes()] == ["created", "created"]
    assert listed(tables.parked_table(), TENANT) == ([], None)
    assert stack.run_replay() == {"waiting": 0, "redriven": 0, "still_waiting": 0, "failed": 0}


def test_refused_changes_are_tried_again_when_redriven(stack: PushStack) -> None:
    stack.message(change("k1", email="ada@example.com", last_name="Lovelace"))
    stack.run_push()
    stack.outcomes()
    stack.control(
        "POST",
        "records",
        {"sobject": "Lead", "records": [{"LastName": "L", "Company": "A", "Email": "ada@example.com"}]},
    )
    redrive(tables.parked_table(), Redrive(TENANT, code="missing_required_field"), now_ms(), lambda: "redrive-1")
    assert stack.run_replay()["redriven"] == 1
    assert stack.run_push() == []
    assert results(stack) == [("k1", "updated", None)]  # the other sync's outcome was published already
    assert listed(tables.parked_table(), TENANT) == ([], None)


def test_what_waited_does_not_beat_what_was_sent_later_about_the_same_moment(stack: PushStack) -> None:
    person = {"email": "ada@example.com", "last_name": "Lovelace", "company": "Acme"}
    stack.connected(status=Status.RECONNECTION_REQUIRED, cause="grant_ended")
    stack.message(change("k1", at="2026-01-01T10:00:00Z", **person, phone="1"))
    stack.run_push()
    stack.connected()
    stack.message(change("k1", at="2026-01-01T10:00:00Z", **person, phone="2"))
    stack.run_push()
    stack.outcomes()
    stack.run_replay()
    assert stack.run_push() == []
    assert results(stack) == [("k1", "skipped", "superseded"), ("k1", "skipped", "superseded")]
    assert stack.control("GET", "records/Lead")["records"][0]["Phone"] == "2"


def test_what_crashed_its_handler_is_parked_under_its_tenant(stack: PushStack) -> None:
    stack.bury('{"version": 1, "tenant": "acme", "source": "lead", "changes": []}')
    ((entry,), _) = listed(tables.parked_table(), TENANT, code="crashed")
    assert (entry["code"], entry["source"]) == ("crashed", "lead")


def test_a_large_change_is_parked_whole(stack: PushStack) -> None:
    stack.message(change("k1", email="ada@example.com", note="x" * 300_000))
    stack.run_push()
    parked, _ = listed(tables.parked_table(), TENANT, source="lead", key="k1")
    assert {len(entry["change"]["fields"]["note"]) for entry in parked} == {300_000}
