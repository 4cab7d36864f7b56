"""How long texts are against their fields, and what rich text areas store (help 000382141 and 000240417)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.org.data.rules.text_values import as_rich_text, length_of
from local.org.wire.messages import OrgError
from tests.support.org.data import an_org_store, codes, created, row_of
from tests.support.org.edge import API, Client

NOTES = {"sobjects": [{"name": "Contact", "fields": [{"name": "Notes__c", "type": "textarea", "length": 256}]}]}
RICH = {
    "sobjects": [
        {"name": "Contact", "fields": [{"name": "Bio__c", "type": "textarea", "length": 256, "htmlFormatted": True}]}
    ]
}


@pytest.mark.parametrize(
    ("multiline", "text", "length"),
    [
        ("characters", "é\n", 2),
        ("line_breaks", "é\n", 3),
        ("bytes", "é\n", 3),
        ("bytes", "\N{GRINNING FACE}\r\n", 6),
        ("characters", "\N{GRINNING FACE}\r\n", 4),
    ],
)
def test_a_text_area_counts_as_the_setting_says(multiline: str, text: str, length: int) -> None:
    """Source: help 000382141: through the API the limit of multi-line text holds for bytes."""
    assert length_of(text, "textarea", multiline) == length


def test_a_line_of_text_always_counts_characters() -> None:
    assert length_of("é", "string", "bytes") == 1


@pytest.mark.parametrize(("multiline", "refused"), [("characters", []), ("bytes", ["STRING_TOO_LONG"])])
def test_a_save_follows_the_setting(multiline: str, refused: list[str]) -> None:
    store = an_org_store(multiline_length=multiline)
    store.declare(NOTES)
    assert codes(store.create(None, "Contact", {"LastName": "Doe", "Notes__c": "é" * 200})) == refused


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("R&D", "R&amp;D"),
        ("It's 3 < 4", "It&#39;s 3 &lt; 4"),
        ('<p class="a">"R&amp;D"</p>', '<p class="a">&quot;R&amp;D&quot;</p>'),
        ("one\ntwo", "one\ntwo"),
        ("<br/>&nbsp;&#8364;", "<br/>&nbsp;&#8364;"),
    ],
)
def test_a_rich_text_area_stores_special_characters_as_entities_and_keeps_tags(text: str, kept: str) -> None:
    """Source: developer forums, "Max length applied to Rich Text Fields": an ampersand is stored and counted as 5."""
    store = an_org_store()
    store.declare(RICH)
    contact = created(store, "Contact", LastName="Doe", Bio__c=text)
    assert row_of(store, contact)["Bio__c"] == kept


@given(st.text(alphabet="a&;<>\"'#3x/ p", max_size=40))
def test_what_a_rich_text_area_holds_may_be_written_back_unchanged(text: str) -> None:
    kept = as_rich_text(text)
    assert as_rich_text(kept) == kept


@pytest.mark.parametrize(("counted", "refused"), [(True, ["STRING_TOO_LONG"]), (False, [])])
def test_entities_count_unless_the_setting_says_otherwise(counted: bool, refused: list[str]) -> None:
    """Source: help 000382141: the limit includes HTML encoding; an ampersand counts 5."""
    store = an_org_store(rich_text_entities_count=counted)
    store.declare(RICH)
    result = store.create(None, "Contact", {"LastName": "Doe", "Bio__c": "&" * 60})
    assert codes(result) == refused
    if refused:
        assert result.failures[0].message == f"Bio: data value too large: {'&' * 60} (max length=256)"


def test_a_plain_text_area_is_stored_as_it_was_sent() -> None:
    store = an_org_store()
    store.declare(NOTES)
    assert row_of(store, created(store, "Contact", LastName="Doe", Notes__c="R&D"))["Notes__c"] == "R&D"


def test_describe_says_which_text_areas_are_rich() -> None:
    """Source: SOAP API guide, describesobjectresult: `htmlFormatted`, `extraTypeInfo`."""
    client = Client()
    client.control("POST", "schema", RICH)
    described = client.send("GET", f"{API}/sobjects/Contact/describe", headers=client.session()).body
    fields = {each["name"]: each for each in described["fields"]}
    assert (fields["Bio__c"]["htmlFormatted"], fields["Bio__c"]["extraTypeInfo"]) == (True, "richtextarea")
    assert (fields["Description"]["htmlFormatted"], fields["Description"]["extraTypeInfo"]) == (False, "plaintextarea")


def test_a_way_of_counting_that_does_not_exist_is_refused() -> None:
    client = Client()
    with pytest.raises(OrgError, match="is one of characters, line_breaks, bytes"):
        client.org.settings.patch({"multiline_length": "words"})
