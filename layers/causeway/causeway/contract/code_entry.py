"""What is known of one stable code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["warning", "problem", "outcome", "error"]


@dataclass(frozen=True, slots=True)
class Code:
    """One code: where it appears, what it means, what a person can do."""

    kind: Kind
    sentence: str
    remedy: str
