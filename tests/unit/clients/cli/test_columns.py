"""Columns become the fields that a sync maps, whatever a spreadsheet calls them, and one of them identifies a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from causeway_client.cli.rows.columns import Columns, UnusableColumns, columns_of, normal, snake
from causeway_client.cli.rows.files import Row

KNOWN = ("first_name", "last_name", "company", "street", "postal_code", "phone")


def rows(header: Sequence[str], *cells: Sequence[Any]) -> list[Row]:
    return [
        Row(number, {name: cell for name, cell in zip(header, each, strict=True) if cell != ""})
        for number, each in enumerate(cells, start=2)
    ]


def columns(*header: str, **options: Any) -> Columns:
    return columns_of(
        rows(header, [f"a-{name}" for name in header], [f"b-{name}" for name in header]), KNOWN, **options
    )


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("first_name", "first_name"),
        ("FirstName", "first_name"),
        ("First name", "first_name"),
        ("Vorname", "first_name"),
        ("Prénom", "first_name"),
        ("Surname", "last_name"),
        ("Organisation", "company"),
        ("Address", "street"),
        ("Straße", "street"),
        ("ZIP", "postal_code"),
        ("Phone number", "phone"),
        ("E-Mail", "email"),
        ("email address", "email"),
        ("salesforce_contact_id", "salesforce_contact_id"),
        ("LoyaltyLevel", "loyalty_level"),
    ],
)
def test_a_column_becomes_the_field_it_is_called_after(column: str, field: str) -> None:
    assert columns("id", column).fields == {column: field}


def test_what_the_caller_decides_comes_first_and_the_guess_gives_way() -> None:
    found = columns("id", "Name", "Surname", given={"Name": "last_name"})
    assert found.fields == {"Name": "last_name", "Surname": "surname"}


def test_columns_that_no_sync_maps_are_named_and_sent_all_the_same() -> None:
    found = columns("id", "Phone", "Shoe size", "Email")
    assert (found.unmapped, found.fields["Shoe size"]) == (("Shoe size",), "shoe_size")


def test_the_key_is_the_id_that_differs_in_every_row() -> None:
    assert columns("Email", "CustomerId").key == "CustomerId"
    assert columns("Email", "OrderId", "id").key == "id"


def test_an_id_that_repeats_or_is_empty_identifies_nothing() -> None:
    repeated = rows(("CompanyId", "Email"), ("7", "a@example.com"), ("7", "b@example.com"))
    empty = rows(("CompanyId", "Email"), ("7", "a@example.com"), ("", "b@example.com"))
    assert columns_of(repeated, KNOWN).key == columns_of(empty, KNOWN).key == "Email"


def test_an_e_mail_address_that_is_the_key_stays_a_field() -> None:
    found = columns("E-Mail address", "Surname")
    assert (found.key, found.fields["E-Mail address"]) == ("E-Mail address", "email")


def test_a_salesforce_id_is_no_key_of_the_product() -> None:
    assert columns("salesforce_lead_id", "Email").key == "Email"


def test_a_key_that_a_sync_maps_is_sent_as_a_field_too() -> None:
    assert columns("Phone", "Email", key="Phone").fields["Phone"] == "phone"
    assert "CustomerId" not in columns("CustomerId", "Email", key="CustomerId").fields


@pytest.mark.parametrize(
    ("header", "options", "sentence"),
    [
        (("Surname", "Phone"), {}, "No column identifies a row"),
        (("id", "Phone"), {"key": "nope"}, "There is no column 'nope'"),
        (("id", "Phone"), {"given": {"nope": "x"}}, "There is no column 'nope'"),
        (("id", "???"), {}, "has no name that a field could have"),
        (("id", "A b", "a_b"), {}, "would both be a_b"),
    ],
)
def test_columns_that_cannot_be_used_say_what_to_give(
    header: tuple[str, ...], options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UnusableColumns, match=sentence.replace("?", r"\?")):
        columns(*header, **options)


def test_names_are_compared_without_case_accents_and_punctuation() -> None:
    assert normal("E-Mail (Büro)") == "emailburo"
    assert [snake(each) for each in ("HTTPStatus", "First  name", "Größe", "id2Name")] == [
        "http_status",
        "first_name",
        "groe",
        "id2_name",
    ]
