"""Changes are cut into messages that SQS and the push function take, whatever is in them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from causeway.contract.messages import parse_message
from causeway_client.cutting import MAX_BYTES, CutMessage, cut, entries
from causeway_client.errors import InvalidChanges
from causeway_client.generated.push import Change
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.clients.queues import FakeQueue, VirtualClock

SENT_AT_MS = 1_800_000_000_000


def change(number: int, **fields: Any) -> dict[str, Any]:
    return {"key": f"lead-{number}", "fields": {"email": f"p{number}@example.com", **fields}}


def keys_of(messages: list[CutMessage]) -> list[str]:
    """Return the keys in the bodies, as the push function reads them."""
    parsed = [parse_message(message.body, SENT_AT_MS) for message in messages]
    assert [item.refused for item in parsed] == [()] * len(parsed)
    return [item.key for message in parsed for item in message.changes]


def test_501_changes_are_two_messages_in_order() -> None:
    messages = cut("acme", "lead", [change(number) for number in range(501)])
    assert [len(message.changes) for message in messages] == [500, 1]
    assert keys_of(messages) == [f"lead-{number}" for number in range(501)]


def test_a_message_names_its_run_only_when_there_is_one() -> None:
    (without,), (with_run,) = cut("acme", "lead", [change(1)]), cut("acme", "lead", [change(1)], run="run-1")
    assert "run" not in json.loads(without.body)
    assert json.loads(with_run.body)["run"] == "run-1"


def test_a_message_may_be_exactly_as_large_as_sqs_takes() -> None:
    bare = cut("acme", "lead", [change(1, text="")])[0].size
    (message,) = cut("acme", "lead", [change(1, text="x" * (MAX_BYTES - bare))])
    assert message.size == len(message.body.encode()) == MAX_BYTES
    with pytest.raises(InvalidChanges, match=r"bytes long"):
        cut("acme", "lead", [change(1, text="x" * (MAX_BYTES - bare + 1))])


def test_two_changes_that_just_fit_are_one_message_and_a_byte_more_makes_two() -> None:
    bare = cut("acme", "lead", [change(1, text=""), change(2, text="")])[0].size
    room = MAX_BYTES - bare
    assert len(cut("acme", "lead", [change(1, text=""), change(2, text="x" * room)])) == 1
    assert len(cut("acme", "lead", [change(1, text=""), change(2, text="x" * (room + 1))])) == 2


def test_size_is_counted_in_bytes_and_not_in_characters() -> None:
    third = "ü" * (MAX_BYTES // 6)  # two bytes each
    messages = cut("acme", "lead", [change(number, text=third) for number in range(4)])
    assert [len(message.changes) for message in messages] == [2, 2]
    assert all(message.size <= MAX_BYTES for message in messages)


def test_characters_that_sqs_refuses_are_sent_as_escapes() -> None:
    (message,) = cut("acme", "lead", [change(1, text="a\ud800b\uffffc\x00d😀")])
    queue = FakeQueue(VirtualClock())
    queue.send_message_batch(QueueUrl="q", Entries=[{"Id": "0", "MessageBody": message.body, "MessageGroupId": "acme"}])
    assert json.loads(message.body)["changes"][0]["fields"]["text"] == "a\ud800b\uffffc\x00d😀"


def test_what_is_not_set_is_left_out_and_a_null_in_a_field_stays() -> None:
    (message,) = cut("acme", "lead", [Change(key="lead-1", fields={"phone": None, "score": 0})])
    assert json.loads(message.body)["changes"] == [{"key": "lead-1", "fields": {"phone": None, "score": 0}}]


def test_moments_and_dates_are_sent_as_iso_texts() -> None:
    at = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    given_change = {"key": "lead-1", "occurred_at": at, "fields": {"born": date(1990, 1, 2)}}
    (message,) = cut("acme", "lead", [given_change])
    assert json.loads(message.body)["changes"][0]["occurred_at"] == "2026-11-20T10:00:00Z"
    assert json.loads(message.body)["changes"][0]["fields"] == {"born": "1990-01-02"}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"key": ""}, "key"),
        ({"fields": {}}, "key"),
        ({"key": "a", "feilds": {}}, "feilds"),
        ({"key": "a", "occurred_at": "2026-11-20T10:00:00"}, "occurred_at"),
        ({"key": "a", "fields": {"score": float("nan")}}, "no JSON"),
        ({"key": "a", "fields": {"score": object()}}, "no JSON"),
    ],
)
def test_a_change_that_breaks_the_contract_is_named_with_its_place(bad: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidChanges, match=reason) as refused:
        cut("acme", "lead", [change(1), bad, change(3), bad])
    assert [fault.position for fault in refused.value.faults] == [1, 3]


@pytest.mark.parametrize(("tenant", "source"), [("a b", "lead"), ("", "lead"), ("acme", "a/b")])
def test_a_tenant_or_source_that_no_message_may_name_is_refused(tenant: str, source: str) -> None:
    with pytest.raises(ValueError, match="No message may say this"):
        cut(tenant, source, [change(1)])


def test_groups_hold_ten_messages_and_a_mebibyte_at_most() -> None:
    small = [CutMessage("x", 1, ()) for _ in range(23)]
    assert [len(group) for group in entries(small)] == [10, 10, 3]
    large = [CutMessage("x", 400_000, ()) for _ in range(5)]
    assert [len(group) for group in entries(large)] == [2, 2, 1]


TEXTS = st.text(max_size=40)
VALUES = st.one_of(TEXTS, st.integers(-(10**9), 10**9), st.booleans(), st.none(), st.lists(TEXTS, max_size=3))
KEYS = st.from_regex(r"[A-Za-z0-9-]{1,20}", fullmatch=True)
CHANGES = st.builds(
    lambda key, fields: {"key": key, "fields": fields}, KEYS, st.dictionaries(TEXTS, VALUES, max_size=4)
)


@settings(max_examples=40)
@given(st.lists(CHANGES, max_size=12))
def test_every_change_is_in_exactly_one_message_as_it_was_given(changes: list[dict[str, Any]]) -> None:
    messages = cut("acme", "lead", changes)
    assert [item for message in messages for item in json.loads(message.body)["changes"]] == changes
