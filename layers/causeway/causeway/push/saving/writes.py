"""Save the planned records in as few calls as the org can take, and settle what each answer means."""

from __future__ import annotations

from collections.abc import Callable

from causeway.contract.outcomes import Result
from causeway.push.deciding.planning.merging import remember
from causeway.push.deciding.planning.planned_records import PlannedRecord
from causeway.push.deciding.planning.settling import settle_contributions, settle_superseded
from causeway.push.memory.claims.held import HeldClaims, note_creates
from causeway.push.memory.claims.owners import own_created
from causeway.push.memory.field_times import assign_rejected_values
from causeway.push.memory.pending_creates import PendingCreate
from causeway.push.ports import BatchSize, Org
from causeway.push.saving.refusals import PASSING, Pending, Refusals
from causeway.push.time_budget import Budget
from causeway.salesforce.calls import MAX_SINGLES_PER_CALL, Collection, Saved, SaveError, collections_of

MAX_TRIES = 3  # of one record that another transaction locks
MAX_ROUNDS = 12  # a collection of 200 is halved eight times until the record to blame stands alone
MOST_CALL_S = 90.0
ONE_BY_ONE_MS = 1_000


class Saving:
    """Saves one pass's planned records. Raises what closes the tenant's gate, after noting which planned records were sent already."""

    def __init__(
        self,
        tenant: str,
        org: Org,
        claims: HeldClaims,
        batch_size: BatchSize,
        budget: Budget,
        now_ms: Callable[[], int],
    ) -> None:
        self._tenant, self._org, self._claims, self._batch_size = tenant, org, claims, batch_size
        self._budget, self._now_ms = budget, now_ms
        self._refusals = Refusals(claims)
        self._created: dict[str, str] = {}
        self._groups = 0

    @property
    def refreshes(self) -> bool:
        """Tell whether a refusal showed that a describe is outdated."""
        return self._refusals.refreshes

    def run(self, planned_records: list[PlannedRecord], may_write: Callable[[], None]) -> None:
        """Save everything that can be saved in the time left; `may_write` is asked before each call and raises when not."""
        pending = self._noted([Pending(planned, planned.save()) for planned in planned_records])
        try:
            for _ in range(MAX_ROUNDS):
                if not pending:
                    return
                pending = self._round(pending, may_write)
            self._redeliver(pending)
        finally:
            own_created(self._claims, self._created)

    def _noted(self, pending: list[Pending]) -> list[Pending]:
        """
        Note every create before it is sent, and return what may be sent; upserts by external ID need no such care.

        An entity notes one create of an sObject: another one under it, of somebody else, comes back a moment later.
        """
        creates: dict[tuple[str, str], Pending] = {}
        later: list[Pending] = []
        for item in pending:
            if item.save.record_id is None and item.save.external_id is None:
                place = (item.planned.entity, item.planned.sobject)
                if creates.setdefault(place, item) is not item:
                    later.append(item)
        now_ms = self._now_ms()
        noted = {place: PendingCreate(item.save.values, now_ms, item.planned.keys()) for place, item in creates.items()}
        stored = note_creates(self._claims, noted) if noted else set()
        entities = {entity for entity, _ in creates} - stored
        self._redeliver(later, now_ms + ONE_BY_ONE_MS)
        self._redeliver([item for item in pending if item.planned.entity in entities])
        return [item for item in pending if item.planned.entity not in entities and item not in later]

    def _round(self, pending: list[Pending], may_write: Callable[[], None]) -> list[Pending]:
        """Send every pending record once; return those to send again."""
        groups: dict[int, list[Pending]] = {}
        for item in pending:
            groups.setdefault(item.group, []).append(item)
        collections = [
            [contributions[place] for place in places]
            for contributions in groups.values()
            for places in collections_of([item.save for item in contributions])
        ]
        redelivered: list[Pending] = []
        while collections:
            if not self._budget.allows_call():
                self._redeliver([item for collection in collections for item in collection])
                return redelivered
            now = collections[: self._most(collections)]
            collections = collections[len(now) :]
            may_write()
            for items, results in zip(now, self._send(now), strict=True):
                redelivered += self._settled(items, results)
        return redelivered

    def _most(self, collections: list[list[Pending]]) -> int:
        """Return how many of the next ones share a call: as many as the org's pace allows, or a full one of those that go alone."""
        alone = [items[0].save.alone for items in collections]
        if alone[0]:
            return min(MAX_SINGLES_PER_CALL, [*alone, False].index(False))
        return min(self._batch_size.collections(self._tenant), [*alone, True].index(True))

    def _send(self, collections: list[list[Pending]]) -> list[list[Saved]]:
        timeout_s = self._budget.call_s(MOST_CALL_S)
        began_ms = self._now_ms()
        sent = [Collection(tuple(item.save for item in items)) for items in collections]
        results = self._org.save(sent, timeout_s)
        self._batch_size.note(self._tenant, sum(map(len, collections)), self._now_ms() - began_ms)
        return results

    def _settled(self, items: list[Pending], results: list[Saved]) -> list[Pending]:
        if len(items) > 1 and results and results[0].whole:
            return self._halved(items)
        return [
            redelivered
            for item, saved in zip(items, results, strict=True)
            if (redelivered := self._settle(item, saved))
        ]

    def _halved(self, items: list[Pending]) -> list[Pending]:
        middle = len(items) // 2
        for half in (items[:middle], items[middle:]):
            self._groups += 1
            for item in half:
                item.group = self._groups
        return items

    def _settle(self, item: Pending, saved: Saved) -> Pending | None:
        """Settle one record's tasks; return it when it is to be sent again."""
        match saved.certainty:
            case "saved":
                self._done(item, saved)
            case "unknown":
                self._hold(item.planned)
            case "not_applied":
                return self._tried_again(item)
            case "refused" if saved.error is not None:
                return self._refused(item, saved.error)
        return None

    def _done(self, item: Pending, saved: Saved) -> None:
        self._refusals.note_suspects(item)
        planned = item.planned
        record_id = planned.record_id or str(saved.record_id)
        plan = planned.plan
        if plan is None:
            return
        entity = self._claims.entities[planned.entity]
        if planned.record_id is None:
            self._created[record_id] = planned.entity
            assign_rejected_values(entity, planned.sobject, record_id)
        remember(planned.merged, plan, entity, record_id)
        settle_superseded(planned)
        settle_contributions(planned, Result.CREATED if saved.created else Result.UPDATED, record_id)

    def _hold(self, planned: PlannedRecord) -> None:
        """Never free a claim under which something may still land; its messages come back later."""
        self._claims.unknown.add(planned.entity)
        for contribution in planned.contributions:
            self._claims.unknown.update(contribution.prepared.task.entities)
            if contribution.prepared.task.is_open:
                contribution.prepared.task.redeliver()

    def _redeliver(self, pending: list[Pending], at_ms: int = 0) -> None:
        for item in pending:
            for contribution in item.planned.contributions:
                if contribution.prepared.task.is_open:
                    contribution.prepared.task.redeliver(at_ms)

    def _tried_again(self, item: Pending) -> Pending | None:
        item.tries += 1
        if item.tries >= MAX_TRIES:
            self._redeliver([item])
            return None
        self._groups += 1
        item.group = self._groups
        return item

    def _refused(self, item: Pending, error: SaveError) -> Pending | None:
        lost_race = error.code == "DUPLICATE_VALUE" and item.save.external_id and not item.tries  # of two upserts
        if lost_race or error.code in PASSING:
            return self._tried_again(item)
        return self._refusals.answer(item, error)
