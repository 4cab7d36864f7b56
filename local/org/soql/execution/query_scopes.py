"""USING SCOPE: which of the records that a user sees a query looks at (SOQL guide, USING SCOPE)."""

from __future__ import annotations

from collections.abc import Callable

from ...schema.row import Row
from ...schema.scopes import scopes_of
from ...wire.messages import OrgError
from ..expressions.columns import Scope
from ..language.errors import unsupported

type Test = Callable[[Row], bool]


def scope_test(scope: Scope) -> Test | None:
    """Return what USING SCOPE asks of a row, None where it asks nothing; raise INVALID_QUERY_SCOPE for others."""
    named = [(kind, name.lower()) for source in scope.query.sources for kind, name in source.scopes]
    if not named:
        return None
    kind, name = named[0]
    if kind != "scope":
        raise unsupported(f"USING {kind.upper()}")
    known = {each.lower() for each in scopes_of(scope.sobject)}
    if len(named) > 1 or name not in known:
        raise OrgError("INVALID_QUERY_SCOPE", f"The query scope '{name}' is not supported on {scope.sobject.name}")
    return None if name in UNLIMITED else TESTS[name](scope)


def _mine(scope: Scope) -> Test:
    user_id = scope.setting.user_id
    return lambda row: row.get("OwnerId") == user_id


def _mine_and_my_groups(scope: Scope) -> Test:
    """Return the test of records that the user owns, or a queue that the user is a member of."""
    user_id = scope.setting.user_id
    memberships = scope.setting.database.rows("GroupMember")
    owners = {user_id, *(row["GroupId"] for row in memberships if row.get("UserOrGroupId") == user_id)}
    return lambda row: row.get("OwnerId") in owners


def _delegated(scope: Scope) -> Test:
    """Return the test of activities that the user gave somebody else to do."""
    user_id = scope.setting.user_id
    return lambda row: row.get("CreatedById") == user_id and row.get("OwnerId") != user_id


TESTS: dict[str, Callable[[Scope], Test]] = {
    "mine": _mine,
    "mineandmygroups": _mine_and_my_groups,
    "delegated": _delegated,
    "team": _mine,
}
"""What each scope asks; R: without account teams, a team's accounts are those that the user owns."""
UNLIMITED = frozenset({"everything", "scopingrule"})
"""Scopes that ask nothing here: the org has no scoping rules."""
