"""The syncs of a tenant as an admin manages them: read, saved against their revision, and checked against the org."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from causeway.errors import NotFound
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.changes import changed_sync, new_sync, proposals
from causeway.syncs.checks.drift import drift_problems
from causeway.syncs.checks.org_check import OrgCheck, cached_problems, checked_sync, problems_with
from causeway.syncs.drafts import SyncDraft
from causeway.syncs.limits import shown_problems
from causeway.syncs.ports import Describes, ProductFields, PullCheck, SyncStore
from causeway.syncs.ready_made import Template
from causeway.syncs.schedules import next_due_ms, schedule_of
from causeway.syncs.sync import Problem, Sync


class Syncs:
    """What an admin does with syncs. Whether pull rules may be set depends on the caller, so each change says it."""

    def __init__(
        self,
        store: SyncStore,
        describes: Describes,
        fields: ProductFields,
        publish: Callable[[str, dict[str, Any]], None],
        now_ms: Callable[[], int],
        pull_check: PullCheck = lambda tenant, sync, describe, related: (),
    ) -> None:
        self._store, self._describes, self._fields = store, describes, fields
        self._publish, self._now_ms, self._pull_check = publish, now_ms, pull_check

    def list(self, tenant: str) -> Sequence[Sync]:
        """Return the tenant's syncs by source and position."""
        return self._store.list(tenant)

    def get(self, tenant: str, sync_id: str) -> Sync:
        """Return one sync; raise NotFound."""
        sync = self._store.get(tenant, sync_id)
        if sync is None:
            raise NotFound(f"There is no sync '{sync_id}'.")
        return sync

    def proposed(self, source: str | None, sobject: str | None, template: Template | None) -> Sequence[Sync]:
        """Return syncs to begin with, disabled (see `proposals`)."""
        return proposals(source, sobject, template)

    def create(self, tenant: str, draft: SyncDraft, *, may_set_pull_rules: bool) -> Sync:
        """
        Save a new sync, or one exported elsewhere, and return it with its problems.

        Raises what `new_sync` raises, Conflict for an id in use, SyncHasErrors when it cannot be enabled.
        """
        others = self._store.list(tenant)
        sync = new_sync(draft, others, may_set_pull_rules=may_set_pull_rules)
        return self._saved(tenant, checked_sync(sync, others, self._org(tenant)), None)

    def change(self, tenant: str, sync_id: str, draft: SyncDraft, *, may_set_pull_rules: bool) -> Sync:
        """
        Change what the draft names and return the sync with its new revision and problems.

        Raises NotFound, what `changed_sync` raises, SyncHasErrors when it cannot be enabled.
        """
        before = self.get(tenant, sync_id)
        after = changed_sync(before, draft, may_set_pull_rules=may_set_pull_rules)
        others = _without(after, self._store.list(tenant))
        return self._saved(tenant, checked_sync(after, others, self._org(tenant)), before.revision)

    def drafted(self, tenant: str, draft: SyncDraft, *, may_set_pull_rules: bool) -> Sync:
        """
        Return the sync that a draft would make of a stored one, or as a new one, disabled; nothing is saved.

        Raises what `new_sync` and `changed_sync` raise, but no Conflict: a draft made from an older revision may be tried.
        """
        before = self._store.get(tenant, draft.id) if draft.id else None
        as_tried = draft.model_copy(update={"enabled": False, "revision": None})
        if before is None:
            return new_sync(as_tried, self._store.list(tenant), may_set_pull_rules=may_set_pull_rules)
        return changed_sync(before, as_tried, may_set_pull_rules=may_set_pull_rules)

    def problems_of(self, tenant: str, draft: SyncDraft, *, may_set_pull_rules: bool) -> Sequence[Problem]:
        """Return what a save would find wrong with a draft, by the cached describes; costs no API call while they are fresh."""
        sync = self.drafted(tenant, draft, may_set_pull_rules=may_set_pull_rules)
        return cached_problems(sync, _without(sync, self._store.list(tenant)), self._org(tenant))

    def delete(self, tenant: str, sync_id: str) -> None:
        """Forget a sync's rules; nothing that it synced is deleted on either side, and links stay. Raises NotFound."""
        self._store.delete(tenant, sync_id)

    def note_drift(self, tenant: str, before: SObjectDescribe, after: SObjectDescribe) -> None:
        """Show on the syncs of an sObject what its changed describe breaks, and publish `sync.drift_detected` for each."""
        syncs = self._store.list(tenant)
        for sync in syncs:
            if sync.sobject.lower() != after.name.lower():
                continue
            drift = drift_problems(sync, before, after)
            found = problems_with(sync, after, _without(sync, syncs), self._org(tenant))
            problems = shown_problems(tuple(dict.fromkeys((*found, *drift))))
            if problems != sync.problems:
                self._store.note_problems(tenant, sync, problems)
            if drift:
                self._publish("sync.drift_detected", _drift(tenant, sync, drift))

    def _org(self, tenant: str) -> OrgCheck:
        return OrgCheck(tenant, self._describes, self._fields, self._pull_check)

    def _saved(self, tenant: str, sync: Sync, expected_revision: int | None) -> Sync:
        due_at_ms = next_due_ms(schedule_of(sync), self._now_ms(), f"{tenant}/{sync.id}") if sync.enabled else None
        return self._store.put(tenant, sync, expected_revision=expected_revision, due_at_ms=due_at_ms)


def _without(sync: Sync, syncs: Sequence[Sync]) -> Sequence[Sync]:
    return [other for other in syncs if other.id != sync.id]


def _drift(tenant: str, sync: Sync, drift: Iterable[Problem]) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "sync": sync.id,
        "sobject": sync.sobject,
        "enabled": sync.enabled,
        "problems": [problem.model_dump() for problem in shown_problems(tuple(drift))],
    }
