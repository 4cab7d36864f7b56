"""What every command is given: the deployment, the tenant, the output, and time."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import typer

from causeway_client.api import CausewayApi
from causeway_client.cli.deployment import Deployment, deployed, local_deployment
from causeway_client.cli.exits import Exit, Stop
from causeway_client.cli.output import Output
from causeway_client.timing import Clock, SystemClock

TENANT, STACK = "CAUSEWAY_TENANT", "CAUSEWAY_STACK"


@dataclass(frozen=True)
class Options:
    """The options that may stand before or after the name of a command."""

    local: bool = False
    stack: str | None = None
    tenant: str | None = None
    as_json: bool = False
    region: str | None = None
    profile: str | None = None


def find_deployment(options: Options) -> Deployment:
    """Return the deployment that the options name; raise Stop when they name none or it cannot be reached."""
    stack = options.stack or (None if options.local else os.environ.get(STACK))
    if options.local and options.stack:
        raise Stop(Exit.USAGE, "Give either --local or --stack, not both.")
    if options.local:
        return local_deployment()
    if stack is None:
        raise Stop(Exit.USAGE, "Say which deployment you mean:", f"--local, --stack NAME, or the variable {STACK}.")
    return deployed(stack, options.region, options.profile)


@dataclass
class Tools:
    """What a test replaces."""

    find: Callable[[Options], Deployment] = find_deployment
    clock: Clock = field(default_factory=SystemClock)


class Session:
    """One invocation."""

    def __init__(self, options: Options, tools: Tools) -> None:
        self.options, self._tools = options, tools
        self.out = Output(as_json=options.as_json)
        self.clock = tools.clock

    @cached_property
    def deployment(self) -> Deployment:
        """Return the deployment, looked up once."""
        return self._tools.find(self.options)

    @property
    def api(self) -> CausewayApi:
        """Return the deployment's API."""
        return self.deployment.api

    @property
    def named_tenant(self) -> str | None:
        """Return the tenant that the caller named, None when there is none."""
        return self.options.tenant or os.environ.get(TENANT)

    @cached_property
    def tenant(self) -> str:
        """Return the tenant that was named, or the only connected one; raise Stop when that is not clear."""
        if self.named_tenant:
            return self.named_tenant
        lines = self.api.list_connections(limit=200).connections
        connected = [line.tenant for line in lines if line.status == "connected"]
        if len(connected) == 1:
            self.out.note(f"Tenant: {connected[0]}, the only connected one.")
            return connected[0]
        known = f"Connected are: {', '.join(connected[:10])}." if connected else "No tenant is connected yet."
        raise Stop(Exit.USAGE, f"Name the tenant with --tenant. {known}")


def session_of(context: typer.Context) -> Session:
    """Return the invocation that a command belongs to."""
    session: Session = context.find_root().obj
    return session
