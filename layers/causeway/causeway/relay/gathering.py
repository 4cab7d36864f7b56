"""
Take the hints of one org: bring forward the pulls of the syncs whose sObjects changed, once for all hints of some seconds.

A hint may be late, doubled or lost. Late and doubled ones cost a pull that finds nothing; for lost ones the schedule goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from causeway.connections.gates import YIELD_PERCENT, gate_of, share_percent
from causeway.errors import CausewayError
from causeway.pull.jobs import RELAY, PullJob
from causeway.relay.hints import Hint
from causeway.relay.pacing import Budget, budget_of, next_pull
from causeway.relay.ports import HintPorts
from causeway.syncs.sync import Sync

SOON_MS = 60_000  # what is later is left to the schedule's own clock, which ticks every minute
ATTEMPTS = 5


def take_hints(org_id: str, hints: Iterable[Hint], ports: HintPorts) -> int:
    """
    Plan the pulls that an org's hints ask for and return how many.

    What Causeway wrote itself is no hint. Tenants that are not connected to this org (any more), or whose quota is spent, plan
    nothing. Raises StoreUnavailable: the hints are taken again then.
    """
    changed = {hint.sobject for hint in hints if not hint.is_own}
    if not changed:
        return 0
    return sum(_hinted(tenant, org_id, changed, ports) for tenant in ports.relays.tenants_of(org_id))


def _hinted(tenant: str, org_id: str, changed: Set[str], ports: HintPorts) -> int:
    connection = ports.connections.get(tenant)
    if connection.org_id[:15] != org_id:
        return 0
    ports.relays.heard(org_id, tenant, ports.now_ms())
    if not gate_of(connection, ports.quota_share_percent, ports.now_ms(), yielded=YIELD_PERCENT).is_open:
        return 0
    pulling = list(hinted_syncs(ports.syncs.list(tenant)))
    percent = share_percent(connection, ports.quota_share_percent, YIELD_PERCENT)
    budget = budget_of(connection.usage, percent, len(pulling))
    return sum(_planned(tenant, sync.id, budget, ports) for sync in pulling if sync.sobject.lower() in changed)


def hinted_syncs(syncs: Iterable[Sync]) -> Iterator[Sync]:
    """Yield the syncs that hints bring forward: enabled ones that pull by a schedule which is not paused."""
    for sync in syncs:
        if sync.enabled and sync.pulls and not sync.pull.schedule.paused:
            yield sync


def _planned(tenant: str, sync: str, budget: Budget, ports: HintPorts) -> bool:
    """Plan the sync's pull unless one is planned that reads this change; another worker may plan at the same time."""
    for _ in range(ATTEMPTS):
        before = ports.relays.planned(tenant, sync)
        after = next_pull(before, ports.now_ms(), budget)
        if after is None:
            return False
        if ports.relays.plan(tenant, sync, before, after):
            try:
                _queue(tenant, sync, after.at_ms, ports)
            except CausewayError:
                ports.relays.plan(tenant, sync, after, before)  # or the hint would count as taken
                raise
            return True
    return False  # the others' plans are as young as this hint


def _queue(tenant: str, sync: str, at_ms: int, ports: HintPorts) -> None:
    delay_ms = at_ms - ports.now_ms()
    if delay_ms > SOON_MS:
        ports.due.bring_forward(tenant, sync, at_ms)
    else:
        ports.jobs.enqueue(PullJob(tenant, sync, trigger=RELAY, due_ms=at_ms), max(0, -(-delay_ms // 1000)))
