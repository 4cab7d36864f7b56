"""Say what would be done with a change: the match, each field's decision, the request. Claims nothing, writes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from causeway.domain.changes import Change
from causeway.domain.claims import Home, content_hash
from causeway.domain.describe import SObjectDescribe
from causeway.domain.gates import gate_of
from causeway.domain.messages import message_json, parse_message
from causeway.domain.org_calls import Save
from causeway.domain.syncs import Sync
from causeway.domain.told import outcome_json
from causeway.errors import InvalidRequest, NotConnected
from causeway.services.push_claims import HeldClaims
from causeway.services.push_decide import Deciding
from causeway.services.push_describes import optional
from causeway.services.push_ports import Claims, Connections, LastSyncedValues, Org, Task
from causeway.services.push_reads import read_view
from causeway.services.push_targets import Target, settle_without_write
from causeway.services.push_two_way import TwoWay
from causeway.services.push_wishes import about_key, settle_identity, wish_of

READ_S = 20.0
METHODS = {"create": "POST", "update": "PATCH", "upsert": "PATCH"}


@dataclass(frozen=True, slots=True)
class DryRunPorts:
    """What a dry run reads."""

    connections: Connections
    described: Callable[[str, str], SObjectDescribe]
    org: Callable[[str], Org]
    claims: Claims
    synced: LastSyncedValues
    now_ms: Callable[[], int]
    quota_share_percent: int = 80


def dry_run(tenant: str, sync: Sync, body: Mapping[str, Any], ports: DryRunPorts) -> dict[str, Any]:
    """
    Return what pushing the change `body` (contracts.md §1) for `sync` would do now, even while the sync is disabled.

    Costs one API call. Raises InvalidRequest for a change that breaks its contract, NotConnected when the tenant's gate is
    closed, and what the org's read raises.
    """
    change = _change(tenant, sync, body, ports.now_ms())
    connection = ports.connections.get(tenant)
    gate = gate_of(connection, ports.quota_share_percent, ports.now_ms())
    if not gate.is_open:
        raise NotConnected(gate.detail, gate.remedy)
    describe = ports.described(tenant, sync.sobject)
    task = Task(change, sync, "dry-run", content=content_hash(change))
    settle_identity(task, describe)
    claims = HeldClaims(tenant, connection.org_id, ports.claims)
    claims.peek([task])
    key = about_key(task)
    wish = wish_of(task, describe, claims.homes, claims.links_of({key} if key else ()))
    described = optional(lambda sobject: ports.described(tenant, sobject))
    view = read_view([wish], described, lambda lookups: ports.org(tenant).read(lookups, READ_S), ports.now_ms)
    deciding = Deciding(view, described)
    deciding.sort([wish])
    targets = deciding.targets.values()
    two_way = TwoWay(tenant, connection.org_id, ports.synced)
    homes = {target.record_id: task.homes[0] for target in targets if target.record_id}
    deciding.plan(claims.homes, homes, two_way.bases(targets))
    return _told(task, next(iter(deciding.targets.values()), None))


def _change(tenant: str, sync: Sync, body: Mapping[str, Any], now_ms: int) -> Change:
    message = parse_message(json.dumps(message_json(tenant, sync.source, [dict(body)])), now_ms)
    if message.refused:
        raise InvalidRequest(message.refused[0].reason, "Send one change in the shape of docs/messages.md.")
    return message.changes[0]


def _told(task: Task, target: Target | None) -> dict[str, Any]:
    if target is None or target.plan is None or settle_without_write(target, Home()):
        outcome = outcome_json(task.outcome) if task.outcome else {}
        return {**outcome, "fields": _fields(target), "request": None}
    member = target.members[0]
    warnings = (*member.match.warnings, *member.wanted.warnings, *member.warnings, *target.plan.warnings)
    return {
        "key": task.change.key,
        "sync": task.sync.id,
        "sobject": target.sobject,
        "result": "updated" if target.record_id else "created",
        "code": None,
        "detail": None,
        "remedy": None,
        "salesforce_id": target.record_id,
        "fields_written": list(target.plan.values),
        "warnings": [asdict(warning) for warning in warnings],
        "candidates": [asdict(candidate) for candidate in member.match.candidates],
        "data": member.data,
        "signals": list(member.wish.rules.signals_of(member.wish.given)),
        "fields": _fields(target),
        "request": _request(target.save()),
    }


def _fields(target: Target | None) -> list[dict[str, Any]]:
    return [asdict(decision) for decision in target.plan.fields.decisions] if target and target.plan else []


def _request(save: Save) -> dict[str, Any]:
    kind, _, allow_duplicates, assign = save.kind
    return {
        "method": METHODS[kind],
        "sobject": save.sobject,
        "id": save.record_id,
        "external_id_field": save.external_id,
        "values": dict(save.values),
        "allow_duplicates": allow_duplicates,
        "run_assignment_rules": assign,
    }
