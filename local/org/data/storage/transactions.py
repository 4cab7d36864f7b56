"""Changes of rows that stay or go together, and commits that others see only later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from ...schema.row import Row
from ...wire.caller import Caller
from .tables import Hidden, Table

MAX_COMMIT_DELAY_S = 600  # a REST call may run for 10 minutes, and is uncommitted until it ends (limits cheat sheet)

type Effect = Callable[[str, str, str, dict[str, Any]], None]
"""What happens after a commit, once for each changed record: action, sObject, Id, values."""


class Clock(Protocol):
    """The org's time."""

    def now_ms(self) -> int:
        """Return milliseconds since the epoch."""


@dataclass(slots=True)
class Transaction:
    """What a running transaction changed, so that it can be undone, and the effects to report at its commit."""

    caller: Caller | None
    changes: list[tuple[Table, str, Row | None]] = field(default_factory=list)
    effects: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)

    def undo(self, changes: int = 0, effects: int = 0) -> None:
        """Take back everything after the first `changes` changes and `effects` effects."""
        while len(self.changes) > changes:
            table, record_id, previous = self.changes.pop()
            table.put(record_id, previous)
        del self.effects[effects:]


type Commit = Callable[[Transaction, int], None]
"""What happens at a commit: the transaction, and the milliseconds since the epoch at which others see it."""


class Transactions:
    """The running transaction of an org, if any; there is one at a time."""

    def __init__(self, clock: Clock, on_effect: Effect, on_commit: Commit) -> None:
        self._clock, self._on_effect, self._on_commit = clock, on_effect, on_commit
        self._running: Transaction | None = None

    @contextmanager
    def run(self, caller: Caller | None, commit_delay_s: float) -> Iterator[Transaction]:
        """Run a block whose changes all stay or, when it raises, all go; inside another one it is a savepoint."""
        if self._running is not None:
            with _savepoint(self._running):
                yield self._running
            return
        transaction = self._running = Transaction(caller)
        try:
            yield transaction
        except BaseException:
            transaction.undo()
            raise
        finally:
            self._running = None
        self._commit(transaction, commit_delay_s)

    def put(self, table: Table, record_id: str, row: Row | None, action: str, values: Row | None) -> None:
        """Replace a row inside the running transaction; `action` names the effect to report at its commit."""
        transaction = self._running
        if transaction is None:
            raise RuntimeError("a row is written inside a transaction")
        transaction.changes.append((table, record_id, table.put(record_id, row)))
        if action:
            transaction.effects.append((action, table.sobject.name, record_id, values or {}))

    def _commit(self, transaction: Transaction, delay_s: float) -> None:
        commit_ms = self._clock.now_ms() + round(min(max(delay_s, 0), MAX_COMMIT_DELAY_S) * 1000)
        if delay_s > 0:
            self._hide(transaction, commit_ms)
        self._on_commit(transaction, commit_ms)
        for action, sobject, record_id, values in transaction.effects:
            self._on_effect(action, sobject, record_id, values)

    def _hide(self, transaction: Transaction, visible_at_ms: int) -> None:
        """Keep what others see as it was before, until the commit's time has come."""
        user_id = transaction.caller.user_id if transaction.caller else None
        for table, record_id, previous in transaction.changes:
            known = table.hidden.get(record_id)
            if known is None or known.visible_at_ms <= self._clock.now_ms():
                table.hidden[record_id] = Hidden(visible_at_ms, previous, user_id)
            else:
                known.visible_at_ms = max(known.visible_at_ms, visible_at_ms)


@contextmanager
def _savepoint(transaction: Transaction) -> Iterator[None]:
    changes, effects = len(transaction.changes), len(transaction.effects)
    try:
        yield
    except BaseException:
        transaction.undo(changes, effects)
        raise
