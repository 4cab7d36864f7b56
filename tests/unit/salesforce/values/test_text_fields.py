"""Texts as fields store and count them: rich text areas, and orgs that count bytes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from causeway.salesforce.values.coercion import coerced
from causeway.salesforce.values.comparison import same_value
from causeway.salesforce.values.rich_texts import as_html, is_html, plain_text
from causeway.salesforce.values.text_fields import (
    BYTES,
    fitted_text,
    measure_of,
    refitted_text,
    shown_text,
    stored_length,
)
from causeway.salesforce.values.texts import is_blank
from hypothesis import given
from hypothesis import strategies as st

from tests.support.syncs.factories import codes, field

RICH = field("Notes__c", "textarea", length=100, html_formatted=True)
AREA = field("Area__c", "textarea", length=100)


def test_plain_text_goes_into_rich_text_with_its_characters_and_lines() -> None:
    kept = coerced(RICH, 'Tom\'s <b & "c"\nline')
    assert kept.value == "Tom&#39;s &lt;b &amp; &quot;c&quot;<br>line"
    assert kept.warnings == ()


def test_html_that_a_product_sends_stays_html() -> None:
    for html in ("<p>One</p>", "One<br/>two", "<a href='x'>y</a>"):
        assert is_html(html)
        assert coerced(RICH, html).value == html
    for text in ("a < b", "<b", "x <y> z", "<Jerry> & </Tom>"):
        assert not is_html(text)
        assert plain_text(str(coerced(RICH, text).value)) == text


def test_what_does_not_fit_as_html_goes_as_plain_text_with_whole_entities() -> None:
    cut = coerced(RICH, "&" * 50)
    assert (cut.value, codes(cut.warnings)) == ("&amp;" * 20, ["cut"])
    formatted = coerced(RICH, f"<p><b>{'x' * 200}</b></p>")
    assert formatted.value == "x" * 100


@pytest.mark.parametrize(
    ("current", "desired", "same"),
    [
        ("<p>One &amp; two</p><p>Three</p>", "One &amp; two<br>Three", True),
        ("One &amp; two\r\nThree", "One &amp; two<br>Three", True),
        ("One", "Two", False),
        ("<p>One</p>", "<p><b>One</b></p>", False),
        ("<p>Tom&#39;s</p>", "<p>Tom's</p>", True),
        ("a &amp; b", "a &amp;amp; b", True),  # what a pull gave, sent back
    ],
)
def test_equal_rich_text_is_recognized_by_what_it_shows(current: str, desired: str, same: bool) -> None:
    assert same_value(RICH, current, desired) is same


def test_bytes_count_where_the_org_counts_them() -> None:
    strict = replace(AREA, text_count=BYTES)
    assert stored_length(AREA)("é\n") == 3
    assert stored_length(strict)("é\n") == 4
    assert fitted_text(strict, "é" * 60) == ("é" * 50, 120)
    assert refitted_text(replace(RICH, text_count=BYTES), "é" * 60) == "é" * 50


texts = st.text(alphabet="ab &<>\"'é🙂\n", max_size=80)


@given(texts, st.booleans(), st.booleans())
def test_whatever_the_text_what_is_sent_fits_and_shows_its_beginning(text: str, rich: bool, strict: bool) -> None:
    target = replace(RICH if rich else AREA, text_count=BYTES if strict else "", length=40)
    kept = coerced(target, text)
    if kept.keep:
        assert stored_length(target)(kept.value) <= 40
        assert text.strip().startswith(shown_text(target, kept.value))


@given(texts)
def test_html_shows_the_text_that_it_was_made_of(text: str) -> None:
    assert plain_text(as_html(text)) == text.strip()
    assert measure_of(RICH)(text) >= len(text)


@pytest.mark.parametrize("text", ["", "  ", "\n\t", "\u00a0\u2003", "\u200b", " \ufeff\u2060 ", "\u200f\u200e"])
def test_a_text_that_shows_nothing_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["0", "-", "\u200bx", "\U0001f600", "x\ufe0f"])
def test_a_text_that_shows_something_is_not_blank(text: str) -> None:
    assert not is_blank(text)
