"""What a product value becomes in a Salesforce field of each type."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from causeway.salesforce.describe import FieldDescribe, PicklistValue
from causeway.salesforce.values.coercion import cleared, coerced

from tests.support.syncs.factories import codes, field, lookup, picklist

CONTACT_ID = "003000000000001AAA"


def kept(planned: FieldDescribe, value: Any) -> Any:
    """Return the value to send; there must be nothing to warn of."""
    found = coerced(planned, value)
    assert found.keep
    assert found.warnings == ()
    return found.value


def left_out(planned: FieldDescribe, value: Any) -> str:
    """Return the code of the one warning; nothing may be sent."""
    found = coerced(planned, value)
    assert not found.keep
    assert found.value is None
    [warning] = found.warnings
    assert warning.field == planned.name
    assert warning.detail.endswith(".")
    return warning.code


@pytest.mark.parametrize("blank", [None, "", "  \n\t", [], {}])
@pytest.mark.parametrize("type", ["string", "double", "boolean", "picklist", "date", "multipicklist", "email"])
def test_blank_values_give_nothing_to_send_and_no_warning(type: Any, blank: Any) -> None:
    found = coerced(field(type=type), blank)
    assert not found.keep
    assert found.warnings == ()


def test_zero_and_false_are_values() -> None:
    assert kept(field(type="double"), 0) == 0
    assert kept(field(type="boolean"), False) is False
    assert kept(field(), 0) == "0"
    assert kept(field(), False) == "false"


def test_text_is_trimmed_as_salesforce_trims_it() -> None:
    assert kept(field(), "  Ada \n") == "Ada"


def test_line_breaks_become_one_kind() -> None:
    assert kept(field(type="textarea"), "a\r\nb\rc") == "a\nb\nc"


@pytest.mark.parametrize(
    ("value", "text"), [(5, "5"), (5.0, "5"), (2.5, "2.5"), (True, "true"), (10**20, "1" + "0" * 20)]
)
def test_numbers_and_booleans_in_text_fields_are_spelled_out(value: Any, text: Any) -> None:
    assert kept(field(), value) == text


@pytest.mark.parametrize("value", [["a", "b"], {"a": 1}, float("nan"), float("inf")])
def test_lists_and_objects_do_not_become_text(value: Any) -> None:
    assert left_out(field(), value) == "type_mismatch"


def test_long_text_is_cut_and_reported() -> None:
    found = coerced(field(length=5), "abcdefgh")
    assert (found.value, codes(found.warnings)) == ("abcde", ["cut"])


def test_length_counts_utf_16_units_and_never_splits_a_character() -> None:
    assert kept(field(length=4), "a😀b") == "a😀b"
    assert coerced(field(length=4), "ab😀😀").value == "ab😀"
    assert coerced(field(length=3), "ab😀😀").value == "ab"


def test_a_line_break_in_a_text_area_counts_as_two() -> None:
    assert kept(field(type="textarea", length=4), "a\nb") == "a\nb"
    assert coerced(field(type="textarea", length=3), "a\nb").value == "a"
    assert kept(field(length=3), "a\nb") == "a\nb"


def test_the_cut_end_is_trimmed_so_that_it_equals_what_salesforce_stores() -> None:
    assert coerced(field(length=4), "abc def").value == "abc"


def test_characters_that_salesforce_can_not_store_are_removed_and_reported() -> None:
    found = coerced(field(), "a\x00b\ud800c")
    assert (found.value, codes(found.warnings)) == ("abc", ["characters_removed"])
    json.dumps(found.value).encode()
    assert not coerced(field(), "\x00\x01").keep


@pytest.mark.parametrize("type", ["phone", "url", "encryptedstring"])
def test_text_of_other_types_is_never_cut(type: Any) -> None:
    assert left_out(field(type=type, length=5), "123456") == "too_long"


@pytest.mark.parametrize("parts", [{"external_id": True}, {"unique": True}])
def test_a_text_that_identifies_a_record_is_never_cut(parts: Any) -> None:
    assert left_out(field(length=5, **parts), "123456") == "too_long"


def test_a_match_field_is_never_cut() -> None:
    found = coerced(field(length=5), "123456", may_cut=False)
    assert (found.keep, codes(found.warnings)) == (False, ["too_long"])


@pytest.mark.parametrize(
    "address",
    [
        "Ada@Example.com",
        "a.b+c@example.co.uk",
        "o'neil@sub-domain.example.com",
        "a_b-c@x1.io",
        "x@xn--bcher-kva.example",
        "_@a.bc",
    ],
)
def test_addresses_that_an_org_accepts_keep_their_case(address: Any) -> None:
    assert kept(field(type="email"), f" {address} ") == address


@pytest.mark.parametrize(
    "address",
    [
        "stanisław.wójcik@wp.pl",
        "ada@müller.de",
        "ada",
        "ada@",
        "@example.com",
        "ada@example",
        "a..b@example.com",
        ".a@example.com",
        "a.@example.com",
        "a b@example.com",
        "a@b.com, c@d.com",
        "a@-x.com",
        "a@x-.com",
        "a@x..com",
        "x" * 65 + "@example.com",
        "ada@example.com\nbcc@example.com",
        5,
        ["ada@example.com"],
    ],
)
def test_addresses_that_an_org_without_internationalized_email_refuses_are_left_out(address: Any) -> None:
    assert left_out(field(type="email"), address) == "email_invalid"


@pytest.mark.parametrize(
    "sent",
    [
        "\u200bada@example.com",
        "ada@exam\u00adple.com",
        "\u202aada@example.com\u202c",
        "mailto:ada@example.com",
        "MAILTO:ada%40example.com?subject=Hello",
        "Ada <ada@example.com>",
        '"Lovelace, Ada" <ada@example.com>',
        "<ada@example.com>",
        "'ada@example.com'",
        "ada@example.com.",
        "ada@example.com ;",
        "ada@example.com (office)",
        "ada＠example.com",
    ],
)
def test_what_stands_around_an_address_is_left_out_and_said(sent: str) -> None:
    found = coerced(field(type="email"), sent)
    assert (found.value, codes(found.warnings)) == ("ada@example.com", ["email_cleaned"])


def test_an_address_that_needs_no_cleaning_has_no_warning() -> None:
    assert coerced(field(type="email"), " ada@example.com\u00a0").warnings == ()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("a b@example.com", "a space at place 2"),
        ("ada at example.com", "no @; a space at place 4"),
        ("ada@example", "no dot"),
        ("a@x.com, b@x.com", "more than one @"),
        ("ada@ex!mple.com", "'!' at place 7"),
        ("@example.com", "before the @"),
    ],
)
def test_the_warning_says_what_keeps_a_text_from_being_an_address(sent: str, said: str) -> None:
    assert said in coerced(field(type="email"), sent).warnings[0].detail


def test_an_address_longer_than_the_field_is_left_out_not_cut() -> None:
    assert left_out(field(type="email", length=15), "ada@example-long.com") == "too_long"


def test_a_picklist_takes_the_value_then_the_label_in_any_case() -> None:
    stages = picklist("Stage", "Won", "Lost")
    assert kept(stages, "won") == "Won"
    labels = picklist("Kind", *[PicklistValue("C1", "Customer"), PicklistValue("customer", "Something else")])
    assert kept(labels, "Customer") == "customer"
    assert kept(labels, "SOMETHING ELSE ") == "customer"
    assert kept(labels, "c1") == "C1"


def test_a_restricted_picklist_leaves_out_what_it_does_not_know() -> None:
    assert left_out(picklist("Stage", "Won"), "Maybe") == "picklist_value_unknown"


def test_an_inactive_value_is_left_out_and_does_not_hide_an_active_label() -> None:
    assert left_out(picklist("Stage", PicklistValue("Old", "Old", active=False)), "old") == "picklist_value_inactive"
    assert (
        kept(picklist("Stage", PicklistValue("Old", "Old", active=False), PicklistValue("New", "Old")), "Old") == "New"
    )


def test_an_unrestricted_picklist_takes_any_text_and_the_known_spelling() -> None:
    source = picklist("LeadSource", "Web", restricted_picklist=False)
    assert kept(source, "web") == "Web"
    assert kept(source, "Fair 2026") == "Fair 2026"
    assert left_out(picklist("LeadSource", "Web", restricted_picklist=False, length=3), "Fair") == "too_long"


def test_a_multi_select_picklist_takes_lists_and_semicolons_in_the_order_of_the_org() -> None:
    colours = picklist("Colours", "Red", "Green", "Blue", type="multipicklist")
    assert kept(colours, ["blue", "red", "Blue"]) == "Red;Blue"
    assert kept(colours, " blue ;red;") == "Red;Blue"


def test_a_multi_select_picklist_is_written_whole_or_not_at_all() -> None:
    colours = picklist("Colours", "Red", type="multipicklist")
    assert left_out(colours, ["Red", "Pink"]) == "picklist_value_unknown"
    assert left_out(colours, [["Red"]]) == "type_mismatch"
    open_ended = picklist("Colours", type="multipicklist", restricted_picklist=False)
    assert left_out(open_ended, [f"c{number}" for number in range(101)]) == "too_many_values"
    assert not coerced(open_ended, [" ", ""]).keep


@pytest.mark.parametrize(
    ("value", "number"), [(5, 5), ("5", 5), (" 2.50 ", 2.5), (1.005, 1.01), (-1.005, -1.01), ("1e3", 1000), (2.0, 2)]
)
def test_numbers_are_rounded_to_the_scale_with_halves_away_from_zero(value: Any, number: Any) -> None:
    assert kept(field(type="double"), value) == number


@pytest.mark.parametrize(
    "value", ["five", "0x10", "1.5k", "1,2,3", "1,250.00.5", True, [1], float("nan"), "1_000", "٣"]
)
def test_what_is_no_number_is_left_out(value: Any) -> None:
    assert left_out(field(type="currency"), value) == "not_a_number"


@pytest.mark.parametrize("value", ["1,234", "$1,250", "-1,250", "12%"])
def test_a_number_that_means_two_things_is_left_out(value: Any) -> None:
    assert left_out(field(type="currency"), value) == "number_ambiguous"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1,250.00", 1250),
        ("1.250,50", 1250.5),
        ("1 250,50", 1250.5),
        ("1\u202f250", 1250),
        ("1'250.00", 1250),
        ("1,250,000", 1_250_000),
        ("1.250.000", 1_250_000),
        ("1,25", 1.25),
        ("0,125", 0.13),
        ("$1250", 1250),
        ("€ 5", 5),
        ("1250 EUR", 1250),
        ("(1,250.00)", -1250),
        ("\u22125", -5),
        ("5-", -5),
    ],
)
def test_the_usual_written_forms_of_numbers_are_read(written: str, number: Any) -> None:
    found = coerced(field(type="currency", precision=18, scale=2), written)
    assert (found.value, found.warnings) == (number, ())


@pytest.mark.parametrize("written", ["1234567890123456.78", Decimal("1234567890123456.78")])
def test_a_long_amount_keeps_every_digit(written: Any) -> None:
    assert kept(field(type="currency", precision=18, scale=2), written) == Decimal("1234567890123456.78")


@pytest.mark.parametrize(("value", "warned"), [(0.9, True), ("0.9", True), ("0.9%", False), (90, False), (0, False)])
def test_a_share_of_one_in_a_percent_field_is_written_as_it_is_and_said(value: Any, warned: bool) -> None:
    found = coerced(field(type="percent", precision=5, scale=2), value)
    assert codes(found.warnings) == (["percent_of_one"] if warned else [])
    assert found.keep


@pytest.mark.parametrize("value", [1000, -1000, 999.996, "1e300", 1e18])
def test_numbers_with_too_many_digits_are_left_out(value: Any) -> None:
    assert left_out(field(type="double", precision=5, scale=2), value) == "number_too_large"


def test_whole_number_fields_take_whole_numbers() -> None:
    found = kept(field(type="int"), 12.5)
    assert found == 13
    assert isinstance(found, int)
    assert left_out(field(type="int"), 100_000_000) == "number_too_large"


@pytest.mark.parametrize(
    ("value", "truth"),
    [(True, True), ("True", True), ("yes", True), (1, True), ("0", False), ("off", False), (0, False)],
)
def test_checkboxes_take_the_usual_spellings(value: Any, truth: Any) -> None:
    assert kept(field(type="boolean"), value) is truth


@pytest.mark.parametrize("value", ["maybe", 2, [True]])
def test_a_checkbox_leaves_out_anything_else(value: Any) -> None:
    assert left_out(field(type="boolean"), value) == "not_a_boolean"


@pytest.mark.parametrize(
    "value",
    ["2026-11-20", "2026-11-20T23:30:00-08:00", "2026-11-20T00:30:00+14:00", "2026-11-20 01:00:00", " 2026-11-20 "],
)
def test_a_date_never_shifts_by_a_time_zone(value: Any) -> None:
    assert kept(field(type="date"), value) == "2026-11-20"


@pytest.mark.parametrize(
    "value", ["2026-02-30", "20.11.2026", "11/20/2026", "1699-12-31", "4001-01-01", 20261120, "2026-11"]
)
def test_what_is_no_date_is_left_out(value: Any) -> None:
    assert left_out(field(type="date"), value) == "date_invalid"


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"),
        ("2026-11-20T10:00:00.987+02:00", "2026-11-20T08:00:00Z"),
        ("2026-11-20T23:00:00-0800", "2026-11-21T07:00:00Z"),
        ("2026-11-20 10:00Z", "2026-11-20T10:00:00Z"),
    ],
)
def test_moments_are_sent_in_utc_and_whole_seconds(value: Any, moment: Any) -> None:
    assert kept(field(type="datetime"), value) == moment


@pytest.mark.parametrize("value", ["2026-11-20T10:00:00", "2026-11-20"])
def test_a_moment_without_offset_is_left_out(value: Any) -> None:
    assert left_out(field(type="datetime"), value) == "datetime_without_offset"


@pytest.mark.parametrize(
    "value", ["yesterday", "2026-11-20T25:00:00Z", "1699-12-31T23:59:59Z", 17, "2026-13-01T00:00:00Z"]
)
def test_what_is_no_moment_is_left_out(value: Any) -> None:
    assert left_out(field(type="datetime"), value) == "datetime_invalid"


@pytest.mark.parametrize("value", [1763632800, 1763632800.0, "1763632800", 1763632800000, "1763632800123"])
def test_seconds_and_milliseconds_since_1970_are_read_as_a_moment_and_said(value: Any) -> None:
    found = coerced(field(type="datetime"), value)
    assert (found.value, codes(found.warnings)) == ("2025-11-20T10:00:00Z", ["read_as_epoch"])


@pytest.mark.parametrize(
    ("value", "moment"), [("09:30", "09:30:00.000Z"), ("09:30:15.25Z", "09:30:15.250Z"), ("23:59:59", "23:59:59.000Z")]
)
def test_times_of_day(value: Any, moment: Any) -> None:
    assert kept(field(type="time"), value) == moment


@pytest.mark.parametrize("value", ["24:00", "9:30", "09:30+01:00", 930])
def test_what_is_no_time_of_day_is_left_out(value: Any) -> None:
    assert left_out(field(type="time"), value) == "time_invalid"


def test_references_take_ids_of_the_right_kind_in_their_long_form() -> None:
    who = lookup("WhoId", "Contact", "Lead")
    assert kept(who, "003000000000001") == CONTACT_ID
    assert left_out(who, "001000000000001") == "id_of_wrong_object"
    assert left_out(who, "003000000000001AAB") == "id_invalid"
    assert left_out(who, "Ada") == "id_invalid"
    assert left_out(who, 3) == "id_invalid"


def test_a_reference_to_custom_objects_takes_any_prefix() -> None:
    assert kept(lookup("Parent__c", "Thing__c"), "a0B000000000001") == "a0B000000000001EAA"


@pytest.mark.parametrize("type", ["address", "location", "base64", "id", "anyType"])
def test_types_that_can_not_be_written_are_left_out(type: Any) -> None:
    assert left_out(field(type=type), "x") == "type_not_supported"


def test_clearing_gives_null_false_for_a_checkbox_and_nothing_where_a_value_is_needed() -> None:
    assert cleared(field()).value is None
    assert cleared(field()).keep
    assert cleared(field(type="boolean")).value is False
    needed = cleared(field(nillable=False))
    assert (needed.keep, codes(needed.warnings)) == (False, ["cannot_clear"])
