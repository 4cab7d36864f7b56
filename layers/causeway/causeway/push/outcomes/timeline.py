"""What the timelines of records get of a settlement: each change once, with what was decided for each sync. Pure."""

from __future__ import annotations

import json
from typing import Any

from causeway.contract.changes import Change
from causeway.contract.message_writing import change_json
from causeway.contract.timeline import Decision, Noted
from causeway.push.memory.outcome_json import kept_outcome
from causeway.push.tasks import Settlement, Task

MAX_WHOLE = 6_000  # characters of a change as JSON; of a longer one the values are cut
MAX_VALUE = 500

_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def timeline_of(done: Settlement) -> list[Noted]:
    """Return the changes that this settlement decided; those that were decided before, or come again, are not among them."""
    by_change: dict[int, list[Task]] = {}
    for task in done.tasks:
        if task.outcome is not None and task.settlement == done.id and not (task.recognized or task.redelivered):
            by_change.setdefault(id(task.change), []).append(task)
    return [_noted(tasks) for tasks in by_change.values()]


def _noted(tasks: list[Task]) -> Noted:
    change = tasks[0].change
    body, is_whole = _body(change)
    decisions = tuple(
        Decision(task.sync.id, task.sync.sobject, kept_outcome(task.outcome), task.earlier)
        for task in tasks
        if task.outcome is not None
    )
    return Noted(
        tasks[0].memory_key, change.source, change.key, change.sent_at_ms, change.run, body, is_whole, decisions
    )


def _body(change: Change) -> tuple[dict[str, Any], bool]:
    """Return a change as it is kept, and whether that is all of it; of one that cannot be written down only the key is kept."""
    try:
        return _whole_or_cut(change_json(change))
    except Exception:  # noqa: BLE001  # whatever it is, it may hold back no other change
        return {"key": change.key, "fields": {}}, False


def _whole_or_cut(body: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    if len(_text(body)) <= MAX_WHOLE:
        return body, True
    body.pop("conversation", None)
    body["fields"] = {name: _cut(value) for name, value in body["fields"].items()}
    return body, False


def _cut(value: Any) -> Any:
    if isinstance(value, bool | int | float | None):
        return value
    text = value if isinstance(value, str) else _text(value)
    return value if len(text) <= MAX_VALUE else text[:MAX_VALUE] + "…"
