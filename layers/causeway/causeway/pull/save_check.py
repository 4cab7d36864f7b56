"""Check, as a sync is saved, what a run would meet: the stamp, the length of its queries, and the org's own answer to one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from causeway.errors import BrokenMapping, CausewayError, NotFound, OrgRefused, QueryTimedOut
from causeway.pull.planning.plan import PullPlan, planned
from causeway.pull.planning.queries import count_query, probes, records_query
from causeway.pull.planning.watermarks import Place
from causeway.pull.ports import ReadingOrg
from causeway.pull.refusals import names_something, sentence_of
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.field_paths import Related
from causeway.salesforce.stamps import MAX_COMPARED_ROWS, SET_ONCE
from causeway.syncs.filters import where
from causeway.syncs.sync import Problem, Sync

NO_ID = "000000000000000"  # of what Salesforce makes up when asked, such as EntityDefinition (Object Reference)
_LONGEST = Place(4_102_444_800_000, "0" * 18)


def pull_problems(
    sync: Sync, describe: SObjectDescribe, related: Related, org_of: Callable[[], ReadingOrg], now_ms: int
) -> Sequence[Problem]:
    """
    Return what a run that reads for the sync would meet, beyond what its rows and filter show.

    The org is asked for one record in each way in which the run would read it, and for the number of those without a stamp; what
    passes by itself is no problem.
    """
    try:
        plan = planned(sync, describe, where(sync.pull.filter, describe, now_ms, related), related)
    except BrokenMapping:
        return ()  # the check of the filter says it
    try:
        records_query(plan, _LONGEST, now_ms)
    except BrokenMapping as error:
        return (_problem("error", "query_too_long", f"{error.message} {error.remedy}"),)
    return (*_by_describe(plan), *_by_asking(plan, org_of, now_ms))


def _problem(level: str, code: str, message: str) -> Problem:
    return Problem(level="error" if level == "error" else "warning", code=code, message=message)


def _by_describe(plan: PullPlan) -> Iterator[Problem]:
    label, describe = plan.describe.label or plan.describe.name, plan.describe
    if plan.stamp in SET_ONCE and (describe.updateable or describe.createable):
        message = (
            f"Salesforce stamps {label} when it is created and not when it changes: a pull finds new records only."
        )
        yield _problem("warning", "changes_not_stamped", message)
    if plan.stamp and plan.sync.pull.deletes and not describe.replicateable:
        message = f"Salesforce keeps no log of deleted {label} records: deletes are looked for once a day, if at all."
        yield _problem("warning", "deletes_not_logged", message)


def _by_asking(plan: PullPlan, org_of: Callable[[], ReadingOrg], now_ms: int) -> Iterator[Problem]:
    """Yield what the org refuses to a query like the run's; what it does not know or cannot do now passes."""
    try:
        org = org_of()
        for query, with_deleted in probes(plan, now_ms):
            rows = org.query(query, with_deleted=with_deleted).rows
            if any(row["Id"].startswith(NO_ID) for row in rows):
                yield _problem("error", "records_without_ids", _without_ids(plan))
                return
        if not plan.stamp:
            yield from _compared(plan, org)
    except QueryTimedOut:
        message = "Salesforce takes long to find one record of the rule. Runs read it in small parts; an indexed field in the filter helps."
        yield _problem("warning", "query_slow", message)
    except OrgRefused as refused:
        if not names_something(refused):  # a run leaves out what the user cannot see
            yield _problem("error", "query_refused", " ".join(filter(None, sentence_of(refused))))
    except NotFound as error:
        yield _problem("error", "query_refused", error.message)
    except CausewayError:
        return


def _without_ids(plan: PullPlan) -> str:
    label = plan.describe.label or plan.describe.name
    return f"{label} records have no Ids of their own: Salesforce gives them when it is asked, so a pull cannot tell one from another."


def _compared(plan: PullPlan, org: ReadingOrg) -> Iterator[Problem]:
    """Yield what an sObject without a stamp means: every run compares all records, if they are few."""
    label, rows = plan.describe.label or plan.describe.name, _rows(plan, org)
    if rows > MAX_COMPARED_ROWS:
        message = (
            f"{label} has no stamp that Salesforce can filter by, so every run would read all of its {rows:,} records; "
            f"up to {MAX_COMPARED_ROWS:,} are compared. Narrow the filter."
        )
        yield _problem("error", "too_many_to_compare", message)
    else:
        message = f"{label} has no stamp that Salesforce can filter by: every run reads all {rows:,} records and compares them."
        yield _problem("warning", "compared_each_run", message)


def _rows(plan: PullPlan, org: ReadingOrg) -> int:
    try:
        return org.count(count_query(plan), with_deleted=False)
    except (QueryTimedOut, OrgRefused):
        return org.about_how_many(plan.describe.name)
