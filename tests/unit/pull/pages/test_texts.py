"""Fingerprints, records and pages as text."""

from __future__ import annotations

import json

from causeway.pull.pages.fingerprints import as_own_write, as_published, is_same_version, was_published
from causeway.pull.pages.texts import content_fingerprint, page_text, record_text, stamp_ms

from tests.support.pull.factories import a_pull
from tests.support.pull.plans import ROW, plan_of, row_for


def test_a_fingerprint_changes_with_every_selected_value() -> None:
    plan = plan_of(("company", "Account.Name"))
    base = content_fingerprint(plan.read(row_for(plan)))
    assert base == content_fingerprint(plan.read(row_for(plan)))
    renamed = row_for(plan, Account=ROW["Account"] | {"Name": "Other"})
    assert content_fingerprint(plan.read(renamed)) != base


def test_fingerprints_separate_an_own_write_from_what_the_product_knows() -> None:
    fingerprint = content_fingerprint(["x"])
    assert was_published(fingerprint)
    assert not was_published(as_own_write(fingerprint))
    assert is_same_version(as_own_write(fingerprint), fingerprint)
    assert as_published(as_own_write(fingerprint)) == fingerprint
    assert not is_same_version(fingerprint, content_fingerprint(["y"]))


def test_characters_that_sqs_refuses_are_escaped() -> None:
    text = record_text({"a": "x\ufffe\uffff"})
    assert "\ufffe" not in text.decode()
    assert json.loads(text) == {"a": "x\ufffe\uffff"}


def test_a_page_is_one_json_message() -> None:
    body = page_text(a_pull(), "acme", "run", 1, "id", True, [b'{"a":1}', b'{"b":2}'])
    assert json.loads(body)["records"] == [{"a": 1}, {"b": 2}]


def test_stamps_of_rest_and_bulk_are_the_same_moment() -> None:
    assert stamp_ms("2026-11-20T10:00:00.000+0000") == stamp_ms("2026-11-20T10:00:00.000Z") == 1_795_168_800_000
