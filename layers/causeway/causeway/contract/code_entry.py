"""What is known of one stable code."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["warning", "problem", "outcome", "error"]


class Code(NamedTuple):
    """One code: where it appears, what it means, what a person can do."""

    kind: Kind
    sentence: str
    remedy: str
