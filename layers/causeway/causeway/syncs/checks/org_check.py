"""Check a sync against the tenant's org: its describes as cached, and as they are now before an error is reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from causeway.errors import BrokenMapping, CausewayError, NotFound
from causeway.salesforce import field_paths
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.checks.run_check import read_paths
from causeway.syncs.checks.save_check import paths_of, save_problems
from causeway.syncs.limits import shown_problems
from causeway.syncs.mapping.parent_rows import parents_by_field
from causeway.syncs.ports import Describes, ProductFields, PullCheck
from causeway.syncs.sync import Problem, Sync

NOT_CHECKED = "not_checked"

type _Described = Callable[[str, str], SObjectDescribe]


class SyncHasErrors(BrokenMapping):
    """A sync cannot be enabled while its save check finds errors; `problems` lists them all."""

    code = "sync_has_errors"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        errors = [problem for problem in self.problems if problem.level == "error"]
        super().__init__(
            "The sync cannot be enabled: " + " ".join(problem.message for problem in errors),
            "Correct the rows named in `fields`, or save the sync with `enabled` false.",
            fields=tuple(dict.fromkeys(problem.field for problem in errors if problem.field)),
        )


@dataclass(frozen=True, slots=True)
class OrgCheck:
    """
    One tenant's org as the check sees it.

    `describes`: its describes. `fields`: what the product sends. `pull_check`: what a run would meet that reads for the sync.
    """

    tenant: str
    describes: Describes
    fields: ProductFields
    pull_check: PullCheck


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
    return sync.model_copy(
        update={"problems": shown_problems(problems), "described_at_ms": _described_at_ms(sync, org)}
    )


def cached_problems(sync: Sync, others: Sequence[Sync], org: OrgCheck) -> tuple[Problem, ...]:
    """Return what the check finds by the cached describes; what keeps it from checking is a problem, too."""
    try:
        return problems_with(sync, org.describes.described(org.tenant, sync.sobject), others, org)
    except NotFound:
        return (_sobject_not_found(sync),)
    except CausewayError as error:
        return (_not_checked(error),)


def _problems(sync: Sync, others: Sequence[Sync], org: OrgCheck) -> tuple[Problem, ...]:
    """Check against the cached describes; if that finds errors, against those of this moment: a field may have been made a minute ago."""
    problems = problems_with(sync, org.describes.described(org.tenant, sync.sobject), others, org)
    if not _has_errors(problems):
        return problems
    now = org.describes.described_now
    return _problems_with(sync, now(org.tenant, sync.sobject), others, org, now)


def _described_at_ms(sync: Sync, org: OrgCheck) -> int:
    """Return how new the describe is that the sync was checked against, 0 when it could not be."""
    try:
        return org.describes.known_at_ms(org.tenant, sync.sobject)
    except CausewayError:
        return 0


def problems_with(sync: Sync, describe: SObjectDescribe, others: Sequence[Sync], org: OrgCheck) -> tuple[Problem, ...]:
    """Return what the save check finds with this describe of the sync's sObject."""
    return _problems_with(sync, describe, others, org, org.describes.described)


def _problems_with(
    sync: Sync, describe: SObjectDescribe, others: Sequence[Sync], org: OrgCheck, described: _Described
) -> tuple[Problem, ...]:
    fields = org.fields.get(org.tenant, sync.source)
    related = _parents(sync, describe, lambda sobject: described(org.tenant, sobject))
    found = save_problems(sync, describe, others, product_fields=fields, related=related)
    if sync.direction == "push":
        return found
    pulled = org.pull_check(org.tenant, sync, describe, related)
    return tuple(sorted(dict.fromkeys((*found, *pulled)), key=lambda problem: problem.level == "warning"))


def _parents(
    sync: Sync, describe: SObjectDescribe, described: Callable[[str], SObjectDescribe]
) -> dict[str, SObjectDescribe]:
    """
    Return the describes that the sync's relationship paths lead through, by name, each asked for once.

    So are those of the parents that a push looks for: User behind an owner, who may be a queue, too.
    """

    def visible(sobject: str) -> SObjectDescribe | None:
        try:
            return described(sobject)
        except NotFound:
            return None

    if sync.direction == "pull":
        return field_paths.related_describes(describe, paths_of(sync), visible)
    found = field_paths.related_describes(describe, (*paths_of(sync), *read_paths(sync, describe)), visible)
    parents = {name: visible(name) for name in parents_by_field(sync, describe) - found.keys()}
    return found | {name: parent for name, parent in parents.items() if parent}


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
