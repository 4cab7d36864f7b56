"""How the org's answers about its sObjects are read from JSON, put into the cache and taken out of it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import replace
from dataclasses import dataclass
from typing import Any, NamedTuple

from causeway.salesforce.describe import SObjectDescribe, compact, describe_from_compact, describe_from_json


class SObjectSummary(NamedTuple):
    """One line of the list of sObjects."""

    name: str
    label: str
    createable: bool
    updateable: bool
    queryable: bool
    custom: bool


class ValidationRule(NamedTuple):
    """One active validation rule: what it says, and the field that it says it at (None: at the top of the page)."""

    name: str
    message: str
    field: str | None


@dataclass(frozen=True, slots=True)
class Form[T]:
    """
    How one kind of answer is read from the org's JSON, put into the cache and taken out of it.

    `learned` carries over what was learned about the answer before to the one that takes its place.
    """

    parsed: Callable[[Mapping[str, Any]], T]
    encoded: Callable[[T], Any]
    decoded: Callable[[Any], T]
    learned: Callable[[T, T], T] = lambda before, after: after


def _summaries(body: Mapping[str, Any]) -> tuple[SObjectSummary, ...]:
    rows = [row for row in body.get("sobjects", ()) if row.get("queryable") or row.get("createable")]
    names = list(SObjectSummary._fields)
    found = (SObjectSummary(**{name: row.get(name, False) for name in names}) for row in rows)
    return tuple(sorted(found, key=lambda summary: (summary.label.lower(), summary.name)))


def _validation_rules(page: Mapping[str, Any]) -> tuple[ValidationRule, ...] | None:
    if "records" not in page:
        return None
    return tuple(
        ValidationRule(row["ValidationName"], row.get("ErrorMessage") or "", row.get("ErrorDisplayField"))
        for row in page["records"]
    )


def _with_counts(before: SObjectDescribe, after: SObjectDescribe) -> SObjectDescribe:
    """Return the new describe with the counts that were learned of fields that are as long as before."""
    counts = {(each.name, each.type, each.length): each.text_count for each in before.fields if each.text_count}
    if not counts:
        return after
    kept = ((each, counts.get((each.name, each.type, each.length))) for each in after.fields)
    return replace(after, fields=tuple(replace(each, text_count=count) if count else each for each, count in kept))


DESCRIBE = Form(describe_from_json, compact, describe_from_compact, _with_counts)
LIST = Form(
    parsed=_summaries,
    encoded=lambda found: [tuple(summary) for summary in found],
    decoded=lambda rows: tuple(SObjectSummary(*row) for row in rows),
)
RULES_OF_SOBJECT: Form[tuple[ValidationRule, ...] | None] = Form(
    parsed=_validation_rules,
    encoded=lambda rules: None if rules is None else [tuple(rule) for rule in rules],
    decoded=lambda rows: None if rows is None else tuple(ValidationRule(*row) for row in rows),
)
