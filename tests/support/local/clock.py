"""A clock that only sleeping moves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class PassingTime:
    """Time that passes by sleeping alone; `passed_s` says how much."""

    passed_s: float = 0.0

    def monotonic(self) -> float:
        return 1_000.0 + self.passed_s

    def sleep(self, seconds: float) -> None:
        self.passed_s += seconds
