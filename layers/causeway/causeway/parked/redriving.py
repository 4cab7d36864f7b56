"""Send refused changes back to the push queue, as a person requested, and see to it that the request ends."""

from __future__ import annotations

from copy import replace

from causeway.contract.days import DAY_MS
from causeway.parked.entries import Parked, ParkedPage, Redrive
from causeway.parked.ports import PAGE, Deadline, ParkedStore, PushQueue, Syncs
from causeway.parked.replay_messages import send_entries

LEAST_MS = 10_000  # a tick with less time left begins nothing more
MOST_UNSETTLED_MS = DAY_MS  # a request ends a day after all of it was sent, whatever became of it


def work_off(
    parked: ParkedStore,
    queue: PushQueue,
    syncs: Syncs,
    redrive_id: str,
    redrive: Redrive,
    now_ms: int,
    deadline: Deadline,
) -> int:
    """
    Go on with a request: send what it names, then look how much of it is settled; return how many changes were sent.

    The request ends when all that was sent is decided anew, or a day after it was sent.
    """
    after = redrive if redrive.all_sent_at_ms else _sent_on(parked, queue, syncs, redrive, now_ms, deadline)
    after = replace(after, left=parked.count_refused(after))
    if after.is_settled or (after.all_sent_at_ms and now_ms - after.all_sent_at_ms >= MOST_UNSETTLED_MS):
        parked.fulfil(redrive_id, replace(after, ended_at_ms=now_ms))
    elif after != redrive:
        parked.note_redrive(redrive_id, after)
    return after.sent - redrive.sent


def _sent_on(
    parked: ParkedStore, queue: PushQueue, syncs: Syncs, redrive: Redrive, now_ms: int, deadline: Deadline
) -> Redrive:
    """
    Send the refused changes that a request names and that an enabled sync takes, as far as the time goes.

    Their entries stay until push has settled them: the gate may close, or the sync be switched off, while they are on the way.
    """
    enabled = _EnabledSyncs(syncs, redrive.tenant)
    while deadline.remaining_ms() >= LEAST_MS:
        page = page_of(parked, redrive)
        taken = [entry for entry in page.entries if enabled.take(entry)]
        send_entries(queue, redrive.tenant, taken, redriven=True)
        _drop_crashed(parked, redrive.tenant, taken)
        counted = [entry for entry in page.entries if entry.parked_at_ms <= redrive.requested_at_ms]
        passed_over = redrive.passed_over + sum(not enabled.take(entry) for entry in counted)
        redrive = replace(redrive, after=page.next, sent=redrive.sent + len(taken), passed_over=passed_over)
        if page.next is None:
            return replace(redrive, all_sent_at_ms=now_ms)
    return redrive


def page_of(parked: ParkedStore, redrive: Redrive) -> ParkedPage:
    """Return the next refused changes that a request names."""
    if redrive.parked_ids:
        named = parked.by_ids(redrive.tenant, redrive.parked_ids)
        return ParkedPage(tuple(entry for entry in named if not entry.is_waiting))
    of = {"code": redrive.code, "source": redrive.source, "key": redrive.key, "group": redrive.group}
    return parked.page(redrive.tenant, **of, after=redrive.after, limit=PAGE, waiting=False)


def _drop_crashed(parked: ParkedStore, tenant: str, refused: list[Parked]) -> None:
    """Drop the entries of messages that crashed: push does not know them, so it would never settle them."""
    crashed = [entry.parked_id for entry in refused if entry.sync is None]
    if crashed:
        parked.drop(tenant, crashed)


class _EnabledSyncs:
    """The enabled push syncs of a tenant; each source is read once."""

    def __init__(self, syncs: Syncs, tenant: str) -> None:
        self._syncs, self._tenant = syncs, tenant
        self._by_source: dict[str, set[str]] = {}

    def take(self, entry: Parked) -> bool:
        """Return whether a refused change can be pushed as it is, for the sync that it was refused for or any of its source."""
        if not entry.is_change or entry.source is None:
            return False
        enabled = self._of_source(entry.source)
        return bool(enabled) if entry.sync is None else entry.sync in enabled

    def _of_source(self, source: str) -> set[str]:
        if source not in self._by_source:
            found = self._syncs.of_source(self._tenant, source)
            self._by_source[source] = {sync.id for sync in found if sync.pushes}
        return self._by_source[source]
