"""Entries added to a text area: each once, people's own text always kept, everything within the field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from causeway.salesforce.values.texts import salesforce_length
from causeway.syncs.mapping import entries as module
from causeway.syncs.mapping.entries import Appended, entries_of, entry_text
from hypothesis import given
from hypothesis import strategies as st

from tests.support.syncs.factories import field

AT_MS = 1_795_262_405_000  # 2026-11-21T12:00:05Z
AREA = field("Notes__c", "textarea", length=0)


def appended(
    current: str, entries: list[str], limit: int, is_written: Callable[[str], bool] = lambda entry: False
) -> Appended:
    return module.appended(replace(AREA, length=limit), current, entries, is_written)


ENTRY = entry_text("Called.", AT_MS)


def test_an_entry_is_one_dated_paragraph() -> None:
    assert entry_text("One\n \n\ntwo", AT_MS) == "[2026-11-21 12:00:05 UTC] One\ntwo"


def test_an_entry_goes_below_what_is_there() -> None:
    assert appended("Theirs.\r\n", [ENTRY], 0).text == f"Theirs.\n\n{ENTRY}"
    assert appended("", [ENTRY], 0).text == ENTRY


def test_an_entry_that_is_there_or_was_written_before_is_not_added_again() -> None:
    assert appended(f"Theirs.\n\n{ENTRY}", [ENTRY], 0).text is None
    assert appended("Theirs.", [ENTRY], 0, lambda entry: entry == ENTRY).text is None
    assert (
        appended(entry_text("x" * 90, AT_MS), [entry_text("x" * 300, AT_MS)], 0).text is None
    )  # cut to the field before


def test_the_oldest_of_our_entries_make_room_and_nothing_of_peoples_text() -> None:
    older, newer = entry_text("o" * 100, AT_MS), entry_text("n" * 100, AT_MS + 1000)
    found = appended(f"Theirs.\n\n{older}", [newer], 200, lambda entry: entry == older)
    assert (found.text, found.dropped) == (f"Theirs.\n\n{newer}", 1)
    edited = f"{older} and more"
    kept = appended(f"{edited}\n\nTheirs.", [newer], 200, lambda entry: entry == older)
    assert kept.text is None
    assert kept.is_full


def test_an_entry_is_cut_to_the_room_that_is_left_and_not_added_where_there_is_none() -> None:
    found = appended("p" * 100, [entry_text("n" * 300, AT_MS)], 300)
    assert found.is_cut
    assert found.text is not None
    assert salesforce_length(found.text, textarea=True) == 300
    assert appended("p" * 250, [ENTRY * 10], 300).is_full


@given(st.lists(st.text(alphabet="ab\n", min_size=1, max_size=40), max_size=5), st.integers(120, 300))
def test_however_entries_come_the_text_fits_and_holds_what_people_wrote(texts: list[str], limit: int) -> None:
    text, written = "Theirs.", set[str]()
    for number, each in enumerate(texts):
        entry = entry_text(each, AT_MS + 1000 * number)
        found = appended(text, [entry], limit, written.__contains__)
        text = found.text or text
        written.update([entry, entries_of(AREA, text)[-1]])
        assert appended(text, [entry], limit, written.__contains__).text is None
        assert text.startswith("Theirs.")
        assert salesforce_length(text, textarea=True) <= limit
