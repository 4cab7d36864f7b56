"""Moments by chance: they come, they pass, and each thing has its own."""

from __future__ import annotations

import random

from local.limits.spells import Spells


def test_moments_come_as_often_and_last_as_long_as_they_are_to() -> None:
    now = 0.0
    spells = Spells(random.Random(3), lambda: now, between_s=8.0, longest_s=1.0)
    begins, lasting, was = 0, 0.0, False
    while now < 4_000:
        is_now = spells.is_in("x")
        begins += is_now and not was
        lasting += 0.02 if is_now else 0.0
        was, now = is_now, now + 0.02
    assert 380 < begins < 550  # one in 8.5 s
    assert 0.4 < lasting / begins < 0.6


def test_each_thing_has_its_own_moments() -> None:
    now = 0.0
    spells, both = Spells(random.Random(3), lambda: now, between_s=2.0, longest_s=1.0), set[tuple[bool, bool]]()
    while now < 200:
        both.add((spells.is_in("x"), spells.is_in("y")))
        now += 0.05
    assert {(True, False), (False, True)} <= both
