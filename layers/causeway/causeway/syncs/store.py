"""The syncs of a tenant: read, saved against their revision, and checked against the org's describe."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

from causeway.errors import (
    BrokenMapping,
    CausewayError,
    Conflict,
    Forbidden,
    InvalidRequest,
    NotFound,
)
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.checks.drift import drift_problems
from causeway.syncs.checks.save_check import save_problems
from causeway.syncs.discovery.product_fields import ProductField
from causeway.syncs.drafts import SyncDraft
from causeway.syncs.schedules import next_due_ms
from causeway.syncs.sync import Problem, Sync
from causeway.syncs.templates import Template, proposed_mappings, proposed_syncs, template_sync

RESERVED_IDS = {"proposed"}  # a route of its own
NOT_CHECKED = "not_checked"


class SyncStore(Protocol):
    """Where syncs are kept; `put` raises Conflict unless the revision is the one expected (None: there is none yet)."""

    def list(self, tenant: str) -> Sequence[Sync]: ...
    def get(self, tenant: str, sync_id: str) -> Sync | None: ...
    def put(self, tenant: str, sync: Sync, *, expected_revision: int | None, due_at_ms: int | None = None) -> Sync: ...
    def note_problems(self, tenant: str, sync: Sync, problems: tuple[Problem, ...]) -> None: ...
    def delete(self, tenant: str, sync_id: str) -> None: ...


class Describes(Protocol):
    """The org's describes; raises NotFound, NotConnected, ReconnectionRequired or a RetryableError."""

    def described(self, tenant: str, sobject: str, *, fresh: bool = False) -> SObjectDescribe: ...


class ProductFields(Protocol):
    """The product's own fields per source."""

    def get(self, tenant: str, source: str) -> Sequence[ProductField]: ...


class SyncHasErrors(BrokenMapping):
    """A sync can not be enabled while its save check finds errors; `problems` lists them all."""

    code = "sync_has_errors"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        errors = [problem for problem in self.problems if problem.level == "error"]
        super().__init__(
            "The sync can not be enabled: " + " ".join(problem.message for problem in errors),
            "Correct the rows named in `fields`, or save the sync with `enabled` false.",
            fields=tuple(dict.fromkeys(problem.field for problem in errors if problem.field)),
        )


class Syncs:
    """What an admin does with syncs. Whether pull rules may be set depends on the caller, so each change says it."""

    def __init__(
        self,
        store: SyncStore,
        describes: Describes,
        fields: ProductFields,
        tell: Callable[[str, dict[str, Any]], None],
        now_ms: Callable[[], int],
    ) -> None:
        self._store, self._describes, self._fields = store, describes, fields
        self._tell, self._now_ms = tell, now_ms

    def list(self, tenant: str) -> Sequence[Sync]:
        """Return the tenant's syncs by source and position."""
        return self._store.list(tenant)

    def get(self, tenant: str, sync_id: str) -> Sync:
        """Return one sync; raise NotFound."""
        sync = self._store.get(tenant, sync_id)
        if sync is None:
            raise NotFound(f"There is no sync '{sync_id}'.")
        return sync

    def proposed(self, source: str, sobject: str | None, template: Template | None) -> Sequence[Sync]:
        """Return syncs to begin with, disabled: what a new connection proposes, or one for an sObject, bare or of a template."""
        if sobject is None:
            return proposed_syncs()
        new_id = _new_id(source, sobject, ())
        if template is not None:
            return (template_sync(template, new_id, source, sobject),)
        return (Sync(id=new_id, source=source, sobject=sobject, mappings=proposed_mappings(sobject)),)

    def create(self, tenant: str, draft: SyncDraft, *, may_set_pull_rules: bool) -> Sync:
        """
        Save a new sync, or one exported elsewhere, and return it with its problems.

        Left out: the id is made of source and sObject, the position is the last of its source, the mappings are the ones
        proposed for the sObject. Raises Conflict for an id in use, SyncHasErrors when it shall be enabled and can not.
        """
        if draft.source is None or draft.sobject is None:
            missing = tuple(name for name in ("source", "sobject") if getattr(draft, name) is None)
            raise InvalidRequest(
                f"A sync needs {' and '.join(missing)}.", "Name the source and the sObject.", fields=missing
            )
        others = self._store.list(tenant)
        rules = draft.rules()
        rules.setdefault("mappings", proposed_mappings(draft.sobject))
        rules.setdefault("position", 1 + max((o.position for o in others if o.source == draft.source), default=0))
        sync = Sync.model_validate({"id": draft.id or _new_id(draft.source, draft.sobject, others), **rules})
        if sync.id in RESERVED_IDS:
            raise InvalidRequest(f"'{sync.id}' can not be the id of a sync.", "Choose another id.", fields=("id",))
        _check_pull_rules(Sync(id=sync.id, source=sync.source, sobject=sync.sobject), sync, may_set_pull_rules)
        return self._saved(tenant, self._checked(tenant, sync, others), None)

    def change(self, tenant: str, sync_id: str, draft: SyncDraft, *, may_set_pull_rules: bool) -> Sync:
        """
        Change what the draft names and return the sync with its new revision and problems.

        Raises NotFound, Conflict when the sync is not at the draft's revision any more, Forbidden for pull rules that the
        caller may not set, SyncHasErrors when it shall be enabled and can not.
        """
        before = self.get(tenant, sync_id)
        if draft.id not in (None, sync_id):
            raise InvalidRequest("The id of a sync never changes.", "Save a new sync under that id.", fields=("id",))
        if draft.revision not in (None, before.revision):
            raise Conflict(
                f"The sync '{sync_id}' is at revision {before.revision}, not {draft.revision}.",
                "Read it again and repeat the change.",
            )
        named = {name: value for name, value in draft.rules().items() if value is not None}
        after = before.model_copy(update=named)
        _check_pull_rules(before, after, may_set_pull_rules)
        others = _without(after, self._store.list(tenant))
        return self._saved(tenant, self._checked(tenant, after, others), before.revision)

    def delete(self, tenant: str, sync_id: str) -> None:
        """Forget a sync's rules; nothing that it synced is deleted on either side, and links stay. Raises NotFound."""
        self._store.delete(tenant, sync_id)

    def note_drift(self, tenant: str, before: SObjectDescribe, after: SObjectDescribe) -> None:
        """Show on the syncs of an sObject what its changed describe breaks, and tell `sync.drift_detected` for each."""
        syncs = self._store.list(tenant)
        for sync in syncs:
            if sync.sobject.lower() != after.name.lower():
                continue
            drift = drift_problems(sync, before, after)
            problems = tuple(dict.fromkeys((*self._found(tenant, sync, after, _without(sync, syncs)), *drift)))
            if problems != sync.problems:
                self._store.note_problems(tenant, sync, problems)
            if drift:
                self._tell("sync.drift_detected", _drift(tenant, sync, drift))

    def _saved(self, tenant: str, sync: Sync, expected_revision: int | None) -> Sync:
        due_at_ms = next_due_ms(sync.pull.schedule, self._now_ms(), f"{tenant}/{sync.id}") if sync.pulls else None
        return self._store.put(tenant, sync, expected_revision=expected_revision, due_at_ms=due_at_ms)

    def _checked(self, tenant: str, sync: Sync, others: Sequence[Sync]) -> Sync:
        problems = self._problems(tenant, sync, others, must_check=sync.enabled)
        if sync.enabled and _has_errors(problems):
            raise SyncHasErrors(problems)
        return sync.model_copy(update={"problems": problems})

    def _problems(
        self, tenant: str, sync: Sync, others: Sequence[Sync], *, must_check: bool = False
    ) -> tuple[Problem, ...]:
        """Check against the cached describe, and before calling anything an error, against a fresh one."""
        try:
            problems = self._found(tenant, sync, self._describes.described(tenant, sync.sobject), others)
            if _has_errors(problems):
                fresh = self._describes.described(tenant, sync.sobject, fresh=True)
                problems = self._found(tenant, sync, fresh, others)
        except NotFound:
            return (_sobject_not_found(sync),)
        except CausewayError as error:
            if must_check:
                raise
            return (_not_checked(error),)
        return problems

    def _found(self, tenant: str, sync: Sync, describe: SObjectDescribe, others: Sequence[Sync]) -> tuple[Problem, ...]:
        return save_problems(
            sync,
            describe,
            others,
            product_fields=self._fields.get(tenant, sync.source),
            related=self._parents(tenant, sync, describe),
        )

    def _parents(self, tenant: str, sync: Sync, describe: SObjectDescribe) -> dict[str, SObjectDescribe]:
        """Return the describes that the sync's relationship paths lead through, by sObject."""
        found: dict[str, SObjectDescribe] = {}
        for path in (*(mapping.salesforce for mapping in sync.mappings), *_filtered(sync.pull.filter)):
            here: SObjectDescribe | None = describe
            for step in path.split(".")[:-1]:
                lookup = here.relationship(step) if here else None
                here = (
                    self._parent(tenant, lookup.reference_to[0]) if lookup and len(lookup.reference_to) == 1 else None
                )
                if here:
                    found[here.name] = here
        return found

    def _parent(self, tenant: str, sobject: str) -> SObjectDescribe | None:
        try:
            return self._describes.described(tenant, sobject)
        except NotFound:
            return None


def _filtered(node: Any) -> Iterator[str]:
    """Yield the paths that a filter names, whatever else is wrong with it."""
    if isinstance(node, dict):
        if isinstance(node.get("field"), str):
            yield node["field"]
        for members in (node.get("all"), node.get("any")):
            for member in members if isinstance(members, list) else ():
                yield from _filtered(member)


def _without(sync: Sync, syncs: Sequence[Sync]) -> Sequence[Sync]:
    return [other for other in syncs if other.id != sync.id]


def _new_id(source: str, sobject: str, others: Sequence[Sync]) -> str:
    """Return `<source>-<sobject>` in the letters of an id, numbered when it is taken."""
    wanted = "".join(letter if letter.isalnum() or letter == "_" else "-" for letter in f"{source}-{sobject.lower()}")[
        :60
    ].strip("-")
    taken = {other.id for other in others} | RESERVED_IDS
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (wanted, *numbered) if each not in taken)


def _check_pull_rules(before: Sync, after: Sync, may_set_pull_rules: bool) -> None:
    """Operators set pull rules; a deployment may let admins too. Turning a sync on and off and mapping is the admin's."""
    is_changed = before.pull != after.pull or before.direction != after.direction
    if is_changed and not may_set_pull_rules:
        raise Forbidden("Only operators set pull rules in this deployment.")


def _has_errors(problems: Iterable[Problem]) -> bool:
    return any(problem.level == "error" for problem in problems)


def _sobject_not_found(sync: Sync) -> Problem:
    return Problem(
        level="error",
        code="sobject_not_found",
        message=f"The org has no sObject {sync.sobject} that the connected user can see. "
        "Check its spelling, or ask the Salesforce admin for access.",
    )


def _not_checked(error: CausewayError) -> Problem:
    return Problem(level="warning", code=NOT_CHECKED, message=f"The sync could not be checked. {error.message}")


def _drift(tenant: str, sync: Sync, drift: Iterable[Problem]) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "sync": sync.id,
        "sobject": sync.sobject,
        "enabled": sync.enabled,
        "problems": [problem.model_dump() for problem in drift],
    }
