"""Which fields a lookup selects: what was asked for and what signals read, as far as the connected user sees it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from causeway.errors import BrokenMapping
from causeway.lookups.items import Request
from causeway.push.deciding.describes import Described
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.field_paths import identifier, related_describes
from causeway.syncs.mapping.compiled import compiled
from causeway.syncs.mapping.conditions import Expression
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.sync import Sync

READ = frozenset({"record", "account", "owner"})
READ_ANYHOW = frozenset({"id", "name", "email"})


@dataclass(frozen=True, slots=True)
class Problem:
    """A field or a signal that the answer leaves out, and why."""

    sobject: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Signal:
    """A named condition over what is read of the records of one sObject."""

    name: str
    source: str
    sobject: str
    expression: Expression


@dataclass(slots=True)
class Columns:
    """Columns by sObject: `wanted` are answered, `read` are selected for signals; `account` are those that signals read of the account."""

    wanted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    read: dict[str, set[str]] = field(default_factory=dict)
    account: set[str] = field(default_factory=set)
    signals: list[Signal] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def of(self, sobject: str) -> list[str]:
        """Return what is selected of an sObject."""
        return [*self.wanted.get(sobject, ()), *sorted(self.read.get(sobject, ()))]


def columns_of(request: Request, syncs: Sequence[Sync], described: Described, kinds: Iterable[str]) -> Columns:
    """Return what to select; `kinds` are the sObjects that the lookup is about."""
    columns = Columns()
    mapped = _mapped(syncs) if request.only_mapped else None
    for sobject, paths in request.fields.items():
        describe = described(sobject)
        if describe is None:
            columns.problems += [_unseen(sobject, path) for path in paths]
            continue
        allowed = None if mapped is None else mapped.get(describe.name, set())
        columns.wanted[describe.name] = tuple(dict.fromkeys(_wanted(describe, paths, allowed, described, columns)))
    about = set(kinds)
    for sync in syncs:
        describe = described(sync.sobject) if sync.enabled and sync.signals and sync.sobject in about else None
        if describe is not None:
            _add_signals(sync, describe, described, columns)
    return columns


def _unseen(sobject: str, path: str) -> Problem:
    return Problem(sobject, path, f"The org has no sObject {sobject}, or the connected user may not see it.")


def _wanted(
    describe: SObjectDescribe, paths: Sequence[str], allowed: set[str] | None, described: Described, columns: Columns
) -> Iterator[str]:
    """Yield the paths as describe spells them; each that cannot be read becomes a problem."""
    related = related_describes(describe, paths, described)
    for path in paths:
        try:
            found = identifier(describe, path, related)
        except BrokenMapping as error:
            columns.problems.append(Problem(describe.name, path, error.message))
            continue
        if allowed is not None and found.lower() not in allowed | READ_ANYHOW:
            why = "Viewers may read the fields that a sync of the tenant maps, and no others."
            columns.problems.append(Problem(describe.name, path, why))
            continue
        yield found


def _mapped(syncs: Iterable[Sync]) -> dict[str, set[str]]:
    """Return the fields (lower case) that syncs map, by sObject; what a person's sync maps of the account counts as the account's."""
    found: dict[str, set[str]] = {}
    for sync in syncs:
        for row in sync.mappings:
            path = row.salesforce.lower()
            found.setdefault(sync.sobject, set()).add(path)
            if sync.sobject in PEOPLE and path.startswith("account."):
                found.setdefault("Account", set()).add(path.removeprefix("account."))
    return found


def _add_signals(sync: Sync, describe: SObjectDescribe, described: Described, columns: Columns) -> None:
    """Add the signals of a sync that can be worked out from the org alone: those that read nothing of a change."""
    for name, expression in compiled(sync, describe).signals:
        roots = {path[0] for path in expression.reads}
        if not roots or not roots <= READ:
            continue
        own = [".".join(path[1:]) for path in expression.reads if path[0] == "record" and len(path) > 1]
        account = [".".join(path[1:]) for path in expression.reads if path[0] == "account" and len(path) > 1]
        try:
            columns.read.setdefault(describe.name, set()).update(_spelt(describe, own, described))
            columns.account.update(_spelt(described("Account"), account, described))
        except BrokenMapping as error:
            columns.problems.append(Problem(describe.name, name, f"The signal {name} is left out. {error.message}"))
            continue
        columns.signals.append(Signal(name, sync.source, describe.name, expression))


def _spelt(describe: SObjectDescribe | None, paths: Sequence[str], described: Described) -> list[str]:
    if not paths:
        return []
    if describe is None:
        raise BrokenMapping("The connected user may not see accounts.", "")
    related = related_describes(describe, paths, described)
    return [identifier(describe, path, related) for path in paths]
