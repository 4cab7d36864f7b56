"""The shapes of the API's answers and queries that are not a sync's or another use case's own."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from causeway.contract.names import Strict
from causeway.syncs.discovery.product_fields import MAX_FIELDS, ProductField
from causeway.syncs.sync import Problem, Sync


class Answer(BaseModel):
    """What the API answers; built from the use cases' own records."""

    model_config = ConfigDict(from_attributes=True, defer_build=True)  # most requests use few of these


class Syncs(Answer):
    """The syncs of a tenant."""

    syncs: list[Sync]
    next: str | None = None


class TemplateLine(Answer):
    """A ready template: what it is for, the source that it usually serves, and the sObjects that it fits, the usual one first."""

    name: str
    title: str
    purpose: str
    source: str
    sobjects: list[str]


class Templates(Answer):
    """The ready templates of syncs."""

    templates: list[TemplateLine]


class CheckedDraft(Answer):
    """What a save would find wrong with a draft; errors would block enabling it."""

    problems: list[Problem]


class SObjectLine(Answer):
    """One sObject of the org."""

    name: str
    label: str
    createable: bool
    updateable: bool
    queryable: bool
    custom: bool


class SObjects(Answer):
    """The sObjects of the org by label."""

    sobjects: list[SObjectLine]
    next: str | None = None


class Choice(Answer):
    """One picklist value; `valid_for` lists the controlling field's values it may stand beside, null when it depends on none."""

    value: str
    label: str
    active: bool
    default: bool
    valid_for: list[str] | None = None


class OrgField(Answer):
    """One field of an sObject as the connected user sees it."""

    name: str
    label: str
    type: str
    length: int
    required: bool = Field(description="A create must carry it: it may not be empty and Salesforce gives no default.")
    createable: bool
    updateable: bool
    custom: bool
    unique: bool
    external_id: bool
    controller: str | None = None
    relationship: str | None = None
    reference_to: list[str]
    picklist: list[Choice]


class ValidationRule(Answer):
    """One active validation rule of an sObject."""

    name: str
    message: str
    field: str | None = None


class SObject(Answer):
    """One sObject with its fields; `validation_rules` is null where the API does not let the connected user read them."""

    name: str
    label: str
    createable: bool
    updateable: bool
    custom: bool
    fields: list[OrgField]
    validation_rules: list[ValidationRule] | None = None


class Refresh(Strict):
    """Ask the org again instead of using what is at most 15 minutes old."""

    refresh: bool = False


class FieldList(Strict):
    """The product's fields of one source; learned ones were seen in messages and never registered."""

    fields: list[ProductField] = Field(max_length=MAX_FIELDS)


class Usage(Answer):
    """The org's API calls of the last 24 hours by all of its tools; null before the first call."""

    used: int | None
    allowed: int | None
    share: float | None
    read_at: str | None
    pauses_at: int | None = Field(
        description="Causeway stops here and keeps changes waiting: the rest is for other tools."
    )
    is_alarming: bool
    gathering_s: int | None = Field(
        description="For how long changes are gathered at present, in seconds; a sync's deliver_within_s may end it sooner."
    )
    pace: str | None = Field(
        description="The same as a sentence, such as: gathering for 20 s to stay within 12,000 calls a day."
    )


class Health(Answer):
    """The API is up."""

    status: str = "ok"


class ErrorBody(Answer):
    """What happened and why, what to do, and which places of the request it is about."""

    code: str
    message: str
    remedy: str
    fields: list[str]
    request_id: str
    problems: list[Problem] = Field(default=[], description="Every finding of the save check, with `sync_has_errors`.")


class ErrorAnswer(Answer):
    """The one shape of every error."""

    error: ErrorBody
