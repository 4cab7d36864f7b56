"""What the query optimizer gives up on where tables are large, if the org plays one (large data volumes guide)."""

from __future__ import annotations

from ...schema.sobjects import FieldType
from ...wire.messages import OrgError
from ..expressions.columns import Scope
from ..language import facts
from ..language.errors import malformed
from ..language.syntax import Comparison, Condition, Junction, Membership, Name, Negation, SemiJoin


def refuse_slow(scope: Scope) -> None:
    """Raise QUERY_TIMEOUT for a statement that no index leads through a large table: an OR over fields, or a semi-join."""
    is_large, where = scope.setting.is_large, scope.query.where
    if is_large is not None and where is not None and is_large(scope.sobject.name) and _is_slow(scope, where):
        raise OrgError(*facts.QUERY_TIMEOUT)


def refuse_unfiltered(scope: Scope) -> None:
    """Raise MALFORMED_QUERY for a query of an sObject that needs a filter on one of certain fields, and has none."""
    fields, refusal = facts.NEEDED_FILTERS.get(scope.sobject.name, ((), ""))
    if not fields:
        return
    where = scope.query.where
    names = _fields(where) if where is not None else frozenset()
    wanted = tuple(name.lower() for name in fields)
    parents = tuple(f"{name.removesuffix('id')}." for name in wanted)
    if not any(name in wanted or name.startswith(parents) for name in names):
        raise malformed(refusal)


def _is_slow(scope: Scope, condition: Condition) -> bool:
    match condition:
        case SemiJoin():
            return True
        case Junction("or", terms):
            return not frozenset.intersection(*(_fields(each) for each in terms))
        case Junction(_, terms):
            if any(isinstance(each, SemiJoin) for each in terms):
                return True
            leads = any(_leads(scope, each) for each in terms)
            return not leads and any(_is_slow(scope, each) for each in terms)
    return False


def _fields(condition: Condition) -> frozenset[str]:
    """Return the fields through any one of which a term can be answered: all of an AND, what an OR's terms share."""
    match condition:
        case Comparison(Name() as name) | Membership(Name() as name):
            return frozenset([name.text.lower()])
        case Junction("or", terms):
            return frozenset.intersection(*(_fields(each) for each in terms))
        case Junction(_, terms):
            return frozenset().union(*(_fields(each) for each in terms))
    return frozenset()


def _leads(scope: Scope, condition: Condition) -> bool:
    """Say whether an index answers a term of an AND, so that the other terms only filter what it finds."""
    match condition:
        case Comparison(Name() as name, operator):
            path = scope.unaliased(name.path)
            field = scope.sobject.field(path[0]) if len(path) == 1 else None
            if field is None:
                return False
            return field.name in facts.INDEXED_STAMPS or (operator == "=" and _is_indexed(field))
        case Membership(Name() as name, negated):
            path = scope.unaliased(name.path)
            field = scope.sobject.field(path[0]) if len(path) == 1 else None
            return field is not None and not negated and _is_indexed(field)
        case Junction("or", terms):
            shared = _fields(condition)
            return bool(shared) and all(_leads(scope, each) for each in terms)
        case Junction(_, terms):
            return any(_leads(scope, each) for each in terms)
        case Negation() | SemiJoin():
            return False
    return False


def _is_indexed(field: FieldType) -> bool:
    """Say whether a field has an index from the start (large data volumes guide, indexes)."""
    return field.type in ("id", "reference", "email") or field.unique or field.external_id or field.name_field
