"""Syncs: read, save, change, delete, and what is proposed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from causeway.api.bodies.shared import CheckedDraft, Syncs, TemplateLine, Templates
from causeway.api.bound_sessions import Within
from causeway.api.routing import Call, Route
from causeway.connections.access.roles import Role
from causeway.contract.names import SOURCE, SYNC_ID, Strict
from causeway.errors import Forbidden
from causeway.syncs.drafts import SyncDraft
from causeway.syncs.ready_made import TEMPLATES, Template
from causeway.syncs.sync import Sync

if TYPE_CHECKING:
    from causeway.wiring.api import UseCases


class ProposedQuery(Strict):
    """
    For which source and sObject, with the rules and rows of which template; a template has a usual source and sObject.

    Without template and sObject: what a new connection starts with. Without source: the template's, or `lead`.
    """

    sobject: str | None = Field(default=None, pattern=r"^[A-Za-z][A-Za-z0-9_]{0,79}$")
    source: str | None = Field(default=None, pattern=SOURCE)
    template: Template | None = None


def list_syncs(call: Call, use: UseCases) -> Syncs:
    """List the syncs."""
    within = call.caller.source  # a session may be bound to one source
    return Syncs(syncs=[sync for sync in use.syncs.list(call.tenant) if within in ("", sync.source)])


def read_sync(call: Call, use: UseCases) -> Sync:
    """Read (export) one sync."""
    return use.syncs.get(call.tenant, call.path["sync"])


def save_sync(call: Call, use: UseCases) -> Sync:
    """Save a new sync, or one exported elsewhere. Its problems come back with it; errors block enabling."""
    return use.syncs.create(call.tenant, call.body, may_set_pull_rules=may_set_pull_rules(call, use))


def change_sync(call: Call, use: UseCases) -> Sync:
    """Change a sync: what is left out keeps its value; `revision` guards against overwriting somebody else's change."""
    allowed = may_set_pull_rules(call, use)
    return use.syncs.change(call.tenant, call.path["sync"], call.body, may_set_pull_rules=allowed)


def check_draft(call: Call, use: UseCases) -> CheckedDraft:
    """Tell what a save would find wrong with a draft, without saving it. Made for an editor: it asks while a person types."""
    allowed = may_set_pull_rules(call, use)
    return CheckedDraft(problems=list(use.syncs.problems_of(call.tenant, call.body, may_set_pull_rules=allowed)))


def delete_sync(call: Call, use: UseCases) -> None:
    """Delete a sync's rules. Nothing that was synced is deleted on either side."""
    use.syncs.delete(call.tenant, call.path["sync"])


def propose_syncs(call: Call, use: UseCases) -> Syncs:
    """Propose syncs that may be saved as they are or changed first."""
    if call.query.template is not None and call.query.template not in _offered(call, use):
        raise Forbidden(f"The template '{call.query.template}' is not offered to this tenant.")
    return Syncs(syncs=list(use.syncs.proposed(call.query.source, call.query.sobject, call.query.template)))


def list_templates(call: Call, use: UseCases) -> Templates:
    """List the ready templates that the tenant is offered; propose a sync of one with its name."""
    lines = [
        TemplateLine(
            name=name, title=ready.title, purpose=ready.purpose, source=ready.source, sobjects=list(ready.sobjects)
        )
        for name in _offered(call, use)
        if (ready := TEMPLATES[name])
    ]
    return Templates(templates=lines)


def _offered(call: Call, use: UseCases) -> Sequence[Template]:
    """Return the templates that a caller may begin with: those that operators chose for the tenant; operators have all."""
    if call.caller.role is Role.OPERATOR:
        return tuple(TEMPLATES)
    chosen = use.connections.get(call.tenant).policy.templates
    return [name for name in TEMPLATES if chosen is None or name in chosen]


def may_set_pull_rules(call: Call, use: UseCases) -> bool:
    """Return whether a caller sets pull rules: operators do, admins where the deployment, or an operator for the tenant, lets them."""
    role = call.caller.role
    if role is Role.OPERATOR or not role.includes(Role.INTEGRATOR):
        return role is Role.OPERATOR
    own = use.connections.get(call.tenant).policy.admins_may_set_pull_rules
    return use.settings.admins_may_set_pull_rules if own is None else own


_SYNC = {"sync": SYNC_ID}

ROUTES = (
    Route("GET", "syncs", list_syncs, least=Role.VIEWER, within_source=Within.LISTED, answers=Syncs),
    Route(
        "POST",
        "syncs",
        save_sync,
        least=Role.INTEGRATOR,
        within_source=Within.BODY,
        body=SyncDraft,
        answers=Sync,
        status=201,
    ),
    Route(
        "POST",
        "syncs/check",
        check_draft,
        least=Role.INTEGRATOR,
        within_source=Within.BODY,
        body=SyncDraft,
        answers=CheckedDraft,
    ),
    Route(
        "GET",
        "syncs/proposed",
        propose_syncs,
        least=Role.VIEWER,
        within_source=Within.QUERY,
        query=ProposedQuery,
        answers=Syncs,
    ),
    Route("GET", "templates", list_templates, least=Role.VIEWER, answers=Templates),
    Route(
        "GET",
        "syncs/{sync}",
        read_sync,
        least=Role.VIEWER,
        within_source=Within.SYNC,
        answers=Sync,
        patterns=_SYNC,
    ),
    Route(
        "PUT",
        "syncs/{sync}",
        change_sync,
        least=Role.INTEGRATOR,
        within_source=Within.SYNC,
        body=SyncDraft,
        answers=Sync,
        patterns=_SYNC,
    ),
    Route(
        "DELETE",
        "syncs/{sync}",
        delete_sync,
        least=Role.INTEGRATOR,
        status=204,
        patterns=_SYNC,
    ),
)
