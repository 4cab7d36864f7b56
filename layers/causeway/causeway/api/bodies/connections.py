"""The shapes of the API's answers about connections."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from causeway.api.bodies.shared import Answer
from causeway.connections.access.roles import Role
from causeway.connections.connection import Status
from causeway.contract.names import Strict
from causeway.syncs.ready_made import Template


class Link(Answer):
    """A link to be opened in the admin's browser; it works once."""

    url: str
    expires_at: str


class BrowserLinkRequest(Strict):
    """What a browser asks a connect link for; the person and the role are the session's."""

    salesforce_url: str | None = Field(default=None, max_length=2048)
    environment: Literal["production", "sandbox"] = "production"
    name: str | None = Field(default=None, min_length=1, max_length=80)
    return_url: str | None = Field(default=None, max_length=2048)
    invite: bool = False


class NewSession(Answer):
    """A session; it ends at `expires_at`, and the token is shown this once."""

    token: str
    console_url: str
    expires_at: str


class EndSessions(Strict):
    """Whose sessions to end: one user's, or everybody's."""

    user: str | None = Field(default=None, min_length=1, max_length=256)


class EndedSessions(Answer):
    """How many sessions ended."""

    ended: int


class OwnSession(Answer):
    """Who is at the browser, and what the session is bound to."""

    tenant: str
    user: str
    role: Role
    may_set_pull_rules: bool = Field(description="Operators may; admins where the deployment lets them.")
    origin: str | None = Field(description="The page that embeds the console; null when it stands alone.")
    source: str | None = Field(description="The only source that the session may touch; null for all.")
    acts_for: str | None = Field(description="The operator who opened this tenant; null for the tenant's own people.")


class PolicyChange(Strict):
    """What operators set for this tenant; null, or what is left out, is as the deployment says. It replaces what was set before."""

    quota_share_percent: int | None = Field(
        default=None, ge=1, le=100, description="The part of the org's daily calls that Causeway may use up."
    )
    admins_may_set_pull_rules: bool | None = None
    templates: list[Template] | None = Field(
        default=None, description="The ready templates that the tenant's people are offered; null for all."
    )


class DeploymentPolicy(Answer):
    """What the deployment says where nothing is set for a tenant."""

    quota_share_percent: int
    admins_may_set_pull_rules: bool
    templates: list[Template]


class TenantPolicy(Answer):
    """What operators set for this tenant, and what the deployment says where that is null."""

    quota_share_percent: int | None
    admins_may_set_pull_rules: bool | None
    templates: list[Template] | None
    deployment: DeploymentPolicy


class OrgUsage(Answer):
    """The org's API calls of the last 24 hours."""

    used: int
    allowed: int
    read_at: str


class PastStatus(Answer):
    """One entry of the history of statuses."""

    status: Status
    cause: str | None
    since: str
    org_id: str | None


class OwnApp(Answer):
    """The tenant's own app; its secret is never shown."""

    client_id: str


class Connection(Answer):
    """A tenant's connection: status, cause, and what to do."""

    tenant: str
    status: Status
    cause: str | None
    message: str | None = Field(description="What is the matter and why, for an admin; null when all is well.")
    remedy: str | None
    since: str | None
    name: str | None
    environment: str
    org_id: str | None
    username: str | None
    user_id: str | None
    instance_url: str | None
    flow: str
    app: str
    own_app: OwnApp | None
    api_version: str
    refreshed_at: str | None
    usage: OrgUsage | None
    history: list[PastStatus]


class WatchedConnection(Connection):
    """The connection with what waits for it."""

    waiting: int = Field(description="Changes that are kept until they can be pushed, and then go on by themselves.")


class EndedConnection(Connection):
    """The connection after it was ended."""

    revoked: bool = Field(
        description="Whether Salesforce has confirmed that the grant is dead; else it is tried again."
    )


class ConnectionLine(Answer):
    """One tenant in the operator's list, with its changes that are parked: `refused` ones need a person, `waiting` ones go on."""

    tenant: str
    status: Status
    cause: str | None
    since: str | None
    name: str | None
    org_id: str | None
    environment: str
    usage: OrgUsage | None
    refused: int
    waiting: int
    is_counted: bool = Field(description="False when there are more than these.")


class Connections(Answer):
    """Tenants that ever connected."""

    connections: list[ConnectionLine]
    next: str | None = None


class TestedUser(Answer):
    """The connected user."""

    id: str
    name: str | None
    username: str | None
    profile: str | None
    active: bool


class TestedOrg(Answer):
    """The org; all but the id is null where the user may not read it."""

    id: str
    name: str | None = None
    edition: str | None = None
    is_sandbox: bool | None = None
    instance: str | None = None
    instance_url: str | None = None


class TestedUsage(Answer):
    """The org's API calls of the last 24 hours, and what its edition and licences allow."""

    used: int
    allowed: int


class TestedSObject(Answer):
    """What the connected user may do with one sObject in use."""

    name: str
    read: bool
    create: bool
    edit: bool


class Finding(Answer):
    """One thing that stops records (`error`) or may surprise (`warning`, `note`), with its remedy."""

    level: Literal["error", "warning", "note"]
    code: str
    message: str
    remedy: str
    sobject: str | None
    field: str | None


class TestReport(Answer):
    """What a test of the connection found; `ok` false means that records will not flow."""

    ok: bool
    tested_at: str
    user: TestedUser | None
    org: TestedOrg | None
    usage: TestedUsage | None
    sobjects: list[TestedSObject]
    findings: list[Finding]
