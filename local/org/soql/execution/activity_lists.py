"""What Salesforce asks of queries for activities by users without View All Data (Object Reference, ActivityHistory)."""

from __future__ import annotations

from ..expressions.columns import Scope
from ..language import facts
from ..language.errors import malformed
from ..language.syntax import Comparison, Condition, Junction, Name, Ordering, Query


def refuse_costly(sobject: str, relationship: str, query: Query, parent: Scope) -> None:
    """Raise MALFORMED_QUERY for a list of activities whose rights would have to be worked out row by row."""
    order = facts.ACTIVITY_LISTS.get(sobject)
    if order is None or parent.setting.views_all_data:
        return
    wanted = ", ".join(f"{name} {'DESC' if descending else 'ASC'}" for name, descending in order)
    if query.where is not None:
        rule = "you can't use a WHERE clause"
    elif not _names_one(parent.query.where):
        rule = "you must filter by a single Id of the parent"
    elif query.limit is None or query.limit > facts.MAX_ACTIVITIES:
        rule = f"you must use a LIMIT clause with a maximum value of {facts.MAX_ACTIVITIES}"
    elif [_sorted_by(each) for each in query.ordering] != [(name.lower(), down) for name, down in order]:
        rule = f"you must use a specific sort order: {wanted}"
    else:
        return
    raise malformed(facts.ACTIVITY_RESTRICTION.format(relationship=relationship, rule=rule))


def _names_one(condition: Condition | None) -> bool:
    """Say whether a WHERE clause asks for the record of one Id."""
    match condition:
        case Comparison(Name(path), "=", value):
            return path[-1].lower() == "id" and len(path) < 3 and value.kind == "string"
        case Junction("and", terms):
            return any(_names_one(each) for each in terms)
    return False


def _sorted_by(each: Ordering) -> tuple[str, bool]:
    return each.expression.text.rpartition(".")[2].lower(), each.descending
