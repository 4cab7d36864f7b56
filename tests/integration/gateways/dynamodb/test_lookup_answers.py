"""Kept answers and counted calls in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from causeway.gateways.dynamodb.lookup_answers import LookupAnswers
from moto import mock_aws

from tests.support.api.factories import CONFIG_TABLE, a_config_table


@pytest.fixture
def answers() -> Iterator[LookupAnswers]:
    with mock_aws():
        yield LookupAnswers(a_config_table(), CONFIG_TABLE)


def test_an_answer_is_kept_per_tenant_and_question_with_its_time(answers: LookupAnswers) -> None:
    answers.put("acme", "q1", {"results": [{"name": "Ä"}]}, 1_795_168_800_123, 60)
    assert answers.get("acme", "q1") == ({"results": [{"name": "Ä"}]}, 1_795_168_800_123)
    assert (answers.get("acme", "q2"), answers.get("other", "q1")) == (None, None)
    item = answers._client.scan(TableName=CONFIG_TABLE)["Items"][0]
    assert item["expires_at"]["N"] == "1795168860"


def test_an_answer_too_large_for_an_item_is_not_kept(answers: LookupAnswers) -> None:
    letters = Random(1).choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=900_000)
    answers.put("acme", "q1", {"results": ["".join(letters)]}, 1_795_168_800_123, 60)
    assert answers.get("acme", "q1") is None


def test_no_more_calls_are_taken_in_a_window_than_the_first_asker_saw_left(answers: LookupAnswers) -> None:
    taken = [answers.take("acme", "near#1", most, 1_795_168_860) for most in (3, 9, 9, 9)]
    assert taken == [True, True, True, False]
    assert answers.take("acme", "near#2", 1, 1_795_168_860)
    assert answers.take("other", "near#1", 1, 1_795_168_860)
