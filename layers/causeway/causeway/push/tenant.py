"""Settle one tenant's part of a batch: gate, claim, read once, decide, save, remember."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from causeway.connections.connection import Connection
from causeway.connections.gates import Gate, gate_after, gate_of
from causeway.contract.changes import Change
from causeway.contract.messages import Delivery
from causeway.contract.outcomes import Outcome, Result
from causeway.errors import CausewayError, NotConnected, OrgRefused, RetryableError
from causeway.push.deciding.decide import Decisions, decide
from causeway.push.deciding.deferred import settle_deferred
from causeway.push.deciding.dependencies import STANDS_FOR, reopen_dependents, wait_for_people
from causeway.push.deciding.describes import Describes
from causeway.push.deciding.planning.planned_records import PlannedRecord
from causeway.push.deciding.planning.plans import plan_records
from causeway.push.deciding.planning.settling import settle_without_write
from causeway.push.deciding.prepare import PreparedTask, about_key, prepare, settle_identifier
from causeway.push.deciding.reading.view import read_view
from causeway.push.memory.claims.held import HeldClaims, finish_claims
from causeway.push.memory.claims.owners import own_records
from causeway.push.memory.claims.reading import linked_people
from causeway.push.memory.claims.recovery import recover
from causeway.push.memory.claims.scope import ClaimScope
from causeway.push.memory.claims.taking import take_claims
from causeway.push.memory.hashes import content_hash
from causeway.push.memory.links import RememberedKey, link_email, link_record
from causeway.push.memory.outcome_json import kept_outcome
from causeway.push.memory.pending_creates import forget_create
from causeway.push.memory.settled_changes import Settled, remember_data, settle_change
from causeway.push.memory.two_way import Base
from causeway.push.outcomes.created_ids import add_created_ids
from causeway.push.outcomes.resolved import remember_refused
from causeway.push.ports import Deadline, Org, PushPorts
from causeway.push.saving.parent_names import ParentPorts, create_named_parents
from causeway.push.saving.parents import CreatedParents, Place, create_parents
from causeway.push.saving.pending import SaveProgress
from causeway.push.saving.sending import MOST_CALL_S, SavePorts
from causeway.push.saving.writes import save_records
from causeway.push.tasks import Settlement, Task
from causeway.push.time_budget import Budget
from causeway.push.two_way_bases import read_bases, remember_synced
from causeway.salesforce.calls import Lookup, Row
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.sync import Sync

MAX_PASSES = 3  # records that changed after they were read, and those that duplicate rules named, are read again
EPOCH_KNOWN_MS = 5_000  # how long a connection's epoch is believed before a write
STALE_WAIT_MS = 3_000
NOT_BEGUN_MS = 1_000  # after this, what was not begun for lack of time comes back
DESCRIBED_AGAIN_MS = 30_000  # an sObject that was described anew just now is not until then
READ_S = 60.0

type Arrived = tuple[Change, str, Delivery]  # a change, its message's id, its message


class TenantPush:
    """One tenant's changes of one batch; `settle` returns what became of them."""

    def __init__(self, tenant: str, ports: PushPorts, deadline: Deadline) -> None:
        self._tenant, self._ports, self._budget = tenant, ports, Budget(deadline)
        self._by_source: dict[str, list[Sync]] = {}
        self._connection: Connection
        self._connection_read_ms = 0
        self._org: Org | None = None
        self._calls_before = 0
        self._describes = Describes(tenant, ports)

    def settle(self, arrived: Iterable[Arrived]) -> Settlement:
        """Give every change an outcome for each enabled sync of its source, or its message back."""
        done = Settlement()
        gate = self._gate()
        for change, message_id, sent in arrived:
            syncs = [sync for sync in self._syncs(change.source) if sent.concerns(change.position, sync.id)]
            content, parked = content_hash(change) if syncs else "", bool(sent.syncs)
            done.tasks += [Task(change, sync, message_id, sent.redriven, content, lies_parked=parked) for sync in syncs]
            if not syncs and not parked:
                done.loose.append((change, message_id, _without_sync(change, gate)))
        if done.tasks:
            self._run(done.tasks, gate)
        done.api_calls = (self._org.api_calls if self._org else 0) - self._calls_before
        return done

    def _gate(self) -> Gate:
        self._connection = self._ports.connections.get(self._tenant)
        self._connection_read_ms = self._ports.now_ms()
        return gate_of(self._connection, self._ports.quota_share_percent, self._ports.now_ms())

    def _syncs(self, source: str) -> list[Sync]:
        """Return the syncs that changes of a source flow through, as they are when the batch begins."""
        if source not in self._by_source:
            found = self._ports.syncs.of_source(self._tenant, source)
            self._by_source[source] = [sync for sync in found if sync.pushes]
        return self._by_source[source]

    def _run(self, tasks: list[Task], gate: Gate) -> None:
        if not gate.is_open:
            self._wait(tasks, gate)
            return
        try:
            self._org = self._ports.org(self._tenant)
            self._calls_before = self._org.api_calls
            self._parts(tasks)
        except CausewayError as error:
            self._stop(tasks, error)

    def _parts(self, tasks: list[Task]) -> None:
        """Settle people first, then what may concern them; as many changes at a time as fit the time, the others come back."""
        people = [task for task in tasks if task.sync.sobject in PEOPLE]
        others = [task for task in tasks if task.sync.sobject not in PEOPLE]
        for kind in (people, others):
            wait_for_people(kind, people)
            by_change: dict[int, list[Task]] = {}
            for task in (task for task in kind if task.is_open):
                by_change.setdefault(id(task.change), []).append(task)
            waiting = list(by_change.values())
            while waiting and (most := self._budget.changes()):
                began_ms = self._ports.now_ms()
                part, waiting = waiting[:most], waiting[most:]
                self._passes([task for found in part for task in found])
                self._budget.note(len(part), self._ports.now_ms() - began_ms)
            for task in (task for found in waiting for task in found):
                task.redeliver(self._ports.now_ms() + NOT_BEGUN_MS)

    def _stop(self, tasks: list[Task], error: CausewayError) -> None:
        """What is still open waits behind a closed gate, or is given back."""
        gate = error.gate if isinstance(error, _Closed) else gate_after(error, self._ports.now_ms())
        if gate is not None and not gate.is_open:
            self._wait([task for task in tasks if task.is_open], gate)
        for task in [task for task in tasks if task.is_open]:
            if isinstance(error, (RetryableError, _Closed)):
                task.redeliver()
            elif isinstance(error, OrgRefused):
                task.settle(Result.REJECTED, f"salesforce:{error.org_code}", **_refusal(error, task.sync))
            else:
                task.settle(Result.REJECTED, error.code, detail=error.message, remedy=error.remedy)

    def _wait(self, tasks: list[Task], gate: Gate) -> None:
        """Keep message by message as many as fit the time, one at least; a backlog of one tenant must not use up the batch of all."""
        messages: dict[str, list[Task]] = {}
        for task in tasks:
            messages.setdefault(task.message_id, []).append(task)
        left = self._budget.kept()
        for place, members in enumerate(messages.values()):
            for task in members:
                if left >= len(members) or place == 0 or gate.retry_when is None:
                    task.wait(gate)
                else:
                    task.redeliver(self._ports.now_ms() + NOT_BEGUN_MS)
            left -= len(members)

    def _passes(self, tasks: list[Task]) -> None:
        for _ in range(MAX_PASSES):
            waiting = [task for task in tasks if task.is_open]
            if not waiting:
                return
            self._pass(waiting)
        for task in tasks:
            if task.is_open:
                task.redeliver()

    def _pass(self, tasks: list[Task]) -> None:
        describes = self._describes.of(tasks)
        claims = HeldClaims(ClaimScope(self._tenant, self._connection.org_id, self._ports.claims))
        for task in tasks:
            if task.is_open:
                settle_identifier(task, describes[task.sync.sobject])
        apart: list[Task] = []
        try:
            take_claims(claims, [task for task in tasks if task.is_open], self._ports.now_ms())
            self._settle_claimed(tasks, claims, describes)
        except OrgRefused as error:
            if self._describes.field_refused and len({task.sync.id for task in tasks if task.is_open}) > 1:
                apart = [task for task in tasks if task.is_open]
            elif self._describes.field_refused and self._describes.is_outdated(error):
                for task in tasks:
                    if task.is_open:
                        task.redeliver(self._ports.now_ms() + DESCRIBED_AGAIN_MS)
            elif self._describes.field_refused:
                self._stop(tasks, error)
            self._describes.field_refused = True  # a field may be gone: describe anew, and try once more
        except CausewayError as error:
            self._stop(tasks, error)
        # Any other exception leaves the claims to their leases: it is unknown what was sent.
        self._finish(tasks, claims)
        for sync in dict.fromkeys(task.sync.id for task in apart):  # one sync that can not be read for stops no other
            self._pass([task for task in apart if task.sync.id == sync and task.is_open])

    def _settle_claimed(self, tasks: list[Task], claims: HeldClaims, describes: Mapping[str, SObjectDescribe]) -> None:
        waiting = [task for task in tasks if task.is_open]
        if not waiting:
            return
        recover(claims, self._describes.visible, self._read)
        people = linked_people(claims.scope, {key for task in waiting if (key := about_key(task))})
        prepared_tasks = [prepare(task, describes[task.sync.sobject], claims.entities, people) for task in waiting]
        described = self._describes.visible
        view = read_view(prepared_tasks, described, self._read, self._ports.now_ms, self._describes.is_described)
        decisions = decide(prepared_tasks, view, described)
        bases: dict[str, Base] = {}
        try:
            self._save_decided(decisions, claims, view.read_started_ms, bases)
        except CausewayError:
            self._remember(prepared_tasks, decisions, claims, bases)  # what was saved before a later call failed
            raise
        self._remember(prepared_tasks, decisions, claims, bases)

    def _save_decided(
        self, decisions: Decisions, claims: HeldClaims, read_started_ms: int, bases: dict[str, Base]
    ) -> None:
        """Claim the records that were matched, make missing parents, then save what is left to write."""
        planned_records = decisions.planned_records
        owned = self._own(planned_records, claims, read_started_ms)
        self._create_parents(planned_records, read_started_ms, claims)
        bases |= read_bases(self._tenant, self._connection.org_id, self._ports.synced, planned_records)
        plan_records(planned_records, claims.entities, owned, bases)
        planned = [planned for planned in planned_records if planned.plan and planned.is_open]
        to_save = [planned for planned in planned if not settle_without_write(planned, claims.entities[planned.entity])]
        self._save(to_save, claims)
        for deferred in decisions.deferred:
            settle_deferred(deferred)

    def _remember(
        self, prepared_tasks: list[PreparedTask], decisions: Decisions, claims: HeldClaims, bases: Mapping[str, Base]
    ) -> None:
        planned_records = decisions.planned_records
        remember_synced(self._tenant, self._connection.org_id, self._ports.synced, planned_records, bases)
        add_created_ids(prepared_tasks, decisions.groups)
        reopen_dependents([prepared.task for prepared in prepared_tasks])
        self._link(prepared_tasks, claims)

    def _create_parents(
        self, planned_records: Iterable[PlannedRecord], read_started_ms: int, claims: HeldClaims
    ) -> None:
        def creating(names: Mapping[Place, str]) -> CreatedParents:
            self._may_write()
            time_s = self._budget.call_s(MOST_CALL_S)
            now_ms, held = self._ports.now_ms(), claims.entities
            return create_named_parents(
                names, ParentPorts(claims.scope, self._the_org, time_s, read_started_ms, now_ms, held)
            )

        create_parents(planned_records, creating)

    def _own(
        self, planned_records: Iterable[PlannedRecord], claims: HeldClaims, read_started_ms: int
    ) -> dict[str, str]:
        """Claim the matched records, so that two keys of one person meet; a record that another holds gives its tasks back."""
        desired = {planned.record_id: planned.entity for planned in planned_records if planned.record_id}
        owned = own_records(claims, desired, read_started_ms)
        for planned in planned_records:
            if planned.record_id and planned.record_id not in owned:
                for contribution in planned.contributions:
                    contribution.prepared.task.redeliver(self._ports.now_ms() + STALE_WAIT_MS)
            elif planned.record_id:
                for contribution in planned.contributions:
                    contribution.prepared.task.needs(owned[planned.record_id])
        return owned

    def _read(self, lookups: list[Lookup]) -> list[list[Row]]:
        return self._the_org.read(lookups, self._budget.call_s(READ_S))

    @property
    def _the_org(self) -> Org:
        if self._org is None:
            raise NotConnected("No Salesforce org is connected.", "Connect one.")
        return self._org

    def _save(self, planned_records: list[PlannedRecord], claims: HeldClaims) -> None:
        if not planned_records:
            return
        ports = self._ports
        save_ports = SavePorts(
            self._tenant, self._the_org, ports.batch_size, self._budget, ports.now_ms, self._may_write
        )
        progress = SaveProgress(claims)
        try:
            save_records(planned_records, save_ports, progress)
        finally:
            self._describes.field_refused = self._describes.field_refused or progress.describes_outdated

    def _may_write(self) -> None:
        """Look at the connection again before a write: one deauthorized or reconnected since the batch began gets none."""
        if self._ports.now_ms() - self._connection_read_ms < EPOCH_KNOWN_MS:
            return
        before = self._connection.epoch
        gate = self._gate()
        if not gate.is_open or self._connection.epoch != before:
            raise _Closed(gate)

    def _link(self, prepared_tasks: Iterable[PreparedTask], claims: HeldClaims) -> None:
        """Remember for every settled task its outcome, the record its key stands for, and the data told of it."""
        for prepared in prepared_tasks:
            task = prepared.task
            outcome = task.outcome
            if outcome is None or task.redelivered or outcome.result is Result.WAITING:
                continue
            entity = claims.entities[task.entities[0]]
            forget_create(entity, task.sync.sobject, task.memory_key)
            if outcome.salesforce_id and outcome.result is not Result.REJECTED:
                sobject = STANDS_FOR.get(outcome.code or "", task.sync.sobject)
                link_record(
                    entity,
                    RememberedKey(task.memory_key, task.change.source, task.change.key),
                    sobject,
                    outcome.salesforce_id,
                )
                if task.holds_other_email and task.email:
                    link_email(claims.entities[task.shared_entity], task.email, sobject, outcome.salesforce_id)
            kept = kept_outcome(outcome)
            settled = Settled(task.change.occurred_at_ms, task.content, task.sync.revision, kept)
            task.resolves = settle_change(entity, task.memory_key, task.sync.id, settled)
            if outcome.data:
                remember_data(entity, task.memory_key, outcome.data)

    def _finish(self, tasks: list[Task], claims: HeldClaims) -> None:
        """Store the memory; what could not be stored is not done: its messages come back."""
        remember_refused(tasks, claims.entities)
        held = set(claims.entities)
        stored = finish_claims(claims)
        for task in tasks:
            if task.outcome is not None and not task.recognized and not held.intersection(task.entities) <= stored:
                task.outcome = None
                task.redeliver()


class _Closed(CausewayError):
    """The connection changed while the batch ran."""

    code = "connection_changed"

    def __init__(self, gate: Gate) -> None:
        super().__init__(gate.detail or "The connection changed while the batch ran.", gate.remedy)
        self.gate = gate


def _refusal(error: OrgRefused, sync: Sync) -> dict[str, str]:
    """Return what is told of a read that Salesforce refused; of the statement it quotes, the last line says why."""
    why = error.message.strip().rpartition("\n")[2]
    return {
        "detail": f"Salesforce refused to read what the sync {sync.id} needs: {why}",
        "remedy": "Correct the sync's mappings, condition and signals, or give the connected user the fields; then redrive.",
    }


def _without_sync(change: Change, gate: Gate) -> Outcome:
    if not gate.is_open and gate.code == "not_connected":
        return Outcome(change.key, Result.SKIPPED, code=gate.code, detail=gate.detail, remedy=gate.remedy)
    return Outcome(
        change.key,
        Result.SKIPPED,
        code="no_sync",
        detail="No enabled push sync takes changes of this source.",
        remedy="Save a sync for the source and enable it; changes that arrive afterwards are pushed.",
    )
