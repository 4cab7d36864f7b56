"""`causeway connect` and `causeway connections`."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer

from causeway_client.api import CausewayApi
from causeway_client.cli.exits import Exit, Stop
from causeway_client.cli.session import session_of
from causeway_client.generated.api import ConnectionLine, ConnectLinkRequest


class Role(StrEnum):
    """Who may connect an org."""

    integrator = "integrator"
    manager = "manager"
    operator = "operator"


class Environment(StrEnum):
    """Which kind of org."""

    production = "production"
    sandbox = "sandbox"


def connect(
    context: typer.Context,
    user: Annotated[str, typer.Option(help="The person that the link is for, by the product's own id.")] = "cli",
    role: Annotated[Role, typer.Option(help="The person's role.")] = Role.manager,
    salesforce_url: Annotated[str | None, typer.Option(help="The org's address, when it is known.")] = None,
    environment: Annotated[Environment, typer.Option(help="Production or sandbox.")] = Environment.production,
    name: Annotated[str | None, typer.Option(help="A name for the connection.")] = None,
    return_url: Annotated[str | None, typer.Option(help="Where the admin comes back to; must be allowed.")] = None,
    invite: Annotated[bool, typer.Option("--invite", help="Valid up to 7 days, for an admin outside.")] = False,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the link in this machine's browser.")] = False,
) -> None:
    """Make a link that lets one person connect the tenant's Salesforce org. Needs --tenant."""
    session = session_of(context)
    tenant = session.named_tenant
    if tenant is None:  # never the one that is connected already
        raise Stop(Exit.USAGE, "Name the tenant to connect with --tenant.")
    given = {"salesforce_url": salesforce_url, "name": name, "return_url": return_url}
    request = ConnectLinkRequest(
        user=user,
        role=role.value,
        environment=environment.value,
        invite=invite,
        **{field: value for field, value in given.items() if value is not None},
    )
    link = session.api.make_connect_link(tenant, request)
    if session.out.as_json:
        session.out.document(link)
    else:
        session.out.say(f"Open this link in the browser of {user}; it works once, until {link.expires_at}:")
        session.out.say(link.url)
    if open_browser:
        typer.launch(link.url)


def connections(context: typer.Context) -> None:
    """List every tenant that ever connected, with its status and API usage."""
    session = session_of(context)
    lines = list(all_connections(session.api))
    if session.out.as_json:
        session.out.document({"connections": lines})
        return
    if not lines:
        session.out.say("Nobody has connected yet. Make a link with: causeway connect --tenant NAME")
        return
    columns = ("tenant", "status", "cause", "since", "org", "kind", "API calls")
    session.out.table(columns, [_cells(line) for line in lines])


def all_connections(api: CausewayApi) -> Iterator[ConnectionLine]:
    """Yield every tenant that ever connected."""
    page = api.list_connections(limit=200)
    yield from page.connections
    while page.next:
        page = api.list_connections(next=page.next, limit=200)
        yield from page.connections


def _cells(line: ConnectionLine) -> tuple[object, ...]:
    usage = f"{line.usage.used:,} of {line.usage.allowed:,}" if line.usage else ""
    return line.tenant, line.status, line.cause, line.since, line.org_id, line.environment, usage
