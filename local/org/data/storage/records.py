"""The org's records below any rule: tables, Ids and stamps, transactions, row locks and permissions."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from ...schema.ids import ALPHABET, IdFactory, normalized
from ...schema.permissions import Permissions, UserPermissions
from ...schema.row import Row
from ...schema.sobjects import Schema, SObjectType
from ...wire.caller import Caller
from ...wire.messages import OrgError
from .change_events import ChangeLog
from .event_relays import EventRelays
from .row_locks import RowLocks
from .tables import Hidden, Table
from .transactions import Clock, Effect, Transaction, Transactions

SYSTEM_MODSTAMP = "SystemModstamp"

type RecordFault = Callable[[str, str, str | None, Mapping[str, Any]], dict[str, Any] | None]


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
        self.changes, self.relays = ChangeLog(clock), EventRelays()
        self._transactions, self._locks = Transactions(clock, self._report, self._publish), RowLocks(clock)
        self._numbers: dict[str, int] = {}
        self._stamp = (-1, "")
        self.deletions: list[tuple[str, str, str]] = []
        """sObject, Id and time of every committed deletion, hard ones included: what getDeleted answers."""
        self.deleted_with: dict[str, str] = {}
        """The record whose deletion put a record into the recycle bin, by Id; its own for one that was deleted itself."""
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
        """Replace a row inside the running transaction; `action` names the effect to report at its commit."""
        self._transactions.put(self.table(sobject.name), record_id, row, action, values)

    def transaction(
        self, caller: Caller | None, *, commit_delay_s: float | None = None
    ) -> AbstractContextManager[Transaction]:
        """Run a block whose changes all stay or, when it raises, all go; inside another one it is a savepoint."""
        delay_s = self.settings.commit_delay_s if commit_delay_s is None else commit_delay_s
        return self._transactions.run(caller, delay_s)

    def _publish(self, transaction: Transaction, commit_ms: int) -> None:
        """Add the change events of a commit for the sObjects that the settings or a channel select."""
        members = [*self.settings.change_data_capture, *self.relays.selected()]
        if members:
            self.changes.committed(transaction, members, self.user_id(transaction.caller), commit_ms)

    def _report(self, action: str, sobject: str, record_id: str, values: dict[str, Any]) -> None:
        """Record a deletion, and report the effect of a commit."""
        if action == "deleted":
            self.deletions.append((sobject, record_id, self.stamp()))
        self._on_effect(action, sobject, record_id, values)

    # --- what others hold or do not see yet ---

    def hidden_from(self, table: Table, record_id: str, caller: Caller | None) -> Hidden | None:
        """Return the change of a row that is not committed as far as the caller can see, or None."""
        hidden = table.hidden.get(record_id) if table.hidden else None
        if hidden is None or hidden.visible_at_ms <= self.clock.now_ms():
            return None
        return None if caller is not None and hidden.user_id == caller.user_id else hidden

    def is_unshared(self, record_id: str, caller: Caller | None) -> bool:
        """Say whether the org's sharing hides a record from the caller; the org itself sees everything."""
        return bool(caller and self.settings.unshared_ids) and record_id in self.unshared_ids()

    def unshared_ids(self) -> frozenset[str]:
        """Return the Ids of the records that sharing hides, with 18 characters."""
        return frozenset(normalized(each) or each for each in self.settings.unshared_ids)

    def lock_rows(self, record_ids: Iterable[str], seconds: float) -> None:
        """Hold rows as another transaction would: saves of them, or of their children, fail until then."""
        self._locks.hold(record_ids, seconds)

    def locked(self, record_id: str, caller: Caller | None) -> bool:
        """Say whether another transaction holds the row: by a lock, or by a change not committed yet."""
        if self._locks.held(record_id):
            return True
        sobject = self.schema.of_id(record_id)
        return sobject is not None and self.hidden_from(self.table(sobject.name), record_id, caller) is not None
