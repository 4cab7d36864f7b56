"""Hold a tenant's changes while its calls are scarce, and bring along what is held when they go to the org."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from causeway.connections.gates import Gate, share_percent
from causeway.contract.changes import Change
from causeway.contract.days import DAY_S
from causeway.push.context import PushContext
from causeway.push.pacing.encoding import encoded
from causeway.push.pacing.flush import NOTHING_TAKEN, Taken, take_held
from causeway.push.pacing.hold import FLUSH_S, MOST_WAITING, Quota, hold_s
from causeway.push.pacing.rates import demand_of
from causeway.push.pacing.windows import Gathering, Window
from causeway.push.tasks import Arrived, Settlement, Task, open_tasks

MOST_BYTES = 200_000  # of what is held at once, compressed; DynamoDB takes 400 KB an item
LEAST_MS = 1_000


class Pace(NamedTuple):
    """Whether the tenant's calls are scarce, until when its changes may be held (epoch ms), and when that must end."""

    is_scarce: bool = False
    due_ms: int = 0
    latest_ms: int = 0


def gather(context: PushContext, settlement: Settlement, arrived: Sequence[Arrived], gate: Gate) -> Taken:
    """
    Hold the open tasks until they are due, or take along what the tenant's window holds; the tasks taken join the settlement.

    The message that opens a window is delivered again at the window's end, and flushes it; if another worker flushes just then,
    it goes alone: should that worker die, its own messages come back and take over. Raises StoreUnavailable.
    """
    gathering = context.ports.gathering
    if gathering is None:
        return NOTHING_TAKEN
    pace = pace_of(context, settlement, arrived) if gate.is_open else Pace()
    has_returned = any(each.delivery.receives > 1 for each in arrived)
    if not pace.is_scarce and not has_returned:
        return NOTHING_TAKEN
    now_ms, window = context.now_ms(), gathering.read(context.tenant)
    if not (tasks := open_tasks(settlement.tasks)) and not window.is_open and not window.flushing:
        return NOTHING_TAKEN
    due_ms = min(window.flush_at_ms, pace.latest_ms) if window.is_open and pace.due_ms else pace.due_ms
    is_full = window.is_open and window.held + len(_changes(tasks)) >= MOST_WAITING
    if tasks and due_ms >= now_ms + LEAST_MS and not is_full:
        window, is_kept = _keep(context, gathering, tasks, window, due_ms)
        if is_kept:
            return NOTHING_TAKEN
    return take_held(context, gathering, window, settlement, gate)


def pace_of(context: PushContext, settlement: Settlement, arrived: Sequence[Arrived]) -> Pace:
    """Return how long a tenant's part of a batch is to be held."""
    usage = context.connection.usage
    tasks = [task for task in settlement.tasks if task.is_open]
    if usage is None or not tasks:
        return Pace()
    now_ms = context.now_ms()
    quota = Quota(usage.allowed, usage.used, share_percent(context.connection, context.ports.quota_share_percent))
    demand, time_of_day_s = demand_of(usage, now_ms), now_ms / 1000 % DAY_S
    loose = {message_id for _, message_id, _ in settlement.loose}
    urgent = any(task.redriven or task.message_id in loose for task in tasks) or not all(x.may_wait for x in arrived)
    within_s = min(task.sync.push.deliver_within_s for task in tasks)
    held_s = hold_s(quota, demand, time_of_day_s, within_s, len(_changes(tasks)), urgent=urgent)
    if held_s is None:
        return Pace()
    sent_ms = min(task.change.sent_at_ms for task in tasks)
    latest_ms = min(task.change.sent_at_ms + (task.sync.push.deliver_within_s - FLUSH_S) * 1000 for task in tasks)
    return Pace(True, min(int(sent_ms + held_s * 1000), int(latest_ms)) if held_s else 0, int(latest_ms))


def _keep(
    context: PushContext, gathering: Gathering, tasks: Sequence[Task], window: Window, due_ms: int
) -> tuple[Window, bool]:
    """Hold the tasks in the window, opening it if need be; return it, and False when they are to go now after all."""
    returned, fresh = _who_returns(tasks, needs_one=not window.is_open or due_ms < window.flush_at_ms - LEAST_MS)
    content = encoded(_changes(fresh))
    if len(content) > MOST_BYTES:
        return window, False
    if not window.is_open:
        opened = gathering.open(context.tenant, window, due_ms)
        if opened is None:
            _redeliver(tasks, context.now_ms())  # another worker has just opened it
            return window, True
        window = opened
    _redeliver(returned, due_ms)
    return window, not fresh or _hold(context, gathering, window, fresh, content)


def _who_returns(tasks: Sequence[Task], *, needs_one: bool) -> tuple[list[Task], list[Task]]:
    """Return the tasks whose messages stay in the queue until the window's end, and those whose changes are held elsewhere."""
    messages = _by_message(tasks)
    returned = [each for each in messages if each[0].receives > 1]
    fresh = sorted((each for each in messages if each[0].receives == 1), key=len)
    if needs_one and not returned:
        returned = [fresh.pop()]
    return [task for each in returned for task in each], [task for each in fresh for task in each]


def _hold(context: PushContext, gathering: Gathering, window: Window, tasks: Sequence[Task], content: bytes) -> bool:
    """Write the changes of the tasks under the window's generation."""
    name = "-".join(sorted({task.message_id for task in tasks}))
    after = gathering.hold(context.tenant, window, name, content, len(_changes(tasks)))
    if after is None:
        _redeliver(tasks, context.now_ms())
        return True
    for task in tasks:
        task.held = True
    return after.held < MOST_WAITING


def _redeliver(tasks: Iterable[Task], at_ms: int) -> None:
    for task in tasks:
        if task.is_open:
            task.redeliver(at_ms)


def _changes(tasks: Iterable[Task]) -> list[Change]:
    """Return the changes of tasks, each once."""
    return list({id(task.change): task.change for task in tasks}.values())


def _by_message(tasks: Iterable[Task]) -> list[list[Task]]:
    """Return tasks by message."""
    messages: dict[str, list[Task]] = {}
    for task in tasks:
        messages.setdefault(task.message_id, []).append(task)
    return list(messages.values())
