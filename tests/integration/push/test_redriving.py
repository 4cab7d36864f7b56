"""Redriving loses nothing and concerns nobody else: an entry stays until it is settled, for the sync that it was refused for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from causeway.connections.connection import Status
from causeway.parked.entries import Redrive
from causeway.parked.listing import listed, redrive, redrives
from causeway.syncs.sync import Sync
from causeway.wiring import tables
from causeway.wiring.clients import now_ms

from functions.dead_letter import app as dead_letter_app
from functions.push.app import delivery
from tests.support.push.stack import Context, PushStack, push_stack
from tests.support.push.world import TENANT, change, contact_sync, lead_sync, sync

CONTACTS, LEADS = contact_sync(create_unless="never"), lead_sync(create_unless="never")
ADA = {"email": "ada@example.com", "last_name": "Lovelace"}


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[PushStack]:
    with push_stack(monkeypatch) as made:
        made.save(CONTACTS, LEADS)
        yield made


def refused(stack: PushStack, *keys: str) -> None:
    """Push people without a company: the Lead sync refuses them; then let each of them be a Lead that can be updated."""
    people = [change(key, email=f"{key}@example.com", last_name="Lovelace") for key in keys]
    stack.message(*people)
    stack.run_push()
    stack.outcomes()
    leads = [{"LastName": "L", "Company": "A", "Email": f"{key}@example.com"} for key in keys]
    stack.control("POST", "records", {"sobject": "Lead", "records": leads})


def prepared(stack: PushStack) -> int:
    redrive(tables.parked_table(), Redrive(TENANT), now_ms(), lambda: "redrive-1")
    return stack.run_replay()["redriven"]


def parked(stack: PushStack) -> list[tuple[str, str, str]]:
    return [(entry["key"], entry["sync"], entry["code"]) for entry in listed(tables.parked_table(), TENANT)[0]]


def published(stack: PushStack) -> list[tuple[str, str, str, str | None]]:
    return sorted((item["key"], item["sync"], item["result"], item["code"]) for item in stack.outcomes())


def switch(changed: Sync, *, enabled: bool) -> None:
    table = tables.sync_table()
    found = table.get(TENANT, changed.id)
    assert found is not None
    table.put(TENANT, found.model_copy(update={"enabled": enabled}), expected_revision=found.revision)


MISSING = [("k1", "lead-lead", "missing_required_field")]
UPDATED = [("k1", "lead-lead", "updated", None)]


def test_what_is_redriven_while_disconnected_is_tried_when_connected_again(stack: PushStack) -> None:
    refused(stack, "k1")
    stack.connected(status=Status.DISCONNECTED, cause="deauthorized")
    assert (prepared(stack), stack.run_push(), published(stack), parked(stack)) == (0, [], [], MISSING)
    stack.connected()
    assert stack.run_replay()["redriven"] == 1
    assert (stack.run_push(), published(stack), parked(stack)) == ([], UPDATED, [])
    assert stack.run_replay()["redriven"] == 0


def test_what_is_redriven_while_its_sync_is_off_or_gone_stays_parked(stack: PushStack) -> None:
    refused(stack, "k1")
    switch(LEADS, enabled=False)
    assert (prepared(stack), stack.run_push(), published(stack), parked(stack)) == (0, [], [], MISSING)
    tables.sync_table().delete(TENANT, LEADS.id)
    assert (prepared(stack), stack.run_push(), published(stack), parked(stack)) == (0, [], [], MISSING)


def test_a_redriven_change_reaches_no_sync_that_was_enabled_later(stack: PushStack) -> None:
    refused(stack, "k1")
    later = sync("later", "Account", ("last_name", "Name"), position=9, match_fields=["Name"])
    stack.save(later)
    assert (prepared(stack), stack.run_push(), published(stack), parked(stack)) == (1, [], UPDATED, [])
    assert not [row for row in stack.control("GET", "records/Account")["records"] if row["Name"] == "Lovelace"]


def test_changes_of_several_syncs_are_redriven_in_one_message_each_for_its_own(stack: PushStack) -> None:
    refused(stack, "k1")
    stack.message(change("k2", email="k2@example.com", company="Acme"))
    stack.run_push()
    stack.outcomes()
    assert prepared(stack) == 3
    (record,) = stack._received("PUSH_QUEUE_URL")
    changes = json.loads(record["body"])["changes"]
    assert sorted(zip((item["key"] for item in changes), delivery(record).syncs, strict=True)) == [
        ("k1", "lead-lead"),
        ("k2", "lead-contact"),
        ("k2", "lead-lead"),
    ]


def test_the_entry_stays_when_the_tenant_disconnects_or_the_sync_goes_while_it_is_on_its_way(stack: PushStack) -> None:
    refused(stack, "k1")
    assert prepared(stack) == 1
    switch(LEADS, enabled=False)
    assert (stack.run_push(), published(stack), parked(stack)) == ([], [], MISSING)
    switch(LEADS, enabled=True)
    assert prepared(stack) == 1
    stack.connected(status=Status.DISCONNECTED, cause="deauthorized")
    assert stack.run_push() == []
    assert published(stack) == [("k1", "lead-lead", "skipped", "not_connected")]
    assert parked(stack) == MISSING


def test_what_is_redriven_and_has_to_wait_goes_on_by_itself_for_its_sync_alone(stack: PushStack) -> None:
    refused(stack, "k1")
    assert prepared(stack) == 1
    stack.connected(status=Status.RECONNECTION_REQUIRED, cause="grant_ended")
    stack.run_push()
    assert published(stack) == [("k1", "lead-lead", "waiting", "reconnection_required")]
    stack.connected()
    assert stack.run_replay()["waiting"] == 1
    assert (stack.run_push(), published(stack), parked(stack)) == ([], UPDATED, [])


def test_how_far_a_request_is_counts_what_push_decided_anew(stack: PushStack) -> None:
    refused(stack, "k1", "k2")
    assert prepared(stack) == 2
    assert progress() == [("settling", 0, 2)]
    stack.run_push()
    assert progress() == [("settling", 99, 0)]
    assert stack.run_replay()["redriven"] == 0
    assert progress() == [("completed", 100, 0)]


@pytest.mark.parametrize(
    "named", [{"code": "missing_required_field"}, {"source": "lead"}, {"source": "lead", "key": "k1"}, {"key": "k1"}]
)
def test_a_request_counts_what_it_names_and_nothing_that_waits(stack: PushStack, named: dict[str, Any]) -> None:
    refused(stack, "k1", "k2")
    stack.connected(status=Status.RECONNECTION_REQUIRED, cause="grant_ended")
    stack.message(change("k9", email="k9@example.com", last_name="L"))
    stack.run_push()
    table, first = tables.parked_table(), redrive
    total = first(table, Redrive(TENANT, **named), now_ms(), lambda: "redrive-1")["total"]
    assert total == (1 if "key" in named else 2)
    assert first(table, Redrive(TENANT), now_ms(), lambda: "redrive-2")["total"] == 2
    ids = (listed(table, TENANT)[0][0]["parked_id"],)
    assert first(table, Redrive(TENANT, parked_ids=ids), now_ms(), lambda: "redrive-3")["total"] == 1
    assert table.count_refused(Redrive(TENANT, requested_at_ms=now_ms() - 600_000)) == 0


def progress() -> list[tuple[str, int, int]]:
    return [(each["status"], each["percent"], each["left"]) for each in redrives(tables.parked_table(), TENANT)]


def test_one_change_refused_for_two_syncs_waits_for_both(stack: PushStack) -> None:
    stack.message(change("k1", email="ada@example.com"))
    stack.run_push()
    stack.outcomes()
    assert prepared(stack) == 2
    stack.connected(status=Status.RECONNECTION_REQUIRED, cause="grant_ended")
    stack.run_push()
    assert tables.parked_table().count_waiting(TENANT) == 2
    stack.outcomes()
    stack.connected()
    assert stack.run_replay()["waiting"] == 2
    stack.run_push()
    assert [outcome[:3] for outcome in published(stack)] == [
        ("k1", "lead-contact", "rejected"),
        ("k1", "lead-lead", "rejected"),
    ]
    assert len(parked(stack)) == 2


def test_a_redriven_message_that_crashes_is_not_parked_a_second_time(stack: PushStack) -> None:
    refused(stack, "k1")
    assert prepared(stack) == 1
    assert dead_letter_app.lambda_handler({"Records": stack._received("PUSH_QUEUE_URL")}, Context()) == {
        "batchItemFailures": []
    }
    assert parked(stack) == MISSING


def test_a_crashed_message_that_is_redriven_goes_to_every_sync_of_its_source(stack: PushStack) -> None:
    body: dict[str, Any] = {"version": 1, "tenant": TENANT, "source": "lead", "changes": [change("k1", **ADA)]}
    stack.bury(json.dumps(body))
    assert (prepared(stack), stack.run_push()) == (1, [])
    assert [outcome[:3] for outcome in published(stack)] == [
        ("k1", "lead-contact", "created"),
        ("k1", "lead-lead", "rejected"),
    ]
    assert parked(stack) == MISSING
