"""Switches a tenant's syncs off when it changes to another org, until they pass the save check there."""

from __future__ import annotations

from typing import Final, Protocol

from causeway.errors import Conflict
from causeway.syncs.sync import Problem, Sync

_ATTEMPTS: Final = 5
ORG_CHANGED: Final = Problem(
    level="warning",
    code="org_changed",
    message="The tenant was connected to another Salesforce org, so this sync was switched off. Check its mappings and enable it again.",
)


class Syncs(Protocol):
    """Stored syncs: see gateways/dynamodb/config/syncs.py."""

    def list(self, tenant: str) -> list[Sync]: ...
    def put(self, tenant: str, sync: Sync, *, expected_revision: int | None) -> Sync: ...


def switch_syncs_off(tenant: str, syncs: Syncs) -> None:
    """Disable every sync of the tenant; raise Conflict when others change them at every attempt."""
    for _ in range(_ATTEMPTS):
        enabled = [sync for sync in syncs.list(tenant) if sync.enabled]
        if not enabled:
            return
        for sync in enabled:
            _switch_off(tenant, sync, syncs)
    raise Conflict("The tenant's syncs are being changed right now.", "Connect again in a minute.")


def _switch_off(tenant: str, sync: Sync, syncs: Syncs) -> None:
    problems = (*(each for each in sync.problems if each.code != ORG_CHANGED.code), ORG_CHANGED)
    try:
        syncs.put(
            tenant,
            sync.model_copy(update={"enabled": False, "problems": problems}),
            expected_revision=sync.revision,
        )
    except Conflict:
        return  # read again by the next attempt
