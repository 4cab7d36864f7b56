"""A conversation in a Salesforce field."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.contract.changes import Utterance
from causeway.salesforce.values.texts import salesforce_length
from causeway.syncs.mapping.conversation import (
    continued_transcript,
    conversation_text,
    fitted_transcript,
    is_causeways_text,
)

from tests.support.syncs.factories import NOON_MS, said


def test_one_line_per_message_oldest_first_with_time_and_speaker() -> None:
    later, earlier = said("Hello", "How are you?")[::-1]
    assert conversation_text([later, earlier], 0).text == (
        "[2026-11-21 12:00 UTC] lead: Hello\n[2026-11-21 12:01 UTC] lead: How are you?"
    )


def test_a_message_of_several_lines_stays_on_one_line() -> None:
    assert conversation_text(said("a\r\n b\u2028c\td"), 0).text == "[2026-11-21 12:00 UTC] lead: a b c d"


def test_blank_messages_have_no_line_and_nobody_is_unknown() -> None:
    text = conversation_text([Utterance(NOON_MS, " ", "Hi"), Utterance(NOON_MS, "bot", " \n")], 0).text
    assert text == "[2026-11-21 12:00 UTC] unknown: Hi"


def test_the_oldest_messages_are_dropped_first_and_the_first_line_says_so() -> None:
    fitted = conversation_text(said(*[f"message {number:03d}" for number in range(100)]), 500)
    lines = fitted.text.split("\n")
    assert lines[0] == f"({fitted.dropped} earlier messages left out to fit)"
    assert lines[-1].endswith("message 099")
    assert len(lines) - 1 + fitted.dropped == 100
    assert salesforce_length(fitted.text, textarea=True) <= 500


def test_as_many_messages_as_fit_are_kept() -> None:
    messages = said("one", "two", "three")
    whole = conversation_text(messages, 0).text
    exactly = salesforce_length(whole, textarea=True)
    assert conversation_text(messages, exactly).dropped == 0
    assert conversation_text(messages, exactly - 1).dropped > 0


def test_one_dropped_message_is_noted_in_the_singular() -> None:
    messages = said("x" * 300, "two")
    assert conversation_text(messages, 200).text.startswith("(1 earlier message left out to fit)\n")


def test_a_newest_message_that_alone_is_too_long_is_cut() -> None:
    fitted = conversation_text(said("first", "x" * 500), 200)
    assert fitted.dropped == 1
    assert 190 <= salesforce_length(fitted.text, textarea=True) <= 200
    assert is_causeways_text(fitted.text)


@pytest.mark.parametrize("limit", [0, 120, 255, 32_000])
def test_what_causeway_wrote_is_recognized_also_with_salesforces_line_breaks(limit: Any) -> None:
    text = conversation_text(said("Hello: there", "(2 earlier)", "Bye", "x" * 60), limit).text
    assert is_causeways_text(text)
    assert is_causeways_text(text.replace("\n", "\r\n") + "\r\n")


@pytest.mark.parametrize("current", [None, "", "  "])
def test_an_empty_field_may_be_replaced(current: Any) -> None:
    assert is_causeways_text(current)


@pytest.mark.parametrize(
    "text",
    [
        "Called on Monday, wants a demo.",
        "[2026-11-21 12:00 UTC] lead: Hello\nMy own note",
        "My own note\n[2026-11-21 12:00 UTC] lead: Hello",
        "(3 earlier messages left out to fit)",
        "[2026-11-21] lead: Hello",
        "[2026-11-21 12:00 UTC] lead: Hello\n\n[2026-11-21 12:01 UTC] lead: Bye",
    ],
)
def test_text_that_a_person_wrote_or_added_to_is_theirs(text: Any) -> None:
    assert not is_causeways_text(text)


def test_much_room_before_an_over_long_message_is_filled_with_its_beginning() -> None:
    fitted = conversation_text(said("x" * 1000, "bye"), 600)
    first, last = fitted.text.split("\n")
    assert first.startswith("[2026-11-21 12:00 UTC] lead: xxx")
    assert first.endswith("x …")
    assert last.endswith("bye")
    assert (fitted.dropped, fitted.is_cut) == (0, True)
    assert 550 <= salesforce_length(fitted.text, textarea=True) <= 600


def area(text: str) -> int:
    return salesforce_length(text, textarea=True)


def test_a_later_transcript_goes_on_from_the_one_before() -> None:
    first = conversation_text(said("Hello", "How are you?"), 0).text
    bye = conversation_text(said("x", "x", "Bye")[2:], 0).text
    both = continued_transcript(first, bye, 0, area)
    assert both.text == f"{first}\n{bye}"
    assert continued_transcript(both.text, bye, 0, area).text == both.text
    whole = conversation_text(said("Hello", "How are you?", "Bye"), 0).text
    assert continued_transcript(both.text, whole, 0, area).text == whole


def test_a_transcript_that_begins_as_early_takes_the_place() -> None:
    first = conversation_text(said("Helo", "Hi"), 0).text
    corrected = conversation_text(said("Hello", "Hi"), 0).text
    assert continued_transcript(first, corrected, 0, area).text == corrected


def test_messages_of_one_minute_that_repeat_nothing_go_on() -> None:
    first = conversation_text([Utterance(NOON_MS, "lead", "Hello")], 0).text
    bye = conversation_text([Utterance(NOON_MS + 1, "lead", "bye")], 0).text
    assert continued_transcript(first, bye, 0, area).text == f"{first}\n{bye}"


def test_going_on_drops_the_oldest_messages_and_counts_all_that_are_missing() -> None:
    first = conversation_text(said(*[f"message {number:03d}" for number in range(100)]), 500)
    later = Utterance(NOON_MS + 6_000_000, "lead", "bye")
    found = continued_transcript(first.text, conversation_text([later], 500).text, 500, area)
    lines = found.text.split("\n")
    assert lines[0] == f"({found.dropped} earlier messages left out to fit)"
    assert len(lines) - 1 + found.dropped == 101
    assert area(found.text) <= 500
    assert is_causeways_text(found.text)


def test_a_transcript_is_fitted_again_to_a_stricter_count() -> None:
    text = conversation_text(said(*["é" * 40] * 10), 700).text
    strict = fitted_transcript(text, 700, lambda part: len(part.encode()))
    assert len(strict.text.encode()) <= 700
    assert is_causeways_text(strict.text)
    assert strict.text.split("\n")[-1] == text.split("\n")[-1]
