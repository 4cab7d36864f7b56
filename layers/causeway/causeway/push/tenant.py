"""Push one tenant's changes of a batch: gate, claim, read, decide, save, remember, publish."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from causeway.connections.gates import Gate
from causeway.errors import CausewayError
from causeway.push.context import OrgContext, PushContext, read_context
from causeway.push.deciding.decide import decide
from causeway.push.deciding.identifying import LinksOf, about_key, settle_identifiers
from causeway.push.deciding.prepare import PreparedTask, prepare
from causeway.push.deciding.reading.view import View, read_view
from causeway.push.faults.apart import parts_after, reopen
from causeway.push.faults.crashes import each_alone, is_ours
from causeway.push.interruptions import interrupt, interrupt_pass, wait_for_gate
from causeway.push.memory.claims.held import HeldClaims
from causeway.push.memory.claims.makers import hold_makers, settle_makers
from causeway.push.memory.claims.reading import linked_people
from causeway.push.memory.claims.recovery import recover
from causeway.push.memory.claims.taking import take_claims
from causeway.push.outcomes.awaited_people import await_people
from causeway.push.outcomes.publish import publish_outcomes
from causeway.push.outcomes.remember import remember_outcomes, store_memory
from causeway.push.pacing.gather import gather
from causeway.push.parts import parts_in_time
from causeway.push.ports import Deadline, PushPorts
from causeway.push.receiving import receive_changes
from causeway.push.saving.decisions import save_decisions
from causeway.push.tasks import Arrived, Settlement, Task, open_tasks
from causeway.salesforce.describe import SObjectDescribe

MAX_PASSES = 3  # records that changed after they were read, and those that duplicate rules named, are read again

type DescribesBySObject = Mapping[str, SObjectDescribe]


def push_tenant(tenant: str, arrived: Iterable[Arrived], ports: PushPorts, deadline: Deadline) -> Settlement:
    """
    Give every change an outcome for each enabled sync of its source, or redeliver its message; then publish the outcomes.

    Raises RetryableError when something was not read or published; everything may safely be pushed again.
    """
    context = read_context(tenant, ports.watched(), deadline)
    gate = context.gate()
    received = list(arrived)
    settlement = receive_changes(tenant, received, ports.syncs, gate, ports.person_wait_ms)
    settlement.id = context.settlement
    _note_arrival(context, received)
    taken = gather(context, settlement, received, gate)
    try:
        settlement.api_calls = _settle(context, open_tasks(settlement.tasks), gate)
        publish_outcomes(tenant, settlement, ports)
        taken.finish()
    except Exception:
        taken.give_up()
        raise
    _keep_record_sizes(context)
    return settlement


def _note_arrival(context: PushContext, arrived: Sequence[Arrived]) -> None:
    """Count the batch for the rate at which the tenant's changes arrive, unless all of it came before."""
    if any(each.delivery.receives == 1 for each in arrived):
        context.ports.note_arrival(context.tenant)


def _keep_record_sizes(context: PushContext) -> None:
    """Keep how many records the org was found to bear at once, so that the next batch begins there."""
    sizes = context.ports.batch_size.learned(context.tenant)
    if sizes is not None:
        context.ports.connections.note_record_sizes(context.tenant, context.connection.org_id, sizes)


def _settle(context: PushContext, tasks: list[Task], gate: Gate) -> int:
    """Settle the tasks part by part, or let them wait for the gate; return the API calls that it took."""
    if not tasks:
        return 0
    if not gate.is_open:
        wait_for_gate(context, tasks, gate)
        return 0
    try:
        org = context.ports.org(context.tenant)
    except CausewayError as error:
        interrupt(context, tasks, error)
        return 0
    before = org.api_calls
    _settle_parts(OrgContext(context, org), tasks)
    return org.api_calls - before


def _settle_parts(context: OrgContext, tasks: list[Task]) -> None:
    try:
        for part in parts_in_time(tasks, context.push.budget, context.push.now_ms):
            _settle_part(context, part)
    except CausewayError as error:
        interrupt(context.push, tasks, error)


def _settle_part(context: OrgContext, tasks: list[Task]) -> None:
    """Pass over what is open until nothing is, a few times at most; what is open then is redelivered."""
    for _ in range(MAX_PASSES):
        if waiting := open_tasks(tasks):
            _run_pass(context, waiting)
    for task in open_tasks(tasks):
        task.redeliver()


def _run_pass(context: OrgContext, tasks: list[Task]) -> None:
    """Run one pass, and store what it remembers whether or not an error ended it; then settle apart what it stopped."""
    describes = context.push.describes.of(tasks)
    claims = HeldClaims(context.push.scope)
    apart: list[list[Task]] = []
    try:
        _pass(context, claims, open_tasks(tasks), describes)
    except Exception as error:  # noqa: BLE001  # raised again unless it is a matter of some changes, or for people
        apart = _parts_after(context, claims, tasks, error)
    store_memory(tasks, claims)
    for part in apart:
        if waiting := open_tasks(part):
            _run_pass(context, waiting)


def _parts_after(context: OrgContext, claims: HeldClaims, tasks: Sequence[Task], error: Exception) -> list[list[Task]]:
    """Return the parts in which to settle what an error of one pass left open. Raises a defect of a service's gateway again."""
    if is_ours(error):
        if not claims.are_remembered:
            reopen(tasks)
        return parts_after(tasks, error, claims.unknown)
    if isinstance(error, CausewayError):
        return interrupt_pass(context.push, tasks, error)
    raise error  # the claims are left to their leases: it is unknown what was sent


def _pass(context: OrgContext, claims: HeldClaims, tasks: list[Task], describes: DescribesBySObject) -> None:
    """Settle what can be settled of the tasks in one pass. Raises what stopped it, after remembering what was saved before."""
    looked_ms = context.push.now_ms()
    people = linked_people(claims.scope, {key for task in tasks if (key := about_key(task))})
    claimed = _claim(context, claims, tasks, people)
    if not claimed:
        return
    prepared_tasks = _prepare(context, claims, claimed, describes, people)
    view = _read(context, prepared_tasks)
    decisions = decide(prepared_tasks, view, context.push.describes.visible)
    await_people(context.push, claims, decisions.awaiting, looked_ms)
    saved = save_decisions(context, claims, decisions, view.read_started_ms)
    remember_outcomes(context.push, claims, prepared_tasks, decisions, saved.bases)
    if saved.error is not None:
        raise saved.error


def _claim(context: OrgContext, claims: HeldClaims, tasks: Sequence[Task], people: LinksOf) -> list[Task]:
    """Claim the entities of the tasks; return the tasks that hold all of theirs, and were not settled before."""
    settle_identifiers(tasks, context.push.describes.visible, people)
    take_claims(claims, open_tasks(tasks), context.push.now_ms())
    return open_tasks(tasks)


def _prepare(
    context: OrgContext, claims: HeldClaims, tasks: Sequence[Task], describes: DescribesBySObject, people: LinksOf
) -> list[PreparedTask]:
    """Find what workers that died created, and work out what can be known of the tasks before the read."""
    away = hold_makers(claims, context.push.now_ms())
    recover(claims, context.push.describes.visible, context.read)
    settle_makers(claims)
    for task in tasks:
        if task.shared_entity in away:
            task.redeliver(away[task.shared_entity])
    prepared = each_alone(
        open_tasks(tasks),
        lambda task: task,
        lambda task: prepare(task, describes[task.sync.sobject], claims.entities, people),
    )
    return list(prepared)


def _read(context: OrgContext, prepared_tasks: list[PreparedTask]) -> View:
    describes = context.push.describes
    return read_view(prepared_tasks, describes.visible, context.read, context.push.now_ms, describes.is_described)
