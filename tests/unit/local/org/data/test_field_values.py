"""What each field type stores of a JSON value, and what it refuses."""

from __future__ import annotations

import re
from typing import Any

import pytest

from local.org.data.rules.field_values import is_email, stored
from local.org.data.rules.save_results import RecordError
from local.org.data.rules.text_values import DEFAULT_RULES, ValueRules, length_of
from local.org.schema.sobjects import FieldType, PicklistValue
from local.org.wire.messages import OrgError


def a_field(kind: str, **attributes: Any) -> FieldType:
    return FieldType("Some__c", "Some Field", kind, **attributes)


def refusal(field: FieldType, value: Any, rules: ValueRules = DEFAULT_RULES) -> RecordError:
    with pytest.raises(RecordError) as caught:
        stored(field, value, rules)
    return caught.value


def test_text_is_trimmed() -> None:
    """Source: SOAP API guide, create(): leading and trailing white space is removed."""
    assert stored(a_field("string", length=40), "  Ada \n") == "Ada"


@pytest.mark.parametrize("value", [None, "", "   "])
def test_no_text_is_null(value: str | None) -> None:
    assert stored(a_field("string", length=40), value) is None


def test_text_that_is_too_long_is_refused_with_its_length() -> None:
    """Source: captured answers: STRING_TOO_LONG; REST never truncates (SOAP API guide, AllowFieldTruncationHeader)."""
    error = refusal(FieldType("FirstName", "First Name", "string", length=40), "x" * 41)
    assert error.status_code == "STRING_TOO_LONG"
    assert error.message == f"First Name: data value too large: {'x' * 41} (max length=40)"
    assert error.fields == ["FirstName"]


def test_text_of_exactly_the_length_is_taken() -> None:
    assert stored(a_field("string", length=40), "x" * 40) == "x" * 40


def test_a_line_break_counts_two_in_a_text_area() -> None:
    """Source: help 000240417; behind facts.TEXTAREA_NEWLINE_LENGTH."""
    assert length_of("a\nb", "textarea") == 4
    assert length_of("a\r\nb", "textarea") == 4
    assert refusal(a_field("textarea", length=255), "x" * 253 + "\n" + "x").status_code == "STRING_TOO_LONG"


def test_length_counts_utf16_units() -> None:
    assert length_of("😀", "string") == 2
    assert refusal(a_field("string", length=3), "😀😀").status_code == "STRING_TOO_LONG"


@pytest.mark.parametrize(
    "address",
    ["ada@example.com", "a.b+c@sub.example.co.uk", "o'brien@example.ie", "A@EXAMPLE.COM", "1@2.nl", "a_b@x-y.com"],
)
def test_ordinary_addresses_are_taken(address: str) -> None:
    assert is_email(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "ada@example",
        "a b@example.com",
        "ada@example..com",
        ".a@example.com",
        "a@-x.com",
        "a,b@x.com",
    ],
)
def test_addresses_that_salesforce_refuses(address: str) -> None:
    assert not is_email(address)


@pytest.mark.parametrize("address", ["jürgen@example.com", "ada@exämple.com", "用户@例子.公司"])
def test_other_scripts_need_internationalized_email(address: str) -> None:
    """Source: Salesforce Help, internationalized email addresses: off unless the org turns it on."""
    email = FieldType("Email", "Email", "email", length=80)
    error = refusal(email, address)
    assert error.status_code == "INVALID_EMAIL_ADDRESS"
    assert error.message == f"Email: invalid email address: {address}"
    assert stored(email, address, ValueRules(wide_email=True)) == address


def test_an_address_keeps_its_case() -> None:
    assert stored(a_field("email", length=80), "Ada@Example.com") == "Ada@Example.com"


COLOURS = [PicklistValue("Red", "Rot"), PicklistValue("Blue", "Blau"), PicklistValue("Grey", "Grau", active=False)]


def test_a_restricted_picklist_stores_its_own_spelling() -> None:
    """Source: REST API guide, sObject Rows: matching ignores case and stores the canonical value."""
    field = a_field("picklist", length=255, picklist_values=COLOURS, restricted_picklist=True)
    assert stored(field, "rED") == "Red"


@pytest.mark.parametrize("value", ["Green", "Grey", "Rot"])
def test_a_restricted_picklist_refuses_unknown_inactive_and_label(value: str) -> None:
    """Source: status codes of the REST API guide, captured answers: INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST."""
    field = a_field("picklist", length=255, picklist_values=COLOURS, restricted_picklist=True)
    error = refusal(field, value)
    assert error.status_code == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert error.message == f"Some Field: bad value for restricted picklist field: {value}"


def test_an_unrestricted_picklist_takes_anything() -> None:
    assert stored(a_field("picklist", length=255, picklist_values=COLOURS), "Green") == "Green"


def test_a_multipicklist_keeps_each_value_once() -> None:
    field = a_field("multipicklist", length=4099, picklist_values=COLOURS, restricted_picklist=True)
    assert stored(field, "blue;Red;BLUE") == "Blue;Red"


def test_a_multipicklist_takes_100_values_at_most() -> None:
    """Source: Object Reference: at most 100 selected."""
    field = a_field("multipicklist", length=4099)
    assert stored(field, ";".join(str(each) for each in range(100))) is not None
    assert refusal(field, ";".join(str(each) for each in range(101))).status_code.startswith("INVALID_OR_NULL")


@pytest.mark.parametrize(
    ("value", "kept"),
    [(True, True), ("true", True), ("FALSE", False), ("1", True), ("0", False), (1, True), (None, False)],
)
def test_checkboxes(value: Any, kept: bool) -> None:
    assert stored(a_field("boolean"), value) is kept


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("boolean", "maybe"),
        ("int", "many"),
        ("int", 1.5),
        ("double", "1,5"),
        ("double", float("nan")),
        ("double", True),
        ("date", "31-12-2026"),
        ("date", "2026-02-30"),
        ("datetime", "2026-01-01 00:00:00"),
        ("datetime", 5),
        ("time", "25:00"),
        ("string", {"a": 1}),
        ("reference", 7),
    ],
)
def test_a_value_of_a_wrong_json_type_fails_the_whole_request(kind: str, value: Any) -> None:
    """Source: captured answers: JSON_PARSER_ERROR, "Cannot deserialize instance of date from VALUE_STRING value ..."."""
    with pytest.raises(OrgError) as caught:
        stored(a_field(kind, length=255, precision=18), value)
    assert caught.value.code == "JSON_PARSER_ERROR"
    assert caught.value.message.startswith(f"Cannot deserialize instance of {kind} from")


@pytest.mark.parametrize(
    ("value", "token"),
    [
        ("x", "VALUE_STRING value x"),
        ([5], "START_ARRAY value ["),
        ({"a": 1}, "START_OBJECT value {"),
        (True, "VALUE_TRUE value true"),
        (5, "VALUE_NUMBER_INT value 5"),
        (5.5, "VALUE_NUMBER_FLOAT value 5.5"),
    ],
)
def test_a_value_of_a_wrong_type_is_named_by_its_token(value: Any, token: str) -> None:
    """Source: captured answers, as above."""
    with pytest.raises(OrgError, match=re.escape(f"from {token} or request")):
        stored(a_field("date"), value)


def test_numbers_are_rounded_to_their_scale() -> None:
    """Source: REST API guide, sObject Rows: excess decimals are rounded silently."""
    assert stored(a_field("currency", precision=18, scale=2), 12.345) == 12.35
    assert stored(a_field("double", precision=5, scale=0), "7.4") == 7


@pytest.mark.parametrize("value", [1000, -1000, 1e20])
def test_too_many_integer_digits_are_refused(value: float) -> None:
    """Source: REST API guide, sObject Rows: NUMBER_OUTSIDE_VALID_RANGE."""
    assert refusal(a_field("percent", precision=5, scale=2), value).status_code == "NUMBER_OUTSIDE_VALID_RANGE"


def test_integers_are_32_bits_wide() -> None:
    assert stored(a_field("int", digits=10), 2**31 - 1) == 2**31 - 1
    assert refusal(a_field("int", digits=10), 2**31).status_code == "NUMBER_OUTSIDE_VALID_RANGE"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000+0000"),
        ("2026-01-01T01:30:00+01:30", "2026-01-01T00:00:00.000+0000"),
        ("2026-01-01T00:00:00.987+0000", "2026-01-01T00:00:00.000+0000"),
        ("2025-12-31T16:00:00.000-0800", "2026-01-01T00:00:00.000+0000"),
    ],
)
def test_moments_are_kept_in_utc_at_second_precision(value: str, kept: str) -> None:
    """Source: REST API guide, valid date and datetime formats; milliseconds are dropped to .000."""
    assert stored(a_field("datetime"), value) == kept


@pytest.mark.parametrize(
    ("kind", "value"), [("date", "1699-12-31"), ("date", "4001-01-01"), ("datetime", "4001-01-01T00:00:00Z")]
)
def test_years_from_1700_to_4000(kind: str, value: str) -> None:
    """Source: SOAP API guide, primitive data types."""
    assert refusal(a_field(kind), value).fields == ["Some__c"]


def test_a_reference_is_kept_with_18_characters() -> None:
    assert stored(a_field("reference"), "0018M000001oWgP") == "0018M000001oWgPQAU"


def test_a_reference_that_is_no_id_is_refused() -> None:
    """Source: status codes of the REST API guide, captured answers: MALFORMED_ID."""
    error = refusal(FieldType("AccountId", "Account ID", "reference"), "Acme")
    assert (error.status_code, error.message) == ("MALFORMED_ID", "Account ID: id value of incorrect type: Acme")
