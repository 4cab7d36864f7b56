"""The org's records: tables, transactions that can be undone, commits others see later, row locks, and what each user sees."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from local.org.data.storage.tables import Hidden, Table
from local.org.schema.ids import ALPHABET, IdFactory, normalized
from local.org.schema.permissions import Permissions, UserPermissions
from local.org.schema.row import Row
from local.org.schema.sobjects import Schema, SObjectType
from local.org.wire.caller import Caller
from local.org.wire.messages import OrgError

MAX_COMMIT_DELAY_S = 600  # a REST call may run for 10 minutes, and is uncommitted until it ends (limits cheat sheet)
SYSTEM_MODSTAMP = "SystemModstamp"

type Effect = Callable[[str, str, str, dict[str, Any]], None]
type RecordFault = Callable[[str, str, str | None, Mapping[str, Any]], dict[str, Any] | None]


class Clock(Protocol):
    """The org's time."""

    def now_ms(self) -> int:
        """Return milliseconds since the epoch."""
        ...


@dataclass(slots=True)
class Transaction:
    """What a running transaction changed, so that it can be undone, and what to tell once it is committed."""

    caller: Caller | None
    changes: list[tuple[Table, str, Row | None]] = field(default_factory=list)
    effects: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)


def stamp_of(ms: int) -> str:
    """Return a time as REST sends it: UTC, milliseconds always .000 (SOAP API guide, dateTime)."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


class Records:
    """All tables of one org, below any rule."""

    def __init__(
        self,
        schema: Schema,
        *,
        clock: Clock,
        settings: Any,
        seed: int = 0,
        on_effect: Effect = lambda action, sobject, record_id, values: None,
        record_fault: RecordFault = lambda action, sobject, record_id, values: None,
    ) -> None:
        self.schema, self.clock, self.settings = schema, clock, settings
        self.permissions = Permissions()
        self.record_fault = record_fault
        self._on_effect = on_effect
        self._ids = IdFactory("".join(random.Random(seed).choices(ALPHABET, k=4)))
        self._tables: dict[str, Table] = {}
        self._transaction: Transaction | None = None
        self._locks: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._stamp = (-1, "")
        self.deletions: list[tuple[str, str, str]] = []
        """sObject, Id and time of every committed deletion, hard ones included: what getDeleted tells."""
        self.default_user_id = ""
        self.organization_id = ""

    # --- identity and time ---

    def new_id(self, sobject: SObjectType) -> str:
        """Return the next Id of the sObject."""
        return self._ids.next(sobject.key_prefix)

    def next_id(self, key_prefix: str) -> str:
        """Return the next Id of a prefix that no table has."""
        return self._ids.next(key_prefix)

    def next_number(self, field_key: str) -> int:
        """Return the next value of an auto-number field."""
        self._numbers[field_key] = self._numbers.get(field_key, 0) + 1
        return self._numbers[field_key]

    def stamp(self) -> str:
        """Return the present time as records carry it, at second precision."""
        second = self.clock.now_ms() // 1000
        if self._stamp[0] != second:
            self._stamp = (second, stamp_of(second * 1000))
        return self._stamp[1]

    def user_id(self, caller: Caller | None) -> str:
        """Return who makes a change; the org's own administrator when no session does."""
        return caller.user_id if caller else self.default_user_id

    def rights(self, caller: Caller | None) -> UserPermissions:
        """Return the caller's permissions."""
        return self.permissions.of(caller.username if caller else None)

    # --- tables ---

    def table(self, sobject_name: str) -> Table:
        """Return the table of an sObject of the schema; raise INVALID_TYPE for an unknown one."""
        name = sobject_name.lower()
        table = self._tables.get(name)
        if table is None:
            sobject = self.schema.sobject(name)
            if sobject is None:
                raise OrgError("INVALID_TYPE", f"sObject type '{sobject_name}' is not supported.")
            table = self._tables[name] = Table(sobject)
        return table

    def raw(self, record_id: str) -> Row | None:
        """Return the newest version of a record, whoever may see it; deleted ones too."""
        sobject = self.schema.of_id(record_id)
        return self.table(sobject.name).rows.get(record_id) if sobject else None

    def write(
        self, sobject: SObjectType, row: Row | None, record_id: str, action: str = "", values: Row | None = None
    ) -> None:
        """Replace a row inside the running transaction; `action` names the effect told at its commit."""
        transaction = self._transaction
        if transaction is None:
            raise RuntimeError("a row is written inside a transaction")
        table = self.table(sobject.name)
        transaction.changes.append((table, record_id, table.put(record_id, row)))
        if action:
            transaction.effects.append((action, sobject.name, record_id, values or {}))

    # --- transactions ---

    @contextmanager
    def transaction(self, caller: Caller | None, *, commit_delay_s: float | None = None) -> Iterator[Transaction]:
        """Run a block whose changes all stay or, when it raises, all go; inside another one it is a savepoint."""
        outer = self._transaction
        if outer is not None:
            with self._savepoint(outer):
                yield outer
            return
        transaction = self._transaction = Transaction(caller)
        try:
            yield transaction
        except BaseException:
            self._undo(transaction, 0, 0)
            raise
        finally:
            self._transaction = None
        self._commit(transaction, self.settings.commit_delay_s if commit_delay_s is None else commit_delay_s)

    @contextmanager
    def _savepoint(self, transaction: Transaction) -> Iterator[None]:
        changes, effects = len(transaction.changes), len(transaction.effects)
        try:
            yield
        except BaseException:
            self._undo(transaction, changes, effects)
            raise

    def _undo(self, transaction: Transaction, changes: int, effects: int) -> None:
        while len(transaction.changes) > changes:
            table, record_id, previous = transaction.changes.pop()
            table.put(record_id, previous)
        del transaction.effects[effects:]

    def _commit(self, transaction: Transaction, delay_s: float) -> None:
        if delay_s > 0:
            self._hide(transaction, self.clock.now_ms() + round(min(delay_s, MAX_COMMIT_DELAY_S) * 1000))
        for action, sobject, record_id, values in transaction.effects:
            if action == "deleted":
                self.deletions.append((sobject, record_id, self.stamp()))
            self._on_effect(action, sobject, record_id, values)

    def _hide(self, transaction: Transaction, visible_at_ms: int) -> None:
        """Keep what others see as it was before, until the commit's time has come."""
        user_id = transaction.caller.user_id if transaction.caller else None
        for table, record_id, previous in transaction.changes:
            known = table.hidden.get(record_id)
            if known is None or known.visible_at_ms <= self.clock.now_ms():
                table.hidden[record_id] = Hidden(visible_at_ms, previous, user_id)
            else:
                known.visible_at_ms = max(known.visible_at_ms, visible_at_ms)

    def hidden_from(self, table: Table, record_id: str, caller: Caller | None) -> Hidden | None:
        """Return the change of a row that is not committed as far as the caller can see, or None."""
        hidden = table.hidden.get(record_id) if table.hidden else None
        if hidden is None or hidden.visible_at_ms <= self.clock.now_ms():
            return None
        return None if caller is not None and hidden.user_id == caller.user_id else hidden

    # --- row locks ---

    def lock_rows(self, record_ids: Iterable[str], seconds: float) -> None:
        """Hold rows as another transaction would: saves of them, or of their children, fail until then."""
        until_ms = self.clock.now_ms() + round(seconds * 1000)
        for record_id in record_ids:
            self._locks[normalized(record_id) or record_id] = until_ms

    def locked(self, record_id: str, caller: Caller | None) -> bool:
        """Say whether somebody else holds the row: by a lock, or by a change not committed yet."""
        until_ms = self._locks.get(record_id)
        if until_ms is not None and until_ms > self.clock.now_ms():
            return True
        sobject = self.schema.of_id(record_id)
        return sobject is not None and self.hidden_from(self.table(sobject.name), record_id, caller) is not None
