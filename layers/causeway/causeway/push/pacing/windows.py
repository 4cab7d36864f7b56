"""A tenant's window: since when changes are gathered, and when they are flushed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from causeway.contract.changes import Change

ABANDONED_MS = 330_000  # longer than a push may last (300 s): whoever began a flush so long ago has died
OVERDUE_MS = 15 * 60_000  # a window that was not flushed for so long has lost the message that was to flush it


class Window(NamedTuple):
    """
    What is stored of a tenant's window; times are epoch ms.

    `generation` names the changes held since the last flush. `flush_at_ms` is 0 while none are held, `held` about how many are.
    `flushing` are earlier generations and when their flush began, 0 for one that was given up.
    """

    generation: int = 0
    opened_at_ms: int = 0
    flush_at_ms: int = 0
    held: int = 0
    flushing: Mapping[int, int] = {}

    @property
    def is_open(self) -> bool:
        """Whether changes are held, or about to be."""
        return self.flush_at_ms > 0

    def abandoned(self, now_ms: int) -> list[int]:
        """Return the generations whose flush was given up, or begun by a worker that must have died."""
        return [generation for generation, since_ms in self.flushing.items() if now_ms - since_ms >= ABANDONED_MS]

    def is_overdue(self, now_ms: int) -> bool:
        """Whether the message that was to flush the window must be lost."""
        return self.is_open and now_ms - self.flush_at_ms >= OVERDUE_MS


class Held(NamedTuple):
    """Changes that were held together, since when (epoch ms), and a name that no others of the tenant have."""

    changes: Sequence[Change]
    since_ms: int
    name: str = ""


class Gathering(Protocol):
    """
    Windows and held changes (gateways/dynamodb/parked/gathering.py); all raise StoreUnavailable when the store does not answer.

    `open` returns the opened window, None when it was not as given any more, `close` whether it was; `hold` returns the window
    afterwards, None when the generation had been closed meanwhile (the changes count as not held). `take_over` and `give_up`
    concern a flush that was begun.
    """

    def read(self, tenant: str) -> Window: ...
    def open(self, tenant: str, window: Window, flush_at_ms: int) -> Window | None: ...
    def hold(self, tenant: str, window: Window, name: str, content: bytes, changes: int) -> Window | None: ...
    def close(self, tenant: str, window: Window) -> bool: ...
    def take_over(self, tenant: str, window: Window, generation: int) -> bool: ...
    def held(self, tenant: str, generation: int) -> list[Held]: ...
    def give_up(self, tenant: str, generation: int) -> None: ...
    def finish(self, tenant: str, generation: int) -> None: ...
