"""Laws of coercion, comparison and transcripts, over any JSON and any field."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from causeway.contract.changes import Utterance
from causeway.push.deciding.planning.field_decisions import decide_fields
from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.values.coercion import coerced
from causeway.salesforce.values.comparison import same_value
from causeway.salesforce.values.dates import salesforce_date
from causeway.salesforce.values.texts import cut_to, salesforce_length
from causeway.syncs.mapping.conversation import conversation_text, is_causeways_text
from causeway.syncs.mapping.evaluation import desired
from hypothesis import given
from hypothesis import strategies as st

from tests.support.syncs.factories import NOON_MS, change, contact, field, lookup, picklist, row, sync

TEXTS = st.text(max_size=60) | st.sampled_from(
    [
        "a@b.co",
        "2026-11-20",
        "2026-11-20T10:00:00.5+02:00",
        "09:30",
        "003000000000001",
        "Red;Blue",
        "red",
        "1.005",
        "yes",
        "😀" * 30,
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)

TYPES = (
    *("string", "textarea", "phone", "url", "combobox", "email", "picklist", "multipicklist"),
    *("int", "double", "currency", "percent", "boolean", "date", "datetime", "time", "reference", "address"),
)


@st.composite
def fields(draw: st.DrawFn) -> FieldDescribe:
    """Any field that a mapping may target."""
    type = draw(st.sampled_from(TYPES))
    length = draw(st.integers(1, 60))
    if type in ("picklist", "multipicklist"):
        return picklist("F", "Red", "Green", "Blue", type=type, length=length, restricted_picklist=draw(st.booleans()))
    if type == "reference":
        return lookup("F", *draw(st.sampled_from([("Contact",), ("Contact", "Lead"), ("Thing__c",)])))
    precision = draw(st.integers(1, 18))
    scale = draw(st.integers(0, precision - 1))
    return field("F", type, length=length, precision=precision, scale=scale, digits=draw(st.integers(1, 9)))


NUMBERS = st.integers(-1000, 1000) | st.floats(-1e6, 1e6) | st.decimals(-1000, 1000, places=3).map(str)
MOMENTS = st.datetimes().map(lambda moment: moment.isoformat() + "+02:00")
SUITABLE: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("int", "double", "currency", "percent"), NUMBERS),
    "email": st.emails(),
    "picklist": st.sampled_from(["Red", "green ", "Pink", "x" * 50]),
    "multipicklist": st.lists(st.sampled_from(["Red", "green ", "Pink"])) | st.sampled_from(["blue;Red", "Red"]),
    "boolean": st.booleans() | st.sampled_from(["yes", "FALSE", 1]),
    "date": st.dates().map(str) | MOMENTS,
    "datetime": MOMENTS,
    "time": st.times().map(str),
    "reference": st.from_regex(r"\A(003|00Q|001)[A-Za-z0-9]{12}\Z"),
}


@st.composite
def cases(draw: st.DrawFn) -> tuple[FieldDescribe, Any]:
    """A field and a value: mostly one that means to fit, sometimes anything."""
    planned = draw(fields())
    return planned, draw(st.one_of(SUITABLE.get(planned.type, st.text()), SUITABLE.get(planned.type, st.text()), JSON))


@given(cases())
def test_what_is_sent_needs_no_further_coercion(case: Any) -> None:
    planned, value = case
    once = coerced(planned, value)
    if not once.keep:
        return
    again = coerced(planned, once.value)
    assert again.keep
    assert again.value == once.value
    assert again.warnings == ()


@given(cases())
def test_a_value_is_kept_or_left_out_and_only_text_is_cut(case: Any) -> None:
    planned, value = case
    found = coerced(planned, value)
    assert found.keep or found.value is None
    assert all(warning.field == "F" for warning in found.warnings)
    if any(warning.code == "cut" for warning in found.warnings):
        assert planned.type in ("string", "textarea")


@given(cases())
def test_what_is_sent_is_what_salesforces_validation_takes(case: Any) -> None:
    planned, value = case
    found = coerced(planned, value)
    if not found.keep:
        return
    json.dumps(found.value, allow_nan=False).encode()
    assert _accepted(planned, found.value)


def _accepted(planned: FieldDescribe, sent: Any) -> bool:
    """Judge as the org does, with none of the code under test."""
    if planned.type in ("int", "double", "currency", "percent"):
        room = planned.digits if planned.type == "int" else planned.precision - planned.scale
        scale = 0 if planned.type == "int" else planned.scale
        exact = Decimal(repr(sent))
        return abs(exact) < 10**room and (float(sent) > 2**53 or -exact.as_tuple().exponent <= max(scale, 1))  # type: ignore[operator]
    if planned.type == "boolean":
        return isinstance(sent, bool)
    if not isinstance(sent, str) or sent != sent.strip() or not sent:
        return False
    units = len(sent.encode("utf-16-le")) // 2 + (sent.count("\n") if planned.type == "textarea" else 0)
    if planned.type in ("string", "textarea", "phone", "url", "combobox", "email", "picklist", "multipicklist"):
        listed = {"Red", "Green", "Blue"}
        if planned.restricted_picklist and not set(sent.split(";")) <= listed:
            return False
        return units <= planned.length
    shapes = {
        "date": r"\d{4}-\d\d-\d\d",
        "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
        "time": r"\d\d:\d\d:\d\d\.\d{3}Z",
    }
    return bool(re.fullmatch(shapes.get(planned.type, r"[A-Za-z0-9]{18}"), sent))


@given(cases())
def test_what_was_sent_once_is_not_sent_again(case: Any) -> None:
    planned, value = case
    found = coerced(planned, value)
    if not found.keep:
        return
    assert same_value(planned, _stored(planned, found.value), found.value)
    assert same_value(planned, found.value, found.value)


def _stored(planned: FieldDescribe, sent: Any) -> Any:
    """Return what a later read answers, in Salesforce's own spelling."""
    if planned.type == "datetime":
        return sent.replace("Z", ".000+0000")
    if planned.type == "textarea":
        return sent.replace("\n", "\r\n")
    if planned.type in ("double", "currency", "percent"):
        return float(sent)
    return sent


@given(fields(), JSON, JSON)
def test_comparison_never_fails_and_is_symmetric(planned: Any, one: Any, other: Any) -> None:
    assert same_value(planned, one, other) == same_value(planned, other, one)


@given(st.text(max_size=80), st.integers(0, 80), st.booleans())
def test_a_cut_text_is_the_longest_beginning_that_fits(text: Any, limit: Any, textarea: Any) -> None:
    cut = cut_to(text, limit, textarea=textarea)
    assert text.startswith(cut)
    assert salesforce_length(cut, textarea=textarea) <= limit or cut == text
    longer = text[: len(cut) + 1]
    if longer != cut and longer == longer.rstrip():
        assert (
            salesforce_length(longer, textarea=textarea) > limit or salesforce_length(text, textarea=textarea) <= limit
        )


@given(
    st.dates(date(1700, 1, 1), date(4000, 12, 31)),
    st.sampled_from(["", "T00:00:00Z", "T23:59:59-12:00", "T00:00:00+14:00"]),
)
def test_a_date_stays_the_day_that_was_written(day: Any, rest: Any) -> None:
    assert salesforce_date(f"{day.isoformat()}{rest}") == day.isoformat()


def test_the_law_catches_a_date_that_passes_through_a_time_zone() -> None:
    shifted = datetime.fromisoformat("2026-11-20T00:00:00+14:00").astimezone(UTC).date().isoformat()
    assert shifted != salesforce_date("2026-11-20T00:00:00+14:00")


UTTERANCES = st.lists(
    st.builds(Utterance, st.integers(0, 4 * 10**12), st.text(max_size=20), st.text(max_size=200)),
    max_size=20,
    unique_by=lambda item: item.at_ms,
)


@given(UTTERANCES, st.integers(120, 2_000), st.booleans())
def test_a_transcript_fits_and_causeway_knows_it_again(utterances: Any, limit: Any, textarea: Any) -> None:
    fitted = conversation_text(utterances, limit, textarea=textarea)
    assert salesforce_length(fitted.text, textarea=textarea) <= limit
    assert is_causeways_text(fitted.text)
    assert not is_causeways_text(fitted.text + "\nmy note")


@given(UTTERANCES)
def test_a_transcript_does_not_depend_on_the_order_of_arrival(utterances: Any) -> None:
    assert conversation_text(utterances, 500) == conversation_text(utterances[::-1], 500)


RULES = sync(
    row("a", "FirstName"),
    row("b", "Description"),
    row("c", "Birthdate"),
    row("d", "HasOptedOutOfEmail"),
    row("e", "Account.Name", write_rule="overwrite"),
    row("join(' ', [fields.a, fields.b])", "Title"),
    row("fields.f.g", "Phone", write_rule="if_empty"),
    row("to_number(fields.a)", "Score__c"),
)
DESCRIBE = contact(field("Score__c", "double"))


@given(st.dictionaries(st.sampled_from(["a", "b", "c", "d", "e", "f", "email"]), JSON))
def test_any_change_gives_a_request_that_settles_after_one_write(given_fields: Any) -> None:
    """Writing what was decided and deciding again over the result finds nothing more to write."""
    prepared = desired(RULES, DESCRIBE, change(given_fields))
    first = decide_fields(DESCRIBE, prepared.fields.values(), dict.fromkeys(prepared.fields))
    json.dumps(first.values, allow_nan=False).encode()
    second = decide_fields(DESCRIBE, prepared.fields.values(), {**dict.fromkeys(prepared.fields), **first.values})
    assert second.values == {}


@pytest.mark.parametrize("moment", [NOON_MS, 0])
def test_a_transcript_is_the_same_each_time_it_is_made(moment: Any) -> None:
    spoken = [Utterance(moment, "lead", "Hello")]
    assert conversation_text(spoken, 255) == conversation_text(spoken, 255)
