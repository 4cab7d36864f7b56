"""
Evaluate JMESPath within a budget: steps and the size of what it makes are counted, so that no expression stalls a worker.

The work that an expression may do grows with what it is given, never with what it makes of that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions
from jmespath.visitor import TreeInterpreter

BASE_STEPS = 5_000  # what all expressions over one document may take together: a plain comparison takes four
STEPS_PER_VALUE = 10  # more for each value in the document, such as a message of a conversation
MAX_SIZE = 1_000_000  # of one value that an expression makes: characters of its texts, and VALUE for each value in it
VALUE = 8
UNITS_PER_STEP = 100  # to make, compare or hand over a value of this size counts as a step

# What makes new values; everything else gives on what is there.
_MAKERS = frozenset({"multi_select_list", "multi_select_dict", "projection", "filter_projection"})
_MAKERS |= {"value_projection", "flatten", "slice", "function_expression"}


class ExpressionTooCostly(JMESPathError):
    """An expression takes more steps than its document allows, or makes a value that is too large."""


class Document(dict[str, Any]):
    """What expressions see of one change (conditions.py), and the steps that they have taken over it together."""

    __slots__ = ("_most", "_steps")

    def __init__(self, values: Mapping[str, Any], steps: int = 0) -> None:
        super().__init__(values)
        self._steps, self._most = steps, BASE_STEPS

    def with_more(self, more: Mapping[str, Any]) -> Document:
        """Return the document with more in it, for which what was spent counts too."""
        return Document({**self, **more}, self._steps)

    def spend(self, steps: int) -> None:
        """Count steps; raise ExpressionTooCostly when there are more than the document allows."""
        self._steps += steps
        if self._steps > self._most:
            if self._most == BASE_STEPS:
                self._most += STEPS_PER_VALUE * _values_in(dict(self))
            if self._steps > self._most:
                raise ExpressionTooCostly("it takes too many steps")


def searched(parsed: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """Return what an expression (its syntax tree) finds in a document. Raises JMESPathError, such as ExpressionTooCostly."""
    document = given if isinstance(given, Document) else Document(given)
    return _Interpreter(document).visit(parsed, dict(document))


class _Interpreter(TreeInterpreter):
    """JMESPath's own interpreter, which counts."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._spend, self._table = document.spend, Functions()
        self._sizes: dict[int, tuple[int, Any]] = {}  # by identity; the values are kept, so no id is used twice

    def visit(self, node: Any, *given: Any, **named: Any) -> Any:
        """Evaluate one node."""
        self._spend(1)
        found = super().visit(node, *given, **named)
        if node["type"] in _MAKERS:
            self._weigh(found)
        return found

    def visit_comparator(self, node: Any, value: Any) -> Any:
        """Compare two values, as JMESPath does: by order only numbers and texts."""
        left, right = (self.visit(child, value) for child in node["children"])
        if type(left) is type(right) and isinstance(left, (list, dict)):
            self._weigh(left)
            self._weigh(right)
        is_equality = node["value"] in ("eq", "ne")
        if not is_equality and not (_is_ordered(left) and _is_ordered(right)):
            return None
        return self.COMPARATOR_FUNC[node["value"]](left, right)

    def visit_function_expression(self, node: Any, value: Any) -> Any:
        """Call a function, unless what it is given, or would make, is too large."""
        given = [self.visit(child, value) for child in node["children"]]
        for each in given:
            self._weigh(each)
        if node["value"] == "join" and len(given) == 2 and isinstance(given[0], str) and isinstance(given[1], list):
            self._refuse_larger(len(given[0]) * len(given[1]))
        return self._table.call_function(node["value"], given)

    def _weigh(self, value: Any) -> None:
        size = self._size(value)
        self._refuse_larger(size)
        self._spend(size // UNITS_PER_STEP)

    def _refuse_larger(self, size: int) -> None:
        if size > MAX_SIZE:
            raise ExpressionTooCostly("it makes a value that is too large")

    def _size(self, value: Any) -> int:
        """Return the size of a value as if nothing in it were shared; each list and object is looked at once."""
        if isinstance(value, str):
            return VALUE + len(value)
        if not isinstance(value, (list, dict)):
            return VALUE
        known = self._sizes.get(id(value))
        if known is None:
            members = value.values() if isinstance(value, dict) else value
            names = sum(map(len, value)) if isinstance(value, dict) else 0
            known = VALUE + names + sum(map(self._size, members)), value
            self._sizes[id(value)] = known
            self._spend(len(value) // VALUE)
        return known[0]


def _is_ordered(value: Any) -> bool:
    return isinstance(value, (int, float, str)) and not isinstance(value, bool)


def _values_in(value: Any) -> int:
    """Return how many values there are in a JSON value, itself included."""
    waiting, found = [value], 0
    while waiting:
        here = waiting.pop()
        found += 1
        if isinstance(here, dict):
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)
    return found
