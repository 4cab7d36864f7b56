"""Structured pull filters: groups of field, operator and value, validated against describe and compiled to a WHERE text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from causeway.contract.days import DAY_MS
from causeway.errors import BrokenMapping, InvalidRecord
from causeway.salesforce import field_paths, soql
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.ids import prefixes_of, valid_id
from causeway.salesforce.values.coercion import NUMBER_TYPES
from causeway.salesforce.values.dates import has_no_offset, salesforce_date, salesforce_datetime
from causeway.salesforce.values.numbers import exact_number
from causeway.salesforce.values.picklists import choice
from causeway.salesforce.values.texts import storable, text_of
from causeway.syncs.sync import Problem

MAX_DEPTH = 5
MAX_CONDITIONS = 100
MAX_VALUES = 1_000  # values of one `in`
MAX_WHERE_LENGTH = 50_000  # half of what one SOQL statement may have
MAX_DAYS = 36_500

_TEXTS = frozenset({"string", "email", "phone", "url", "picklist", "combobox", "textarea"})
_MOMENTS = frozenset({"date", "datetime"})
_ORDERED = NUMBER_TYPES | _MOMENTS
_SINGLE = _TEXTS | _ORDERED | {"boolean", "reference", "id"}

_COMPARISONS = {
    "equals": "=",
    "not_equals": "!=",
    "greater": ">",
    "greater_or_equal": ">=",
    "less": "<",
    "less_or_equal": "<=",
}
OPERATORS: dict[str, frozenset[str]] = {
    "equals": _SINGLE,
    "not_equals": _SINGLE,
    "in": _SINGLE - {"boolean"},
    "not_in": _SINGLE - {"boolean"},
    "contains": _TEXTS,
    "starts": _TEXTS,
    "greater": _ORDERED,
    "greater_or_equal": _ORDERED,
    "less": _ORDERED,
    "less_or_equal": _ORDERED,
    "empty": (_SINGLE | {"multipicklist", "time"}) - {"boolean"},
    "not_empty": (_SINGLE | {"multipicklist", "time"}) - {"boolean"},
    "within_last": _MOMENTS,
    "within_next": _MOMENTS,
    "includes": frozenset({"multipicklist"}),
    "excludes": frozenset({"multipicklist"}),
}


class _Unfit(Exception):
    """One condition cannot be compiled: code and sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(slots=True)
class _Compiler:
    describe: SObjectDescribe
    now_ms: int
    related: field_paths.Related
    problems: list[Problem] = field(default_factory=list)
    conditions: int = 0

    def group(self, node: Any, depth: int = 1) -> str:
        """Return the WHERE text of one node; what does not fit becomes a problem and an empty text."""
        if not isinstance(node, Mapping):
            return self._problem("filter_invalid", "A filter is made of objects: a group (all or any) or a condition.")
        for name, joined in (("all", soql.all_of), ("any", soql.any_of)):
            if name in node:
                return self._members(node, name, joined, depth)
        return self._condition(node)

    def _members(self, node: Mapping[str, Any], name: str, joined: Callable[[list[str]], str], depth: int) -> str:
        members = node[name]
        if len(node) > 1 or not isinstance(members, Sequence) or isinstance(members, str):
            return self._problem("filter_invalid", f"A group is an object with '{name}' and a list, and nothing else.")
        if depth > MAX_DEPTH:
            return self._problem("filter_invalid", f"Groups may be nested {MAX_DEPTH} deep.")
        if not members and not (name == "all" and depth == 1):
            return self._problem("filter_invalid", f"The group '{name}' is empty; add a condition or remove the group.")
        return joined([self.group(member, depth + 1) for member in members])

    def _condition(self, node: Mapping[str, Any]) -> str:
        self.conditions += 1
        if self.conditions > MAX_CONDITIONS:
            once = self.conditions == MAX_CONDITIONS + 1
            return self._problem("filter_invalid", f"A filter may have {MAX_CONDITIONS} conditions.") if once else ""
        path, operator = node.get("field"), node.get("operator")
        if not isinstance(path, str) or not isinstance(operator, str) or set(node) - {"field", "operator", "value"}:
            return self._problem(
                "filter_invalid", "A condition has a field, an operator and, for most, a value; nothing else."
            )
        try:
            target, name = self._target(path)
            return _condition_text(target, name, operator, node.get("value"), self.now_ms)
        except _Unfit as error:
            return self._problem(error.code, error.message, path)
        except (BrokenMapping, InvalidRecord) as error:
            code = "filter_unknown_field" if isinstance(error, BrokenMapping) else "filter_value"
            return self._problem(code, f"{error.message} {error.remedy}".strip(), path)

    def _target(self, path: str) -> tuple[FieldDescribe, str]:
        name = field_paths.identifier(self.describe, path, self.related)
        target = field_paths.field_at(self.describe, path, self.related)
        if target is None:
            raise _Unfit(
                "filter_unknown_field", f"{path} cannot be checked: the describe of its sObject is not at hand."
            )
        if not target.filterable:
            raise _Unfit(
                "filter_not_filterable", f"Salesforce cannot filter by {target.label} (fields of type {target.type})."
            )
        return target, name

    def _problem(self, code: str, message: str, path: str | None = None) -> str:
        self.problems.append(Problem(level="error", code=code, message=message, field=path))
        return ""


def filter_problems(
    tree: Mapping[str, Any] | None, describe: SObjectDescribe, related: field_paths.Related | None = None
) -> tuple[Problem, ...]:
    """Return what is wrong with a filter; `related` are the describes of parents that its paths lead to."""
    return _compiled(tree, describe, 0, related)[1]


def where(
    tree: Mapping[str, Any] | None, describe: SObjectDescribe, now_ms: int, related: field_paths.Related | None = None
) -> str:
    """
    Return the filter as a WHERE text, "" for none; date windows are computed from `now_ms`, in UTC.

    Raises BrokenMapping when any condition does not fit the org: a run must never read more than its rule says.
    """
    text, problems = _compiled(tree, describe, now_ms, related)
    if problems:
        raise BrokenMapping(
            f"The sync's filter does not fit the org: {problems[0].message}",
            "Correct the filter.",
            fields=tuple(problem.field for problem in problems if problem.field),
        )
    return text


def moves_unstamped(tree: Any, describe: SObjectDescribe, related: field_paths.Related | None = None) -> bool:
    """Return whether records can enter or leave a filter without being stamped: by a parent, a formula, or time."""
    if not isinstance(tree, Mapping):
        return False
    members = [member for name in ("all", "any") if isinstance(tree.get(name), list) for member in tree[name]]
    if any(moves_unstamped(member, describe, related) for member in members):
        return True
    path = tree.get("field")
    if not isinstance(path, str):
        return False
    found = field_paths.field_at(describe, path, related)
    is_calculated = found is not None and found.calculated
    return "." in path or is_calculated or tree.get("operator") in ("within_last", "within_next")


def filter_paths(tree: Any) -> tuple[str, ...]:
    """Return the field paths that a filter names, in order, whatever else is wrong with it."""
    if not isinstance(tree, Mapping):
        return ()
    members = [member for name in ("all", "any") if isinstance(tree.get(name), list) for member in tree[name]]
    own = (tree["field"],) if isinstance(tree.get("field"), str) else ()
    return own + tuple(path for member in members for path in filter_paths(member))


def _compiled(
    tree: Mapping[str, Any] | None, describe: SObjectDescribe, now_ms: int, related: field_paths.Related | None
) -> tuple[str, tuple[Problem, ...]]:
    if not tree:
        return "", ()
    compiler = _Compiler(describe, now_ms, related or {})
    text = compiler.group(tree)
    if len(text) > MAX_WHERE_LENGTH:
        compiler._problem("filter_invalid", f"The filter is longer than {MAX_WHERE_LENGTH:,} characters of SOQL.")
    return text, tuple(compiler.problems)


def _condition_text(target: FieldDescribe, name: str, operator: str, value: Any, now_ms: int) -> str:
    fitting = OPERATORS.get(operator)
    if fitting is None:
        raise _Unfit("filter_operator", f"'{operator[:40]}' is no operator; there are {', '.join(OPERATORS)}.")
    if target.type not in fitting:
        raise _Unfit("filter_operator", f"{target.label} is of type {target.type}, which '{operator}' does not fit.")
    if operator in ("empty", "not_empty"):
        if value is not None:
            raise _Unfit("filter_value", f"'{operator}' takes no value.")
        return f"{name} {'=' if operator == 'empty' else '!='} null"
    if operator in ("within_last", "within_next"):
        return _window(target, name, operator, value, now_ms)
    if operator in ("in", "not_in"):
        literals = [_literal(target, item) for item in _several(target, value)]
        return f"{name} {'IN' if operator == 'in' else 'NOT IN'} ({','.join(literals)})"
    if operator in ("includes", "excludes"):
        literals = [_selection(target, item) for item in _several(target, value)]
        return f"{name} {operator.upper()} ({','.join(literals)})"
    if operator in ("contains", "starts"):
        return f"{name} LIKE {soql.like(_text(target, value), starts=operator == 'starts')}"
    return f"{name} {_COMPARISONS[operator]} {_literal(target, value)}"


def _several(target: FieldDescribe, value: Any) -> Sequence[Any]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not 0 < len(value) <= MAX_VALUES:
        raise _Unfit("filter_value", f"{target.label}: this operator takes a list of 1 to {MAX_VALUES:,} values.")
    return value


def _literal(target: FieldDescribe, value: Any) -> str:
    """Return one value as a literal of the field's type."""
    if target.type in NUMBER_TYPES:
        return _number(target, value)
    if target.type == "boolean":
        if not isinstance(value, bool):
            raise _Unfit("filter_value", f"{target.label} takes true or false.")
        return soql.literal(value)
    if target.type in ("reference", "id"):
        full = valid_id(value, *prefixes_of(target.reference_to))
        if full is None:
            raise _Unfit(
                "filter_value", f"{target.label} takes the Id of {' or '.join(target.reference_to) or 'a record'}."
            )
        return soql.literal(full)
    if target.type in _MOMENTS:
        return _moment(target, value)
    return soql.literal(_picklist_value(target, value) if target.type == "picklist" else _text(target, value))


def _number(target: FieldDescribe, value: Any) -> str:
    exact = exact_number(value)
    if exact is None or exact.adjusted() > 18 or exact.as_tuple().exponent < -18:  # type: ignore[operator]  # finite
        raise _Unfit("filter_value", f"{target.label} takes a number.")
    return f"{exact:f}"


def _moment(target: FieldDescribe, value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    found = salesforce_date(text) if target.type == "date" else salesforce_datetime(text)
    if found and (target.type == "datetime" or found == text):
        return found
    if target.type == "datetime" and has_no_offset(text):
        raise _Unfit("filter_value", f"{target.label} takes a moment with an offset, such as 2026-11-20T00:00:00Z.")
    example = "a date such as 2026-11-20" if target.type == "date" else "a moment such as 2026-11-20T00:00:00Z"
    raise _Unfit("filter_value", f"{target.label} takes {example}.")


def _text(target: FieldDescribe, value: Any) -> str:
    text, _ = storable(text_of(value) or "")
    if not text:
        raise _Unfit("filter_value", f"{target.label} takes a text; to find empty fields, use the operator 'empty'.")
    return text


def _picklist_value(target: FieldDescribe, value: Any) -> str:
    """Return the value of a picklist by value or label; retired ones are kept, as records may still hold them."""
    text = _text(target, value)
    found = choice(target, text)
    if found is None and target.restricted_picklist:
        raise _Unfit("filter_value", f"{target.label} is a restricted picklist without the value '{text[:80]}'.")
    return found.value if found else text


def _selection(target: FieldDescribe, value: Any) -> str:
    """Return one INCLUDES or EXCLUDES text: several values in a list (or joined by `;`) must be selected together."""
    parts = value if isinstance(value, (list, tuple)) else _text(target, value).split(";")
    return soql.literal(";".join(_picklist_value(target, part) for part in parts))


def _window(target: FieldDescribe, name: str, operator: str, value: Any, now_ms: int) -> str:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MAX_DAYS:
        raise _Unfit("filter_value", f"{target.label}: '{operator}' takes a number of days from 1 to {MAX_DAYS:,}.")
    ends = (now_ms - value * DAY_MS, now_ms) if operator == "within_last" else (now_ms, now_ms + value * DAY_MS)
    first, last = (soql.moment(end // 1000 * 1000) for end in ends)
    if target.type == "date":
        first, last = first[:10], last[:10]
    return soql.all_of([f"{name} >= {first}", f"{name} <= {last}"])
