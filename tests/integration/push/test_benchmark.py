"""The benchmark of push runs to its end: it gives push every port that push uses."""

from __future__ import annotations

import pytest

from benchmarks.push import measure_batch, measure_costs
from benchmarks.push_embedded import measure_embedded
from benchmarks.write_first import measured


def test_a_batch_in_the_embedded_aws_is_settled_whole() -> None:
    figures = measure_embedded(10, 0)
    assert figures["embedded_dynamodb_writes_per_change"] > 1


def test_people_new_and_known_take_four_calls_and_a_second_time_no_write() -> None:
    figures = measure_batch(10, 0)
    assert figures["api_calls"] <= 4
    assert figures["unchanged_write_calls"] == 0


def test_the_price_of_a_change_is_counted() -> None:
    figures = measure_costs(10, 0)
    assert 0 < figures["known_dollars_per_million"] < figures["dollars_per_million"]
    assert sum(figures["wcu_parts"].values()) == pytest.approx(figures["wcu_per_change"], abs=0.01)
    assert figures["wcu_parts"]["notes"] == 0.5  # half of the people are created
    assert figures["known_wcu_parts"] == {"claims": 1, "memory": 1}


def test_writing_known_people_before_reading_them_saves_a_call_and_writes_what_is_equal() -> None:
    figures = measured(3)
    assert figures["undisturbed"] == {"read_first": 2, "write_first": 1}
    assert (figures["read_first"]["stamped_though_equal"], figures["write_first"]["stamped_though_equal"]) == (0, 3)
    results = {way: figures[way]["results"] for way in ("read_first", "write_first")}
    for group in ("merged", "deleted", "converted"):
        assert results["read_first"][group] == results["write_first"][group]
    assert results["read_first"]["equal"] == {"unchanged": 3}
