"""The SOQL of a pull. Every name was checked against describe and every literal goes through one escaper (soql)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from causeway.pull.planning.plan import PullPlan
from causeway.pull.planning.watermarks import SALESFORCE_BEGAN_MS, Place
from causeway.salesforce import soql


def records_query(
    plan: PullPlan, after: Place | None, upto_ms: int, *, count: bool = False, ordered: bool = True
) -> str:
    """
    Return the query for rows after a place up to a stamp, in keyset order.

    Unordered for Bulk API 2.0, where ORDER BY disables chunking; as COUNT() to choose between the two.
    """
    where = soql.all_of([_after(plan.stamp, after), _upto(plan, upto_ms), plan.rule])
    if count:
        return soql.select(plan.sync.sobject, ["COUNT()"], where)
    return soql.select(plan.sync.sobject, plan.columns, where, order_by=f"{plan.stamp}, Id" if ordered else "")


def earliest_query(plan: PullPlan) -> str:
    """Return the query for the oldest record of the sObject, whatever the rule."""
    return soql.select(plan.sync.sobject, ["Id", plan.stamp], order_by=plan.stamp, limit=1)


def probes(plan: PullPlan, upto_ms: int) -> Iterator[tuple[str, bool]]:
    """
    Yield the queries that runs would ask, each for one record, and whether with deleted ones: by stamp for a first import and for
    increments, by Id for a sweep.
    """
    if plan.stamp:
        where = soql.all_of([_after(plan.stamp, Place(SALESFORCE_BEGAN_MS)), _upto(plan, upto_ms), plan.rule])
        by_stamp = soql.select(plan.sync.sobject, plan.columns, where, order_by=f"{plan.stamp}, Id", limit=1)
        yield by_stamp, False
        if plan.sync.pull.deletes and plan.has("IsDeleted"):
            yield by_stamp, True
    if plan.sweeps or not plan.stamp:
        yield sweep_query(plan, "", upto_ms, limit=1), False


def count_query(plan: PullPlan) -> str:
    """Return the query that counts the records of the rule."""
    return soql.select(plan.sync.sobject, ["COUNT()"], plan.rule)


def sweep_query(plan: PullPlan, after_id: str, upto_ms: int, limit: int | None = None) -> str:
    """Return the query for every record of the rule in the order of Ids, at most so many."""
    after = f"Id > {soql.literal(after_id)}" if after_id else ""
    where = soql.all_of([after, _upto(plan, upto_ms), plan.rule])
    return soql.select(plan.sync.sobject, plan.columns, where, order_by="Id", limit=limit)


def ids_query(sobject: str, ids: Sequence[str], more: str = "") -> str:
    """Return the query for those of these Ids that exist, and meet a condition more."""
    return soql.select(sobject, ["Id"], soql.all_of([soql.in_condition("Id", ids), more]))


def settled(plan: PullPlan, upto_ms: int) -> str:
    """Return the condition that a record did not change after `upto_ms`, "" for an sObject without a stamp."""
    return _upto(plan, upto_ms)


def _upto(plan: PullPlan, upto_ms: int) -> str:
    return f"{plan.stamp} <= {soql.moment(upto_ms)}" if plan.stamp else ""


def _after(stamp_name: str, place: Place | None) -> str:
    if place is None:
        return ""
    stamp = soql.moment(place.stamp_ms)
    if not place.record_id:
        return f"{stamp_name} >= {stamp}"
    same_second = soql.all_of([f"{stamp_name} = {stamp}", f"Id > {soql.literal(place.record_id)}"])
    return soql.any_of([f"{stamp_name} > {stamp}", same_second])
