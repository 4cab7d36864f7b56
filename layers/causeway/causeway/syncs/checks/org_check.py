"""Check a sync against the tenant's org: its describes as cached, and as they are now before an error is reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from causeway.errors import BrokenMapping, CausewayError, NotFound
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.checks.save_check import paths_of, save_problems
from causeway.syncs.ports import Describes, ProductFields
from causeway.syncs.sync import Problem, Sync

NOT_CHECKED = "not_checked"


class SyncHasErrors(BrokenMapping):
    """A sync cannot be enabled while its save check finds errors; `problems` lists them all."""

    code = "sync_has_errors"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        errors = [problem for problem in self.problems if problem.level == "error"]
        super().__init__(
            "The sync can not be enabled: " + " ".join(problem.message for problem in errors),
            "Correct the rows named in `fields`, or save the sync with `enabled` false.",
            fields=tuple(dict.fromkeys(problem.field for problem in errors if problem.field)),
        )


@dataclass(frozen=True, slots=True)
class OrgCheck:
    """One tenant's org as the check sees it: its describes, and the fields that the product sends."""

    tenant: str
    describes: Describes
    fields: ProductFields


def checked_sync(sync: Sync, others: Sequence[Sync], org: OrgCheck) -> Sync:
    """
    Return the sync with its problems; `others` are the tenant's other syncs.

    Raises SyncHasErrors for an enabled sync with errors, and whatever keeps an enabled sync from being checked.
    """
    try:
        problems = _problems(sync, others, org)
    except NotFound:
        problems = (_sobject_not_found(sync),)
    except CausewayError as error:
        if sync.enabled:
            raise
        problems = (_not_checked(error),)
    if sync.enabled and _has_errors(problems):
        raise SyncHasErrors(problems)
    return sync.model_copy(update={"problems": problems})


def _problems(sync: Sync, others: Sequence[Sync], org: OrgCheck) -> tuple[Problem, ...]:
    """Check against the cached describe; if that finds errors, against a fresh one."""
    problems = problems_with(sync, org.describes.described(org.tenant, sync.sobject), others, org)
    if not _has_errors(problems):
        return problems
    return problems_with(sync, org.describes.described(org.tenant, sync.sobject, fresh=True), others, org)


def problems_with(sync: Sync, describe: SObjectDescribe, others: Sequence[Sync], org: OrgCheck) -> tuple[Problem, ...]:
    """Return what the save check finds with this describe of the sync's sObject."""
    fields = org.fields.get(org.tenant, sync.source)
    return save_problems(sync, describe, others, product_fields=fields, related=dict(_parents(sync, describe, org)))


def _parents(sync: Sync, describe: SObjectDescribe, org: OrgCheck) -> Iterator[tuple[str, SObjectDescribe]]:
    """Yield the describes that the sync's relationship paths lead through, with their sObjects."""
    for path in paths_of(sync):
        here: SObjectDescribe | None = describe
        for step in path.split(".")[:-1]:
            here = _parent(here, step, org) if here else None
            if here:
                yield here.name, here


def _parent(describe: SObjectDescribe, relationship: str, org: OrgCheck) -> SObjectDescribe | None:
    """Return the one sObject that a relationship leads to, None when it is unclear or the user cannot see it."""
    lookup = describe.relationship(relationship)
    if lookup is None or len(lookup.reference_to) != 1:
        return None
    try:
        return org.describes.described(org.tenant, lookup.reference_to[0])
    except NotFound:
        return None


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
