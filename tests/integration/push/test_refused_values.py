"""Values that the org refused: sent again for nothing never, and again as soon as the org may take them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.support.push.world import TENANT, World, change, contact_sync, world

DAY_MS = 86_400_000
BOSS = {"key": "k1", "email": "ada@example.com", "last_name": "L", "title": "Boss"}
TITLE = {"do": "record_error", "sobject": "Contact", "code": "STRING_TOO_LONG", "fields": ["Title"], "times": None}


@pytest.fixture
def w() -> Iterator[World]:
    with world(contact_sync()) as running:
        running.control("POST", "faults", {**TITLE, "where": {"Title": "Boss"}})
        yield running


def refuse_then_take(w: World) -> None:
    """Have the org refuse a title, then take it from now on."""
    (outcome,) = w.push(change(**BOSS))
    assert (outcome["result"], outcome["warnings"][0]["field"]) == ("created", "Title")
    w.control("DELETE", "faults")


def sent_again(w: World, **more: Any) -> tuple[str, list[str]]:
    (outcome,) = w.push(change(**BOSS, **more))
    return outcome["result"], outcome["fields_written"]


def test_it_is_tried_again_after_a_day(w: World) -> None:
    refuse_then_take(w)
    w.now += DAY_MS - 60_000
    assert sent_again(w) == ("unchanged", [])
    w.now += 60_000
    assert sent_again(w) == ("updated", ["Title"])


def test_it_is_tried_again_over_another_connection(w: World) -> None:
    refuse_then_take(w)
    known = w.connections.get(TENANT)
    w.connections.by_tenant[TENANT] = replace(known, epoch=known.epoch + 1)
    assert sent_again(w) == ("updated", ["Title"])


def test_it_is_tried_again_once_the_field_is_another_one(w: World) -> None:
    refuse_then_take(w)
    known = w.described(TENANT, "Contact")
    fields = tuple(replace(field, length=200) if field.name == "Title" else field for field in known.fields)
    w._describes["Contact"] = replace(known, fields=fields)
    assert sent_again(w) == ("updated", ["Title"])


def test_it_is_tried_again_with_anything_else_that_is_written(w: World) -> None:
    refuse_then_take(w)
    result, written = sent_again(w, phone="7")
    assert (result, sorted(written)) == ("updated", ["Phone", "Title"])


def test_a_create_whose_second_answer_is_lost_is_found_again_without_the_refused_value(w: World) -> None:
    lost = {"do": "drop_after", "kind": "composite", "body": '"LastName"', "skip": 1}
    w.control("POST", "faults", lost)
    delivery = w.message(change("k1", last_name="L", title="Boss"))
    assert w.deliver(delivery).redelivered
    w.now += 800_000
    assert not w.deliver(delivery).redelivered
    assert len(w.records("Contact")) == 1
