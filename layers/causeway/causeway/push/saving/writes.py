"""Save the planned records of a pass in rounds: note creates, send collections, settle answers, send again what may still be saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from causeway.push.deciding.planning.planned_records import PlannedRecord
from causeway.push.memory.claims.held import note_creates, store_entities
from causeway.push.memory.claims.makers import note_makers
from causeway.push.memory.claims.owners import own_created
from causeway.push.memory.known_externals import marks_for, note_marks
from causeway.push.memory.pending_creates import MAX_PENDING, PendingCreate
from causeway.push.saving.answers import settle_answers
from causeway.push.saving.crowding import smaller_groups
from causeway.push.saving.pending import PendingSave, SaveProgress, redeliver_open
from causeway.push.saving.sending import SavePorts, collected, send, share_of_next_call

MAX_ROUNDS = 12  # a collection of 200 is halved eight times until the record to blame stands alone
ONE_BY_ONE_MS = 1_000


def save_records(planned_records: Iterable[PlannedRecord], ports: SavePorts, progress: SaveProgress) -> None:
    """
    Save everything that can be saved in the time left.

    Raises what closes the tenant's gate; `progress` and the tasks' outcomes then say what was saved before.
    """
    pending = _marked([PendingSave(planned, planned.save()) for planned in planned_records], progress)
    try:
        for _ in range(MAX_ROUNDS):
            pending = _noted(pending, ports.now_ms(), progress)
            if not pending:
                return
            pending = _round(pending, ports, progress)
        redeliver_open(pending)
    finally:
        own_created(progress.claims, progress.created)


def _noted(pending: Sequence[PendingSave], now_ms: int, progress: SaveProgress) -> list[PendingSave]:
    """
    Note every create before it is sent, again when it is sent without a value, and return what may be sent.

    An entity notes a few creates per sObject, of people who share an address: further ones are delivered again a moment later.
    """
    creates: dict[tuple[str, str], list[PendingSave]] = {}
    for item in pending:
        if item.is_noted_first and item.noted != item.save.values:
            creates.setdefault(item.place, []).append(item)
    later = {item for items in creates.values() for item in items[MAX_PENDING:]}
    now = [(*place, item) for place, items in creates.items() for item in items[:MAX_PENDING]]
    noted = [
        (entity, sobject, PendingCreate(item.save.values, now_ms, item.planned.keys())) for entity, sobject, item in now
    ]
    for _, _, item in now:
        item.noted = item.save.values
    named = _named_makers([item for _, _, item in now], progress)
    lost = {entity for entity, _ in creates} - note_creates(progress.claims, noted)
    redeliver_open(later, now_ms + ONE_BY_ONE_MS)
    unsure = later | {item for item in pending if item.planned.entity in lost or not named(item)}
    redeliver_open(unsure - later)
    return [item for item in pending if item not in unsure]


def _named_makers(creating: Iterable[PendingSave], progress: SaveProgress) -> Callable[[PendingSave], bool]:
    """Name creates in the entities of the addresses that their people share; return what tells whether it is done for a record."""
    changed = note_makers(progress.claims, {pair for item in creating for pair in _makers(item)})
    lost = changed - store_entities(progress.claims, changed) if changed else set[str]()
    return lambda item: not item.is_noted_first or all(shared not in lost for shared, _ in _makers(item))


def _makers(item: PendingSave) -> set[tuple[str, str]]:
    """Return the entities of shared addresses that must know of a create, each with the create's entity."""
    shared = {task.shared_entity for task in item.tasks if task.email and task.externals}
    return {(each, item.planned.entity) for each in shared - {"", item.planned.entity}}


def _marked(pending: Sequence[PendingSave], progress: SaveProgress) -> list[PendingSave]:
    """
    Store of whom records are that hold no external ID themselves, before they are updated; return what may be sent.

    Should this worker die after the update, the next one must not take the record for that of another person of the address.
    """
    entities, marked = progress.claims.entities, dict[str, list[PendingSave]]()
    for item in (each for each in pending if each.planned.record_id):
        for task in (task for task in item.tasks if task.email):
            marks = marks_for(item.planned.sobject, task.externals)
            if note_marks(entities[task.shared_entity], item.planned.record_id or "", marks):
                marked.setdefault(task.shared_entity, []).append(item)
    lost = marked.keys() - store_entities(progress.claims, marked) if marked else set[str]()
    unsure = {item for entity in lost for item in marked[entity]}
    redeliver_open(unsure)
    return [item for item in pending if item not in unsure]


def _round(pending: Sequence[PendingSave], ports: SavePorts, progress: SaveProgress) -> list[PendingSave]:
    """Send every pending record once, in smaller groups where the org asks for it; return those to send again."""
    waiting, limits = collected(pending, progress.limits), progress.limits
    again: list[PendingSave] = []
    while waiting:
        if not ports.budget.allows_call():
            redeliver_open(item for each in waiting for item in each.items)
            return again
        share = share_of_next_call(waiting, ports, limits)
        now, waiting = waiting[:share], waiting[share:]
        ports.may_write()
        answers = list(zip((each.items for each in now), send(now, ports), strict=True))
        smaller = smaller_groups(answers, progress)
        for items, results in answers:
            again += settle_answers(items, results, progress, set(smaller))
        if limits.were_met:
            rest = (item for each in waiting for item in each.items)
            waiting = collected([*smaller, *rest], limits)
    return again
