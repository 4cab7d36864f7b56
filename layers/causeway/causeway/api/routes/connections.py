"""The connection: links to it, sessions for it, its status, its app, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from causeway.api.bodies.connections import (
    BrowserLinkRequest,
    Connection,
    ConnectionLine,
    Connections,
    DeploymentPolicy,
    EndedConnection,
    EndedSessions,
    EndSessions,
    Link,
    NewSession,
    OrgUsage,
    OwnSession,
    PolicyChange,
    TenantPolicy,
    TestReport,
    WatchedConnection,
)
from causeway.api.bound_sessions import Within
from causeway.api.paging import Page, Pages
from causeway.api.routes.syncs import may_set_pull_rules
from causeway.api.routing import Call, Route, Scope
from causeway.connections.access.links import ConnectLinkRequest
from causeway.connections.access.roles import Role
from causeway.connections.access.sessions import SessionRequest
from causeway.connections.connection import Policy
from causeway.connections.management import ClientCredentialsRequest, OwnAppRequest
from causeway.contract.names import TENANT
from causeway.errors import InvalidRequest, NotFound
from causeway.salesforce.values.dates import rfc3339
from causeway.syncs.ready_made import TEMPLATES

if TYPE_CHECKING:
    from causeway.connections.connection import Connection as StoredConnection
    from causeway.connections.connection import Usage
    from causeway.parked.groups import Tally
    from causeway.wiring.api import UseCases


def make_connect_link(call: Call, use: UseCases) -> dict[str, Any]:
    """Make a link that lets one person connect the tenant's org: 15 minutes, or up to 7 days as an invitation."""
    return use.connect_link(call.tenant, call.body)


def make_own_connect_link(call: Call, use: UseCases) -> dict[str, Any]:
    """
    Make a connect link for the person of this session, or an invitation in their name.

    An invitation lives a week: a session for embedding, which ends within a quarter of an hour, makes none.
    """
    if call.caller.origin and call.body.invite:
        raise InvalidRequest(
            "Nobody can be invited from a page that embeds the console: an invitation lives longer than its session.",
            "Open the console by itself and invite from there.",
            fields=("invite",),
        )
    request = ConnectLinkRequest(user=call.caller.user, role=call.caller.role.value, **dict(call.body))  # type: ignore[arg-type]
    return use.connect_link(call.tenant, request)


def make_session(call: Call, use: UseCases) -> dict[str, Any]:
    """Make a browser session for one person of the tenant."""
    return use.new_session(call.tenant, call.body)


def open_tenant(call: Call, use: UseCases) -> dict[str, Any]:
    """Open a tenant as an operator: a session of an hour that says whose it is. Each is published as the event `tenant.opened`."""
    tenant = call.path["tenant"]
    if not use.connections.get(tenant).since_ms:
        raise NotFound(f"The tenant {tenant} never connected.")
    return use.open_tenant(tenant, SessionRequest(user=call.caller.user, role=Role.OPERATOR))


def end_sessions(call: Call, use: UseCases) -> dict[str, Any]:
    """End the sessions of one user, or of everybody of the tenant, at once."""
    return use.end_sessions(call.tenant, call.query.user)


def read_session(call: Call, use: UseCases) -> OwnSession:
    """Tell whose session this is."""
    return OwnSession(
        tenant=call.tenant,
        user=call.caller.user,
        role=call.caller.role,
        may_set_pull_rules=may_set_pull_rules(call, use),
        origin=call.caller.origin or None,
        source=call.caller.source or None,
        acts_for=call.caller.acts_for or None,
    )


def read_connection(call: Call, use: UseCases) -> dict[str, Any]:
    """Read the connection: status, cause, what to do, what waits, and the history of statuses."""
    return use.connection.view(call.tenant) | {"waiting": use.parked.count_waiting(call.tenant)}


def end_connection(call: Call, use: UseCases) -> dict[str, Any]:
    """Deauthorize: revoke the grant, delete the tokens, stop every sync. Configuration, history and links stay."""
    return use.connection.deauthorize(call.tenant)


def test_connection(call: Call, use: UseCases) -> dict[str, Any]:
    """Test the connection: user, org, edition, API usage, and what the user lacks for the syncs, each with its remedy."""
    return use.test_connection(call.tenant)


def keep_own_app(call: Call, use: UseCases) -> dict[str, Any]:
    """Enter the tenant's own External Client App; it serves from the next connect on."""
    return use.connection.keep_own_app(call.tenant, call.body)


def connect_with_client_credentials(call: Call, use: UseCases) -> dict[str, Any]:
    """Connect as the app's run-as user, without a browser."""
    return use.connection.connect_with_client_credentials(call.tenant, call.body)


def list_connections(call: Call, use: UseCases) -> Connections:
    """List every tenant that ever connected, with how many of its changes are refused and wait."""
    pages = Pages(use.page_key, of="connections", tenant="")
    found, position = use.connections.page(pages.position(call.query.next), call.query.limit)
    tallies = use.parked.tallies([connection.tenant for connection in found])
    return Connections(
        connections=[_line(connection, tallies[connection.tenant]) for connection in found],
        next=pages.token(position),
    )


def _line(connection: StoredConnection, tally: Tally) -> ConnectionLine:
    return ConnectionLine(
        tenant=connection.tenant,
        status=connection.status,
        cause=connection.cause or None,
        since=rfc3339(connection.since_ms) if connection.since_ms else None,
        name=connection.name or None,
        org_id=connection.org_id or None,
        environment=connection.environment,
        usage=_usage(connection.usage),
        refused=tally.refused,
        waiting=tally.waiting,
        is_counted=tally.is_complete,
    )


def _usage(usage: Usage | None) -> OrgUsage | None:
    if usage is None:
        return None
    return OrgUsage(used=usage.used, allowed=usage.allowed, read_at=rfc3339(usage.read_at_ms))


def read_policy(call: Call, use: UseCases) -> TenantPolicy:
    """Read what operators set for this tenant: its share of the API quota, its pull rules and its templates."""
    return _policy(use.connections.get(call.tenant).policy, use)


def change_policy(call: Call, use: UseCases) -> TenantPolicy:
    """Set what this tenant may do, in place of what was set before. Each change is published as `tenant.policy_changed`."""
    connection = use.connections.get(call.tenant)
    if not connection.since_ms:
        raise NotFound(f"The tenant {call.tenant} never connected.")
    given = call.body
    templates = None if given.templates is None else tuple(dict.fromkeys(given.templates))
    policy = Policy(given.quota_share_percent, given.admins_may_set_pull_rules, templates)
    if policy != connection.policy:
        use.keep_policy(call.tenant, policy, connection.policy, call.caller.user)
    return _policy(policy, use)


def _policy(policy: Policy, use: UseCases) -> TenantPolicy:
    said = DeploymentPolicy(
        quota_share_percent=use.settings.quota_share_percent,
        admins_may_set_pull_rules=use.settings.admins_may_set_pull_rules,
        templates=list(TEMPLATES),
    )
    return TenantPolicy.model_validate({**policy._asdict(), "deployment": said})


ROUTES = (
    Route("POST", "connect-links", make_connect_link, body=ConnectLinkRequest, answers=Link, status=201),
    Route("POST", "sessions", make_session, body=SessionRequest, answers=NewSession, status=201),
    Route("DELETE", "sessions", end_sessions, query=EndSessions, answers=EndedSessions),
    Route(
        "GET",
        "session",
        read_session,
        least=Role.VIEWER,
        browser_only=True,
        within_source=Within.ANY,
        answers=OwnSession,
    ),
    Route(
        "POST",
        "connection/connect-link",
        make_own_connect_link,
        least=Role.INTEGRATOR,
        within_source=Within.ANY,
        browser_only=True,
        body=BrowserLinkRequest,
        answers=Link,
        status=201,
    ),
    Route(
        "GET",
        "connection",
        read_connection,
        least=Role.VIEWER,
        within_source=Within.ANY,
        answers=WatchedConnection,
    ),
    Route("DELETE", "connection", end_connection, least=Role.INTEGRATOR, answers=EndedConnection),
    Route("GET", "policy", read_policy, least=Role.OPERATOR, answers=TenantPolicy),
    Route("PUT", "policy", change_policy, least=Role.OPERATOR, body=PolicyChange, answers=TenantPolicy),
    Route("POST", "connection/test", test_connection, least=Role.INTEGRATOR, answers=TestReport),
    Route("PUT", "connection/app", keep_own_app, least=Role.INTEGRATOR, body=OwnAppRequest, answers=Connection),
    Route(
        "POST",
        "connection/client-credentials",
        connect_with_client_credentials,
        least=Role.INTEGRATOR,
        body=ClientCredentialsRequest,
        answers=Connection,
    ),
    Route(
        "GET",
        "connections",
        list_connections,
        least=Role.OPERATOR,
        scope=Scope.DEPLOYMENT,
        query=Page,
        answers=Connections,
    ),
    Route(
        "POST",
        "connections/{tenant}/session",
        open_tenant,
        least=Role.OPERATOR,
        scope=Scope.DEPLOYMENT,
        browser_only=True,
        answers=NewSession,
        status=201,
        patterns={"tenant": TENANT},
    ),
)
