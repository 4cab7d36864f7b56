"""What the sync history gets of a settlement, and of earlier ones whose workers may have died before they noted it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from causeway.contract.changes import Change
from causeway.contract.days import DAY_MS
from causeway.contract.messages import Delivery
from causeway.contract.outcomes import Outcome
from causeway.contract.runs import PushNote, push_run_id
from causeway.push.memory.hashes import hashed
from causeway.push.memory.identifiers import memory_key
from causeway.push.tasks import Settlement, Task, began_at_ms

REMEMBERED_MS = 14 * DAY_MS  # SQS limit: how long a queue keeps a message, so nothing older is a redelivery


@dataclass(slots=True)
class _Stream:
    """What one settlement did of one source and run."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    sent_ms: list[int] = field(default_factory=list)


type _Streams = dict[tuple[str, str, str | None], _Stream]


def notes_of(done: Settlement, now_ms: int) -> Iterator[PushNote]:
    """Yield a note for each source and run, and for each settlement of which outcomes were recognized: it may not be noted."""
    calls = done.api_calls
    for (settlement, source, run), stream in _streams(done, now_ms).items():
        is_own = settlement == done.id
        began_ms = began_at_ms(settlement)
        if stream.outcomes:
            yield PushNote(
                run_id=run or push_run_id(source, began_ms),
                source=source,
                settlement=settlement,
                outcomes=stream.outcomes,
                started_at_ms=min(stream.sent_ms),
                api_calls=calls if is_own else 0,
                left=stream.left,
                is_own=is_own,
            )
            calls = 0 if is_own else calls


def _streams(done: Settlement, now_ms: int) -> _Streams:
    """Return what is to be noted by settlement, source and run; what this settlement counts already is not looked at again."""
    found: _Streams = {}

    def stream(settlement: str, change: Change, message_id: str) -> _Stream:
        one = found.setdefault((settlement, change.source, change.run), _Stream())
        one.sent_ms.append(done.sent_ms[message_id])
        return one

    for change, message_id, outcome in done.loose:
        stream(done.id, change, message_id).outcomes[_mark(message_id, str(change.position))] = outcome
    for task in done.tasks:
        if task.may_be_remembered:
            stream(done.id, task.change, task.message_id).left.append(_mark_of(task))
        elif task.outcome is None or task.redelivered:
            continue
        elif not task.recognized:
            stream(done.id, task.change, task.message_id).outcomes[_mark_of(task)] = task.outcome
        elif task.settlement != done.id and began_at_ms(task.settlement) > now_ms - REMEMBERED_MS:
            stream(task.settlement, task.change, task.message_id).outcomes[_mark_of(task)] = task.outcome
    return found


def _mark_of(task: Task) -> str:
    change = task.change
    return mark_of(memory_key(change.source, change.key), task.sync.id, change.occurred_at_ms, task.content)


def mark_of(memory: str, sync: str, occurred_at_ms: int, content: str) -> str:
    """Return the mark of a change for a sync, from what is remembered of it: the same whoever settles it."""
    return _mark(memory, sync, str(occurred_at_ms), content)


def _mark(*parts: str) -> str:
    return hashed(*parts)[:12]


def noted_refusals(delivery: Delivery, source: str, run: str | None, outcomes: Sequence[Outcome]) -> PushNote:
    """Return the note of one message's refused changes, which are the same at each delivery."""
    return PushNote(
        run_id=run or push_run_id(source, delivery.sent_at_ms),
        source=source,
        settlement=f"{delivery.sent_at_ms}.{_mark(delivery.message_id)}",
        outcomes={_mark(delivery.message_id, str(place)): outcome for place, outcome in enumerate(outcomes)},
        started_at_ms=delivery.sent_at_ms,
    )
