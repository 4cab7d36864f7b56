"""What products may send: each change judged on its own, nothing lost without a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from causeway.contract.message_writing import change_json, message_json
from causeway.contract.messages import LATEST_MS, UNREADABLE, addressed, parse_message
from causeway.contract.reading.message_text import LEFT_OUT
from hypothesis import given, settings
from hypothesis import strategies as st

SENT_MS = 1_795_168_800_000


def body(*changes: Any, **envelope: Any) -> str:
    return json.dumps({"version": 1, "tenant": "acme", "source": "lead", "changes": list(changes), **envelope})


def test_a_good_change_is_read_whole() -> None:
    about = {"source": "lead", "key": "lead-7"}
    said = [{"at": "2026-11-20T09:58:00+01:00", "speaker": "lead", "text": "Hello"}]
    sent = {
        "key": "k1",
        "occurred_at": "2026-11-20T10:00:00Z",
        "fields": {"x": 0},
        "conversation": said,
        "about": about,
    }
    ((change,), refused) = (message := parse_message(body(sent, run="r1"), SENT_MS)).changes, message.refused
    assert refused == ()
    assert (change.occurred_at_ms, change.fields, change.run) == (SENT_MS, {"x": 0}, "r1")
    assert change.conversation is not None
    assert change.conversation[0].at_ms == SENT_MS - 3_720_000
    assert change.about is not None
    assert (change.about.source, change.about.key) == ("lead", "lead-7")


def test_a_change_without_a_moment_happened_when_it_was_sent() -> None:
    assert parse_message(body({"key": "k1"}), SENT_MS).changes[0].occurred_at_ms == SENT_MS


@pytest.mark.parametrize(("first_sent", "sent"), [((), 0), ((SENT_MS - 5,), -5), ((SENT_MS + 5,), 0)])
def test_a_change_that_was_kept_was_sent_then_and_never_after_its_message(
    first_sent: tuple[int, ...], sent: int
) -> None:
    (change,) = parse_message(body({"key": "k1"}), SENT_MS, first_sent).changes
    assert change.sent_at_ms == SENT_MS + sent


def test_a_moment_too_far_ahead_is_set_back_and_marked() -> None:
    change = parse_message(body({"key": "k1", "occurred_at": "2030-01-01T00:00:00Z"}), SENT_MS).changes[0]
    assert (change.occurred_at_ms, change.clamped) == (SENT_MS + LATEST_MS, True)


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"key": ""},
        {"key": "k" * 257},
        {"key": 5},
        {"key": "k", "feilds": {}},
        {"key": "k", "occurred_at": "2026-11-20T10:00:00"},
        {"key": "k", "occurred_at": 1_795_168_800},
        {"key": "k", "fields": []},
        {"key": "k", "conversation": [{"at": "2026-11-20T10:00:00Z", "speaker": "x"}]},
        {"key": "k", "about": {"source": "lead"}},
        {"key": "k", "about": {"source": "lead", "key": "x", "email": "a@example.com"}},
        "not an object",
    ],
)
def test_a_bad_change_is_refused_alone(bad: Any) -> None:
    message = parse_message(body({"key": "good"}, bad), SENT_MS)
    assert [change.key for change in message.changes] == ["good"]
    (refused,) = message.refused
    assert (refused.tenant, refused.source, refused.position) == ("acme", "lead", 1)
    assert json.loads(refused.body)["changes"] == [bad]


@pytest.mark.parametrize(
    ("text", "tenant"),
    [
        ("{broken", UNREADABLE),
        ("[]", UNREADABLE),
        ('{"version": 1, "tenant": "no such characters!"}', UNREADABLE),
        ("NaN", UNREADABLE),
        ("[" * 100_000, UNREADABLE),
        ('{"version": 2, "tenant": "acme", "source": "lead", "changes": [{"key": "k"}]}', "acme"),
        ('{"version": 1, "tenant": "acme", "source": "lead", "changes": []}', "acme"),
        ('{"version": 1, "tenant": "acme", "source": "lead", "changes": [{"key": "k"}], "runn": "x"}', "acme"),
    ],
)
def test_a_broken_envelope_is_refused_whole_under_the_tenant_it_names(text: str, tenant: str) -> None:
    message = parse_message(text, SENT_MS)
    assert message.changes == ()
    assert [(item.tenant, item.body) for item in message.refused] == [(tenant, text)]


def test_a_message_takes_500_changes_and_not_one_more() -> None:
    changes = [{"key": f"k{number}"} for number in range(501)]
    assert len(parse_message(body(*changes[:500]), SENT_MS).changes) == 500
    assert len(parse_message(body(*changes), SENT_MS).refused) == 1


def test_a_reason_never_repeats_what_was_sent() -> None:
    (refused,) = parse_message(body({"key": "k", "occurred_at": "secret@example.com"}), SENT_MS).refused
    assert "secret" not in refused.reason


_KEYS = st.text(st.characters(exclude_characters="\x00\ufffe\uffff", codec="utf-8"), min_size=1, max_size=256)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(fields=st.dictionaries(st.text(min_size=1), _JSON, max_size=5), key=_KEYS)
def test_what_is_kept_of_a_change_reads_back_as_the_same_change(fields: dict[str, Any], key: str) -> None:
    sent = json.dumps(message_json("acme", "lead", [{"key": key, "fields": fields}]))
    (change,) = parse_message(sent, SENT_MS).changes
    again = json.dumps(message_json("acme", "lead", [change_json(change)]))
    assert parse_message(again, SENT_MS).changes == (change,)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"key": "k", "feilds": {}}, "feilds: no such key is known here"),
        ({}, "key: is missing"),
        ({"key": 5}, "key: must be a text"),
        ({"key": ""}, "key: is too short"),
        ({"key": "k", "fields": []}, "fields: must be an object"),
        ({"key": "k", "about": {"source": "a b", "key": "x"}}, "about.source: must be 1 to 128 letters, digits"),
        ("text", "this: must be an object"),
    ],
)
def test_a_reason_is_a_sentence_for_people(bad: Any, words: str) -> None:
    assert words in parse_message(body(bad), SENT_MS).refused[0].reason


@pytest.mark.parametrize("code", [0xD800, 0xDFFF, 0xFFFE, 0xFFFF])
def test_half_a_character_is_marked_in_fields_and_refused_in_keys(code: int) -> None:
    half = chr(code)
    message = parse_message(body({"key": "k", "fields": {"x": [f"a{half}b"]}}, {"key": half}), SENT_MS)
    assert message.changes[0].fields == {"x": [f"a{LEFT_OUT}b"]}
    assert "cannot be stored" in message.refused[0].reason
    assert message.refused[0].body.encode()


def test_a_whole_character_outside_the_first_plane_stays() -> None:
    assert parse_message(body({"key": "\U0001f600"}), SENT_MS).changes[0].key == "\U0001f600"


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("1e999", "a number is too large"),
        ("-1E+400", "a number is too large"),
        ("9" * 5_000, "a number is too large"),
        ("NaN", "NaN and Infinity are no JSON numbers"),
        ("-Infinity", "NaN and Infinity are no JSON numbers"),
    ],
)
def test_a_number_that_can_not_be_kept_refuses_its_change_alone(number: str, why: str) -> None:
    bad = {"key": "k", "fields": {"x": [{"y": 7}]}}
    message = parse_message(body({"key": "good", "fields": {"x": 1.5}}, bad).replace("7", number), SENT_MS)
    assert [(change.key, change.fields) for change in message.changes] == [("good", {"x": 1.5})]
    (refused,) = message.refused
    assert (refused.tenant, refused.source, refused.key, refused.position) == ("acme", "lead", "k", 1)
    assert why in refused.reason
    kept = json.loads(refused.body)["changes"][0]["fields"]  # what is listed must be JSON
    assert kept == {"x": [{"y": number}]}


def test_a_number_where_a_tenant_belongs_names_no_tenant() -> None:
    (refused,) = parse_message(body({"key": "k"}).replace('"acme"', "NaN"), SENT_MS).refused
    assert refused.tenant == UNREADABLE


@settings(deadline=None)
@given(st.text(max_size=60))
def test_nothing_makes_reading_fail(text: str) -> None:
    message = parse_message(text, SENT_MS)
    assert bool(message.changes) != bool(message.refused)


def test_a_byte_order_mark_before_a_message_is_passed_over() -> None:
    body = "\ufeff" + json.dumps({"version": 1, "tenant": "acme", "source": "lead", "changes": [{"key": "a"}]})
    assert [change.key for change in parse_message(body, 1).changes] == ["a"]
    assert addressed(body) == ("acme", "lead")


@pytest.mark.parametrize(("key", "reported"), [(17, "17"), (1.5, "1.5"), (None, None), ([], None), ("", None)])
def test_a_key_that_is_a_number_is_refused_under_its_text(key: Any, reported: str | None) -> None:
    body = json.dumps({"version": 1, "tenant": "acme", "source": "lead", "changes": [{"key": key}, {"key": "b"}]})
    message = parse_message(body, 1)
    assert ([change.key for change in message.changes], [item.key for item in message.refused]) == (["b"], [reported])


@pytest.mark.parametrize("version", ["true", "1.0", "2", '"1"', "null"])
def test_only_the_number_1_is_version_1(version: str) -> None:
    body = f'{{"version": {version}, "tenant": "acme", "source": "lead", "changes": [{{"key": "a"}}]}}'
    message = parse_message(body, 1)
    assert (message.changes, len(message.refused)) == ((), 1)


def test_a_change_with_a_repeated_key_is_refused_alone() -> None:
    changes = '{"key": "a", "fields": {"phone": "1", "phone": "2"}}, {"key": "b", "fields": {"phone": "1"}}'
    message = parse_message(f'{{"version": 1, "tenant": "acme", "source": "lead", "changes": [{changes}]}}', 1)
    assert [change.key for change in message.changes] == ["b"]
    assert "'phone' stands twice" in message.refused[0].reason


def test_a_message_with_a_repeated_key_is_refused_whole() -> None:
    body = '{"version": 1, "tenant": "acme", "tenant": "other", "source": "lead", "changes": [{"key": "a"}]}'
    message = parse_message(body, 1)
    assert (message.changes, message.refused[0].tenant) == ((), UNREADABLE)
    assert "'tenant' stands twice" in message.refused[0].reason


def test_an_amount_that_a_float_would_round_keeps_its_digits() -> None:
    fields = '{"budget": 1234567890123456.78, "share": 0.30000000000000004}'
    body = f'{{"version": 1, "tenant": "acme", "source": "lead", "changes": [{{"key": "a", "fields": {fields}}}]}}'
    (change,) = parse_message(body, 1).changes
    assert change.fields == {"budget": "1234567890123456.78", "share": 0.30000000000000004}


def test_a_moment_outside_the_years_1_to_9999_is_refused_alone() -> None:
    changes = [{"key": "a", "occurred_at": "0001-01-01T00:00:00+14:00"}, {"key": "b"}]
    message = parse_message(json.dumps({"version": 1, "tenant": "acme", "source": "lead", "changes": changes}), 1)
    assert ([change.key for change in message.changes], [item.key for item in message.refused]) == (["b"], ["a"])
