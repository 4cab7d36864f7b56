"""What would be done with a change: the match, each field's decision, the request. Nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field, GetJsonSchemaHandler, JsonValue, RootModel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from causeway.api.bodies.shared import Answer
from causeway.api.bound_sessions import Within
from causeway.api.routes.syncs import may_set_pull_rules
from causeway.api.routing import Call, Route
from causeway.connections.access.roles import Role
from causeway.contract.messages import ChangeBody
from causeway.contract.names import SYNC_ID, Strict
from causeway.contract.outcomes import Result
from causeway.push.deciding.planning.field_decisions import Action
from causeway.syncs.drafts import SyncDraft

if TYPE_CHECKING:
    from causeway.wiring.api import UseCases


class ChangeToTry(RootModel[dict[str, JsonValue]]):
    """One change as a push message carries it; it is checked as push would check it."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(ChangeBody.__pydantic_core_schema__)


class DraftToTry(Strict):
    """A sync as it stands in an editor, saved or not, and one change to try with it."""

    sync: SyncDraft
    change: ChangeToTry


class FoundWarning(Answer):
    """One thing about one field that would not be done as asked."""

    field: str
    code: str
    detail: str


class FoundCandidate(Answer):
    """One record that matches."""

    id: str
    matched_by: str
    chosen: bool


class FieldDecision(Answer):
    """What would become of one field."""

    field: str
    action: Action
    value: Any = None
    before: Any = Field(default=None, description="What the record says now, where a write would replace it.")
    is_default: bool = False


class NewParent(Answer):
    """One record that would be created by name before the write, for a lookup to refer to."""

    field: str
    sobject: str
    name: str


class WriteRequest(Answer):
    """The one write that would be sent, as part of a collection."""

    method: str
    sobject: str
    id: str | None
    external_id_field: str | None
    values: dict[str, Any]
    allow_duplicates: bool
    run_assignment_rules: bool


class DryRun(Answer):
    """The outcome that pushing the change would have now; `request` is null when nothing would be written."""

    key: str
    sync: str | None
    sobject: str | None
    result: Result
    code: str | None
    detail: str | None
    remedy: str | None
    salesforce_id: str | None
    fields_written: list[str]
    warnings: list[FoundWarning]
    candidates: list[FoundCandidate]
    data: dict[str, Any]
    signals: list[str]
    fields: list[FieldDecision] = Field(description="Each mapped field: written, equal, kept or left out.")
    parents: list[NewParent] = Field(
        description="Records that would be created first; in `values` a sentence stands in place of their Ids."
    )
    request: WriteRequest | None


def try_change(call: Call, use: UseCases) -> dict[str, Any]:
    """Tell what would be done with a change: the match, each field's decision, the request. Nothing is written."""
    return use.dry_run(call.tenant, use.syncs.get(call.tenant, call.path["sync"]), call.body.root)


def try_draft(call: Call, use: UseCases) -> dict[str, Any]:
    """Tell what would be done with a change by a draft of a sync that nobody has saved. Nothing is written."""
    allowed = may_set_pull_rules(call, use)
    sync = use.syncs.drafted(call.tenant, call.body.sync, may_set_pull_rules=allowed)
    return use.dry_run(call.tenant, sync, call.body.change.root)


ROUTES = (
    Route(
        "POST",
        "syncs/dry-run",
        try_draft,
        least=Role.INTEGRATOR,
        within_source=Within.BODY,
        body=DraftToTry,
        answers=DryRun,
    ),
    Route(
        "POST",
        "syncs/{sync}/dry-run",
        try_change,
        least=Role.INTEGRATOR,
        within_source=Within.SYNC,
        body=ChangeToTry,
        answers=DryRun,
        patterns={"sync": SYNC_ID},
    ),
)
