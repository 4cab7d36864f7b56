"""In which order shards are visited."""

from __future__ import annotations

from causeway.gateways.dynamodb.turns import TURN_MS, shards_in_turn


def test_every_shard_is_visited_once_and_each_is_the_first_in_turn() -> None:
    looks = [list(shards_in_turn(8, minute * TURN_MS + 5)) for minute in range(8)]
    assert all(sorted(look) == list(range(8)) for look in looks)
    assert {look[0] for look in looks} == set(range(8))
