"""Moments that come by chance and pass, for each of several things on its own."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Spells:
    """`between_s`: from the end of one to the next on the average; none is longer than `longest_s`; `now_s` only grows."""

    chance: random.Random
    now_s: Callable[[], float]
    between_s: float
    longest_s: float
    _next: dict[str, tuple[float, float]] = field(default_factory=dict)

    def is_in(self, thing: str) -> bool:
        """Say whether a thing has such a moment now."""
        now = self.now_s()
        begins, ends = self._next.get(thing, (0.0, 0.0))
        if now >= ends:
            begins = now + self.chance.expovariate(1 / self.between_s)
            ends = begins + self.chance.random() * self.longest_s
            self._next[thing] = begins, ends
        return begins <= now < ends
