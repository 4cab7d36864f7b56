"""Ctrl-C and a polite kill: one meaning for both, and moments in which neither is heard yet."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM)


def interrupted(number: int, frame: FrameType | None) -> None:
    """Answer a signal as Python answers Ctrl-C."""
    raise KeyboardInterrupt


@contextmanager
def killed_like_ctrl_c() -> Iterator[None]:
    """Raise KeyboardInterrupt in the block for a polite kill too."""
    earlier = signal.signal(signal.SIGTERM, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, earlier)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """
    Keep interruptions waiting until the block is done, then raise KeyboardInterrupt for them.

    Between starting a process and remembering it, an interruption would leave it running for ever.
    """
    heard: list[int] = []
    earlier = {number: signal.signal(number, lambda number, _: heard.append(number)) for number in INTERRUPTIONS}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
    if heard:
        raise KeyboardInterrupt
