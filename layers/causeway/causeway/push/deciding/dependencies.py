"""How tasks of one change, or about one person, depend on one another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from causeway.push.tasks import Task
from causeway.salesforce.values.emails import normalized_email

# The record that a key turned out to be, though no sync wrote it.
STANDS_FOR = {"exists_as_contact": "Contact", "exists_as_lead": "Lead"}


def reopen_dependents(tasks: Iterable[Task]) -> None:
    """Reopen a task that was skipped for the record of another task of its change, if that record changed since it was read."""
    changed = {id(task.change) for task in tasks if task.reopened and task.is_open}
    for task in tasks:
        if id(task.change) in changed and task.outcome is not None and task.outcome.code in STANDS_FOR:
            task.outcome = None


def wait_for_people(tasks: Iterable[Task], people: Iterable[Task]) -> None:
    """Redeliver what concerns a person whose own change is redelivered: its record would be created without the person."""
    redeliver_at_ms: dict[object, int] = {}
    for task in people:
        for name in (
            _names(task.change.source, task.change.key, task.change.fields.get("email")) if task.redelivered else ()
        ):
            redeliver_at_ms[name] = max(redeliver_at_ms.get(name, 0), task.redeliver_at_ms)
    for task in tasks if redeliver_at_ms else ():
        about = task.change.about
        for name in _names(about.source, about.key, about.email) if about else ():
            if name in redeliver_at_ms:
                task.redeliver(redeliver_at_ms[name])


def _names(source: str | None, key: str | None, email: Any) -> list[object]:
    """Return what identifies a person in a change: the record key, and the address."""
    found = [(source, key) if source and key else None, normalized_email(email)]
    return [name for name in found if name]
