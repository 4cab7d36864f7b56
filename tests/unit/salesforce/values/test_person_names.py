"""A whole name is split where everybody would split it, and kept whole where people would ask."""

from __future__ import annotations

import pytest
from causeway.salesforce.values.person_names import PersonName, split_name
from causeway.salesforce.values.texts import composed
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ada Lovelace", PersonName("Ada", "Lovelace")),
        ("Ada King Lovelace", PersonName("Ada", "King Lovelace")),
        ("  Ludwig   van Beethoven ", PersonName("Ludwig", "van Beethoven")),
        ("Martin Luther King Jr.", PersonName("Martin", "Luther King", "Jr.")),
        ("Martin King, Jr.", PersonName("Martin", "King", "Jr.")),
        ("King, Martin, Jr", PersonName("Martin", "King", "Jr")),
        ("Henry Ford III", PersonName("Henry", "Ford", "III")),
        ("Lovelace, Ada", PersonName("Ada", "Lovelace")),
        ("van der Berg, Anna", PersonName("Anna", "van der Berg")),
        ("J. R. R. Tolkien", PersonName("J.", "R. R. Tolkien")),
        ("Anne-Marie O’Neill", PersonName("Anne-Marie", "O’Neill")),
        ("José Núñez", PersonName("José", "Núñez")),
    ],
)
def test_a_name_that_is_clear_is_split(name: str, parts: PersonName) -> None:
    assert split_name(name) == parts


@pytest.mark.parametrize(
    "name",
    [
        "Cher",
        "",
        "Ada & Bob Lovelace",
        "Ada and Bob Lovelace",
        "Dr. Ada Lovelace",
        "Acme Inc.",
        "Acme Support Team",
        "Ada Lovelace 2",
        "ada@example.com Lovelace",
        "Pablo Diego José Francisco de Paula",
        "山田 太郎",
        "Lovelace, Countess of Somewhere",
        "Mary Ann Smith, Esq, of London",
        "A" * 41 + " Lovelace",
    ],
)
def test_a_name_in_doubt_is_kept_whole(name: str) -> None:
    assert split_name(name) == PersonName(last=name)


def test_a_suffix_stays_in_the_last_name_where_it_has_no_field() -> None:
    assert split_name("Martin King, Jr.", has_suffix=False) == PersonName("Martin", "King Jr.")


@given(st.text(max_size=80) | st.from_regex(r"[A-Za-z,. ]{1,30}( Jr\.?| III)?", fullmatch=True))
def test_no_letter_of_a_name_is_ever_lost(name: str) -> None:
    assert letters(" ".join(split_name(name))) == letters(composed(name))
    assert split_name(name).last or not name.split()


def letters(text: str) -> list[str]:
    return sorted(letter for word in text.replace(",", " ").split() for letter in word)
