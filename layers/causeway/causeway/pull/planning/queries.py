"""The SOQL of a pull. Every name was checked against describe and every literal goes through one escaper (soql)."""

from __future__ import annotations

from collections.abc import Sequence

from causeway.pull.planning.plan import PullPlan
from causeway.pull.planning.watermarks import Place
from causeway.salesforce import soql


def records_query(
    plan: PullPlan, after: Place | None, upto_ms: int, *, count: bool = False, ordered: bool = True
) -> str:
    """
    Return the query for rows after a place up to a stamp, in keyset order.

    Unordered for Bulk API 2.0, where ORDER BY disables chunking; as COUNT() to choose between the two.
    """
    where = soql.all_of([_after(after), f"SystemModstamp <= {soql.moment(upto_ms)}", plan.rule])
    if count:
        return soql.select(plan.sync.sobject, ["COUNT()"], where)
    return soql.select(plan.sync.sobject, plan.columns, where, order_by="SystemModstamp, Id" if ordered else "")


def sweep_query(plan: PullPlan, after_id: str, upto_ms: int) -> str:
    """Return the query for every record of the rule in the order of Ids."""
    after = f"Id > {soql.literal(after_id)}" if after_id else ""
    where = soql.all_of([after, f"SystemModstamp <= {soql.moment(upto_ms)}", plan.rule])
    return soql.select(plan.sync.sobject, plan.columns, where, order_by="Id")


def ids_query(sobject: str, ids: Sequence[str]) -> str:
    """Return the query for those of these Ids that exist."""
    return soql.select(sobject, ["Id"], soql.in_condition("Id", ids))


def _after(place: Place | None) -> str:
    if place is None:
        return ""
    stamp = soql.moment(place.stamp_ms)
    if not place.record_id:
        return f"SystemModstamp >= {stamp}"
    same_second = soql.all_of([f"SystemModstamp = {stamp}", f"Id > {soql.literal(place.record_id)}"])
    return soql.any_of([f"SystemModstamp > {stamp}", same_second])
