"""Check a sync against the tenant's org: its describes as cached, and as they are now before an error is reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from causeway.errors import BrokenMapping, CausewayError, NotFound
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.checks.save_check import paths_of, save_problems
from causeway.syncs.ports import Describes, ProductFields
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
    return sync.model_copy(update={"problems": problems, "described_at_ms": _described_at_ms(sync, org)})


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
    related = dict(_parents(sync, describe, lambda sobject: described(org.tenant, sobject)))
    return save_problems(sync, describe, others, product_fields=fields, related=related)


def _parents(
    sync: Sync, describe: SObjectDescribe, described: Callable[[str], SObjectDescribe]
) -> Iterator[tuple[str, SObjectDescribe]]:
    """Yield the describes that the sync's relationship paths lead through, with their sObjects, each once."""
    known: dict[str, SObjectDescribe | None] = {}
    for path in paths_of(sync):
        here: SObjectDescribe | None = describe
        for step in path.split(".")[:-1]:
            lookup = here.relationship(step) if here else None
            parent = lookup.reference_to[0] if lookup and len(lookup.reference_to) == 1 else ""
            if parent and parent not in known:
                known[parent] = _visible(parent, described)
            here = known.get(parent)
            if here:
                yield here.name, here


def _visible(sobject: str, described: Callable[[str], SObjectDescribe]) -> SObjectDescribe | None:
    """Return an sObject, None when the user cannot see it."""
    try:
        return described(sobject)
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
