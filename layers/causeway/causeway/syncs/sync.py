"""A sync: the rules that tie one source to one sObject (docs/mappings.md). Stored and answered by the API in this very shape."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from causeway.contract.names import SOURCE, SYNC_ID, Strict

WriteRule = Literal["overwrite", "if_empty", "create_only", "append"]
Scalar = str | int | float | bool
DELIVER_WITHIN_S = 300  # for so long a change may be gathered with others unless its sync says otherwise


class Mapping(Strict):
    """
    One row: product field (JMESPath, or a plain name of `fields`), Salesforce field (or relationship path), write rule.

    `values` translates what the product says into what Salesforce takes, `fallback` is for what it does not name; `default` is
    written at creation where the product says nothing. `pull_as`: whether a pull gives the value of a picklist or its label.
    """

    product: str = Field(min_length=1, max_length=1024)
    salesforce: str = Field(min_length=1, max_length=255)
    write_rule: WriteRule | None = None
    overwrite: Literal["always"] | None = None
    create_related: bool = False
    default: Scalar | None = None
    values: dict[str, Scalar | None] = Field(default_factory=dict, max_length=1000)
    fallback: Scalar | None = None
    pull_as: Literal["value", "label"] = "value"


class PushRules(Strict):
    """
    What a push may do; `create_when_missing` needs `update_existing`.

    `deliver_within_s`: for how long after its sending a change may be gathered with others while calls are scarce; 0 is at once.
    """

    update_existing: bool = True
    create_when_missing: bool = False
    create_unless: Literal["person_exists", "never"] = "person_exists"
    several: Literal["newest", "oldest", "reject"] = "newest"
    on_duplicate: Literal["guard", "save", "reject"] = "guard"
    recreate_deleted: bool = False
    assignment_rules: bool = True
    match_fields: tuple[str, ...] = ()
    external_id_field: str | None = None
    when: str | None = None
    deliver_within_s: int = Field(default=DELIVER_WITHIN_S, ge=0, le=3_600)


class Schedule(Strict):
    """When a pull is due: every so many minutes, or daily at a local time; paused keeps the rule without running it."""

    every_minutes: int | None = Field(default=None, ge=1, le=44_640)
    daily_at: str | None = Field(default=None, pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    zone: str = "UTC"
    paused: bool = False


class PullRules(Strict):
    """What a pull reads; `filter` is a structured tree of all/any groups, never raw SOQL."""

    filter: dict[str, Any] | None = None
    schedule: Schedule = Field(
        default_factory=lambda: Schedule(every_minutes=15), json_schema_extra={"default": {"every_minutes": 15}}
    )
    deletes: bool = True
    enrich: bool = False
    conflict: Literal["newest", "salesforce", "product"] = "newest"


class Problem(Strict):
    """One finding of the save check; errors block enabling, warnings do not."""

    level: Literal["error", "warning"]
    code: str
    message: str
    field: str | None = None


class Signal(Strict):
    """
    What a product is told of about a record: `when` a condition begins to hold (with `ended`, also when it stops), or when the value of
    `changed` is another than before. It fires once per record and edge; `every_time`, with every change for which it holds.
    """

    when: str | None = Field(default=None, min_length=1, max_length=4_000)
    changed: str | None = Field(default=None, min_length=1, max_length=4_000)
    fires: Literal["once", "every_time"] = "once"
    ended: bool = False

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if (self.when is None) == (self.changed is None):
            raise ValueError("a signal needs either when or changed")
        return self


class Sync(Strict):
    """One sync as stored; `revision` grows with every change of its rules, `position` orders the syncs of a source."""

    id: str = Field(pattern=SYNC_ID)
    source: str = Field(pattern=SOURCE)
    sobject: str = Field(pattern=r"^[A-Za-z]\w{0,79}$")
    direction: Literal["push", "pull", "bidirectional"] = "push"
    enabled: bool = False
    position: int = Field(default=1, ge=0, le=10_000)
    revision: int = 1
    push: PushRules = Field(default_factory=PushRules, json_schema_extra={"default": {}})
    pull: PullRules = Field(default_factory=PullRules, json_schema_extra={"default": {}})
    email: Literal["automatic", "off"] = "automatic"
    mappings: tuple[Mapping, ...] = ()
    signals: dict[str, str | Signal] = Field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    # Not shown to callers: how new the describe was that it was checked against when it was saved (epoch ms).
    described_at_ms: SkipJsonSchema[int] = Field(default=0, exclude=True)

    @property
    def pushes(self) -> bool:
        """Whether changes of its source flow to the org."""
        return self.enabled and self.direction in ("push", "bidirectional")

    @property
    def pulls(self) -> bool:
        """Whether records of the org flow to the product."""
        return self.enabled and self.direction in ("pull", "bidirectional")
