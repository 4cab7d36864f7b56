"""SOQL's grammar, clause by clause, after the one Salesforce publishes (@salesforce/soql-common), outside Apex."""

from __future__ import annotations

from ..language.errors import malformed
from ..language.syntax import (
    Grouping,
    Name,
    Ordering,
    Query,
    Selected,
    Source,
    TypeChoice,
    WithClause,
)
from .conditions import parse_conditions
from .expressions import parse_expression, parse_field, parse_name
from .literals import parse_integer, parse_literal, parse_literal_string
from .token_cursor import Cursor, is_name


def parse(statement: str) -> Query:
    """
    Return the syntax tree of a SOQL statement; raise OrgError MALFORMED_QUERY where it is not one.

    Whether its sObjects and fields exist, and what the evaluator cannot do, shows only when it is run.
    """
    try:
        cursor = Cursor(statement)
        query = _query(cursor)
        if cursor.kind != "eof":
            raise cursor.refusal()
    except RecursionError as error:
        raise malformed("The query is nested too deeply") from error
    return query


def _query(cursor: Cursor) -> Query:
    at = cursor.expect("select").at
    query = Query(cursor.statement, at, _select_list(cursor), _sources(cursor))
    if cursor.accept("where"):
        query.where = parse_conditions(cursor, _semi_join)
    query.with_clauses = _with_clauses(cursor)
    query.grouping = _grouping(cursor)
    if cursor.kind == "order":
        query.ordering = _orderings(cursor)
    if cursor.accept("limit"):
        query.limit = parse_integer(cursor)
    if cursor.accept("offset"):
        query.offset = parse_integer(cursor)
    _closing_clauses(cursor, query)
    return query


def _semi_join(cursor: Cursor) -> Query:
    """Return the subquery of a semi-join: one field, FROM, WHERE and one WITH, nothing more."""
    at = cursor.expect("select").at
    query = Query(cursor.statement, at, (Selected(parse_field(cursor), None),), _sources(cursor))
    if cursor.accept("where"):
        query.where = parse_conditions(cursor, _semi_join)
    if cursor.kind == "with":
        query.with_clauses = _with_clauses(cursor, modes=False)
    return query


def _closing_clauses(cursor: Cursor, query: Query) -> None:
    if cursor.accept("bind"):
        _bindings(cursor)
        query.bound = True
    if cursor.accept("for"):
        if cursor.kind not in ("view", "reference"):
            raise cursor.refusal()
        query.tracking = cursor.take().kind
    if cursor.accept("update"):
        query.statistics = _words(cursor)


def _bindings(cursor: Cursor) -> None:
    while True:
        cursor.word()
        cursor.expect("=")
        parse_literal(cursor)
        if not cursor.accept(","):
            return


def _words(cursor: Cursor) -> tuple[str, ...]:
    words = [cursor.expect("word").text]
    while cursor.accept(","):
        words.append(cursor.expect("word").text)
    return tuple(words)


# SELECT


def _select_list(cursor: Cursor) -> tuple[Selected, ...]:
    """Return what is selected; nothing at all stands for `COUNT()`, which must be alone."""
    if cursor.kind == "count" and cursor.kind_ahead(1) == "(" and cursor.kind_ahead(2) == ")":
        cursor.expect("count", "(", ")")
        return ()
    selected = [_selected(cursor)]
    while cursor.accept(","):
        selected.append(_selected(cursor))
    return tuple(selected)


def _selected(cursor: Cursor) -> Selected:
    if cursor.accept("("):
        children = _query(cursor)
        cursor.expect(")")
        return Selected(children, _alias(cursor))
    if cursor.kind == "typeof" and is_name(cursor.kind_ahead(1)) and cursor.kind_ahead(2) == "when":
        return Selected(_type_choice(cursor), _alias(cursor))
    return Selected(parse_expression(cursor), _alias(cursor))


def _alias(cursor: Cursor) -> str | None:
    return cursor.word().text if cursor.at_name else None


def _type_choice(cursor: Cursor) -> TypeChoice:
    cursor.expect("typeof")
    field = parse_name(cursor)
    choices: list[tuple[str, tuple[Name, ...]]] = []
    while cursor.accept("when"):
        sobject = cursor.word().text
        cursor.expect("then")
        choices.append((sobject, _names(cursor)))
    otherwise = _names(cursor) if cursor.accept("else") else ()
    cursor.expect("end")
    return TypeChoice(field, tuple(choices), otherwise)


def _names(cursor: Cursor) -> tuple[Name, ...]:
    names = [parse_name(cursor)]
    while cursor.accept(","):
        names.append(parse_name(cursor))
    return tuple(names)


# FROM


def _sources(cursor: Cursor) -> tuple[Source, ...]:
    cursor.expect("from")
    sources = [_source(cursor)]
    while cursor.accept(","):
        sources.append(_source(cursor))
    return tuple(sources)


def _source(cursor: Cursor) -> Source:
    name = parse_name(cursor)
    cursor.accept("as")
    alias = cursor.take().text if cursor.at_name and not _at_clause(cursor) else None
    scopes: list[tuple[str, str]] = []
    if cursor.accept("using"):
        scopes.append(_scope(cursor))
        while cursor.kind == "," and _scope_follows(cursor):
            cursor.take()
            scopes.append(_scope(cursor))
    return Source(name, alias, tuple(scopes))


def _at_clause(cursor: Cursor) -> bool:
    """Say whether the word at the cursor, which could be an alias, begins the next clause instead."""
    following = cursor.kind_ahead(1)
    if cursor.kind in ("order", "group"):
        return following == "by"
    return cursor.kind == "offset" and following in ("integer", "+", "-", ":")


def _scope(cursor: Cursor) -> tuple[str, str]:
    if cursor.kind not in ("scope", "lookup"):
        raise cursor.refusal()
    return cursor.take().kind, cursor.expect("word").text


def _scope_follows(cursor: Cursor) -> bool:
    return cursor.kind_ahead(1) == "lookup" or (cursor.kind_ahead(1) == "scope" and cursor.kind_ahead(2) == "word")


# WITH


def _with_clauses(cursor: Cursor, *, modes: bool = True) -> tuple[WithClause, ...]:
    """Return the WITH clauses: data categories or `name = 'text'` once and first, then any number of plain words."""
    clauses: list[WithClause] = []
    while cursor.accept("with"):
        clause = _with_clause(cursor)
        leading = clause.kind in ("category", "equals")
        if (leading and clauses) or not (leading or modes):
            raise cursor.refusal()
        clauses.append(clause)
        if not modes:
            break
    return tuple(clauses)


def _with_clause(cursor: Cursor) -> WithClause:
    at = cursor.token.at
    if cursor.kind == "data" and cursor.kind_ahead(1) == "category":
        cursor.expect("data", "category")
        _categories(cursor)
        return WithClause("category", "data category", at)
    name = cursor.word().text
    if cursor.accept("="):
        parse_literal_string(cursor)
        return WithClause("equals", name, at)
    if cursor.accept("("):
        _options(cursor)
        return WithClause("tuple", name, at)
    return WithClause("mode", name, at)


def _categories(cursor: Cursor) -> None:
    while True:
        cursor.word()
        if cursor.kind not in ("at", "above", "below", "above_or_below"):
            raise cursor.refusal()
        cursor.take()
        if cursor.accept("("):
            _names(cursor)
            cursor.expect(")")
        else:
            cursor.word()
        if not cursor.accept("and"):
            return


def _options(cursor: Cursor) -> None:
    while True:
        cursor.word()
        cursor.expect("=")
        if cursor.kind == "string":
            parse_literal_string(cursor)
        elif cursor.kind in ("integer", "true", "false"):
            cursor.take()
        else:
            raise cursor.refusal()
        if not cursor.accept(","):
            break
    cursor.expect(")")


# GROUP BY and ORDER BY


def _grouping(cursor: Cursor) -> Grouping | None:
    if cursor.kind != "group":
        return None
    cursor.expect("group", "by")
    kind = cursor.take().kind if cursor.kind in ("rollup", "cube") else "plain"
    if kind != "plain":
        cursor.expect("(")
    expressions = [parse_field(cursor)]
    while cursor.accept(","):
        expressions.append(parse_field(cursor))
    if kind != "plain":
        cursor.expect(")")
    having = parse_conditions(cursor, _semi_join) if cursor.accept("having") else None
    return Grouping(kind, tuple(expressions), having)


def _orderings(cursor: Cursor) -> tuple[Ordering, ...]:
    cursor.expect("order", "by")
    orderings = [_ordering(cursor)]
    while cursor.accept(","):
        orderings.append(_ordering(cursor))
    return tuple(orderings)


def _ordering(cursor: Cursor) -> Ordering:
    expression = parse_expression(cursor)
    descending = cursor.kind in ("asc", "desc") and cursor.take().kind == "desc"
    nulls_last = None
    if cursor.accept("nulls"):
        if cursor.kind not in ("first", "last"):
            raise cursor.refusal()
        nulls_last = cursor.take().kind == "last"
    return Ordering(expression, descending, nulls_last)
