"""WHERE and HAVING: conditions joined by one operator, with parentheses where operators mix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..language.syntax import (
    Calculation,
    Comparison,
    Condition,
    Distance,
    Function,
    Inclusion,
    Junction,
    Literal,
    Membership,
    Name,
    Negation,
    Query,
    SemiJoin,
)
from .expressions import parse_expression, parse_name
from .literals import parse_like_literal, parse_literal, parse_literals
from .token_cursor import Cursor, is_name

type SemiJoinParser = Callable[[Cursor], Query]


@dataclass(slots=True)
class _Group:
    """One open level of parentheses."""

    negated: bool
    operator: str | None = None
    terms: list[Condition] = field(default_factory=list)

    def condition(self) -> Condition:
        if self.negated:
            return Negation(self.terms[0])
        return self.terms[0] if self.operator is None else Junction(self.operator, tuple(self.terms))


def parse_conditions(cursor: Cursor, semi_join: SemiJoinParser) -> Condition:
    """
    Return the condition at the cursor: `NOT` one term, or terms joined by AND only, or by OR only.

    Levels of parentheses are kept in a list rather than on the call stack, so that any depth of them can be read.
    """
    groups = [_start(cursor)]
    while True:
        if cursor.accept("("):
            groups.append(_start(cursor))
            continue
        groups[-1].terms.append(_term(cursor, semi_join))
        while not _goes_on(cursor, groups[-1]):
            done = groups.pop().condition()
            if not groups:
                return done
            cursor.expect(")")
            groups[-1].terms.append(done)


def _start(cursor: Cursor) -> _Group:
    return _Group(negated=cursor.accept("not"))


def _goes_on(cursor: Cursor, group: _Group) -> bool:
    """Move past the operator if another term of the group follows."""
    if group.negated or cursor.kind not in ("and", "or"):
        return False
    if group.operator not in (None, cursor.kind):
        return False
    group.operator = cursor.take().kind
    return True


def _term(cursor: Cursor, semi_join: SemiJoinParser) -> Condition:
    if is_name(cursor.kind) and cursor.kind_ahead(1) in ("+", "-"):
        return _calculation(cursor)
    operand = parse_expression(cursor)
    if isinstance(operand, Distance):
        return Comparison(operand, _operator(cursor), parse_literal(cursor))
    if cursor.kind in ("includes", "excludes"):
        negated = cursor.take().kind == "excludes"
        return Inclusion(operand, negated, _listed(cursor))
    if cursor.kind in ("in", "not"):
        return _membership(cursor, operand, semi_join)
    if cursor.accept("like"):
        return Comparison(operand, "like", parse_like_literal(cursor))
    return Comparison(operand, _operator(cursor), parse_literal(cursor))


def _calculation(cursor: Cursor) -> Calculation:
    left, sign, right = parse_name(cursor), cursor.take().kind, parse_name(cursor)
    return Calculation(left, sign, right, _operator(cursor), parse_literal(cursor))


def _membership(cursor: Cursor, operand: Name | Function, semi_join: SemiJoinParser) -> Membership | SemiJoin:
    negated = cursor.accept("not")
    cursor.expect("in")
    if cursor.kind == "(" and cursor.kind_ahead(1) == "select":
        cursor.take()
        query = semi_join(cursor)
        cursor.expect(")")
        return SemiJoin(operand, negated, query)
    return Membership(operand, negated, _listed(cursor))


def _listed(cursor: Cursor) -> tuple[Literal, ...]:
    cursor.expect("(")
    values = parse_literals(cursor)
    cursor.expect(")")
    return values


def _operator(cursor: Cursor) -> str:
    """Return a comparison operator; `< =` may be written apart, `< >` may not (Salesforce's published grammar)."""
    operator = cursor.kind
    if operator not in ("=", "!=", "<>", "<", ">"):
        raise cursor.refusal()
    cursor.take()
    if operator in ("<", ">") and cursor.accept("="):
        operator += "="
    return "!=" if operator == "<>" else operator
