"""The format of a case file; unknown keys are refused, so that a misspelt expectation cannot pass unnoticed."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Records(_Part):
    """Rows that are there before; `names` binds their Ids, in order, to `$name`."""

    sobject: str
    rows: list[dict[str, Any]] | dict[str, Any]
    names: list[str] = Field(default_factory=list)


class Control(_Part):
    """One call of the simulated org's control API; `bind` names values of its answer by their path."""

    call: str
    body: dict[str, Any] = Field(default_factory=dict)
    bind: dict[str, str] = Field(default_factory=dict)


class OrgSetup(_Part):
    """What is done to the org: settings, declarations, records, faults, then further control calls."""

    settings: dict[str, Any] = Field(default_factory=dict)
    declare: dict[str, Any] = Field(default_factory=dict)
    records: list[Records] = Field(default_factory=list)
    faults: list[dict[str, Any]] = Field(default_factory=list)
    clear_faults: bool = False
    advance_s: int = 0
    control: list[Control] = Field(default_factory=list)


class Push(_Part):
    """One push message, by its changes or as the very text that a product sends."""

    source: str = "lead"
    changes: list[dict[str, Any]] | dict[str, Any] = Field(default_factory=list)
    text: str | None = None


class ApiCall(_Part):
    """One call of the HTTP API below `/v1/tenants/{tenant}/`, with the status and the parts of the answer that must hold."""

    method: str = "GET"
    path: str
    body: dict[str, Any] | None = None
    query: dict[str, str] = Field(default_factory=dict)
    status: int = 200
    answer: Any = None
    bind: dict[str, str] = Field(default_factory=dict)


class Saved(_Part):
    """A sync saved in the middle of a case, and what the save check must say."""

    sync: dict[str, Any]
    status: int = 201
    enabled: bool | None = None
    problems: list[Any] | dict[str, Any] | None = None
    answer: Any = None


class DryRun(_Part):
    """What a dry run of a change must say."""

    sync: str
    change: dict[str, Any]
    answer: Any


class Pulled(_Part):
    """
    A run that is started now: how it ends, what it says, and the records that it delivers (`only`: these and no others).

    With `imports`, the body of an import, records are read once beyond the schedule.
    """

    sync: str
    run: dict[str, Any] = Field(default_factory=lambda: {"status": "completed"})
    records: list[Any] | None = None
    only: bool = True
    cancel: bool = False
    imports: dict[str, Any] | None = None


class Visit(_Part):
    """Connecting in a browser: what is asked for, which buttons and links are pressed, and what the last page must have."""

    link: dict[str, Any] = Field(default_factory=dict)
    link_status: int = 201
    link_answer: Any = None
    open: str = ""
    reopen: bool = False
    press: list[str] = Field(default_factory=lambda: ["Continue", "Log In", "Allow"])
    login: dict[str, str] = Field(default_factory=dict)
    words: list[str] = Field(default_factory=list)
    no_words: list[str] = Field(default_factory=list)
    links: dict[str, Any] = Field(default_factory=dict)
    url: Any = None
    connection: Any = None


class Refresh(_Part):
    """The access token refreshed, as often as `times` says; what the token broker answers in the end, and the connection then."""

    times: int = 1
    result: Any = None
    connection: Any = None


class Step(_Part):
    """One step: exactly one of these, in the order that people do them; expectations follow what they are about."""

    org: OrgSetup | None = None
    push: Push | list[Push] | None = None
    outcomes: list[Any] | dict[str, Any] | None = None
    redrive: dict[str, Any] | None = None
    replay: bool | None = None
    rows: dict[str, list[Any] | dict[str, Any]] | None = None
    parked: list[Any] | dict[str, Any] | None = None
    calls: dict[str, Any] | None = None
    api: ApiCall | None = None
    save: Saved | None = None
    dry_run: DryRun | None = None
    pull: Pulled | None = None
    visit: Visit | None = None
    refresh: Refresh | None = None
    wait_s: float | None = None

    def named(self) -> tuple[str, Any]:
        """Return the one thing that this step does; raises ValueError when it is not one."""
        given = [(name, value) for name, value in self if value is not None]
        if len(given) != 1:
            raise ValueError(f"a step does one thing, this one names {[name for name, _ in given]}")
        return given[0]


class Case(_Part):
    """One situation: `name` is a sentence that says what the user sees; `kind` is the kind that it stands for (such as P1)."""

    name: str
    org: OrgSetup = Field(default_factory=OrgSetup)
    connected: bool = True
    deployment: dict[str, str] = Field(default_factory=dict)
    syncs: list[dict[str, Any]] = Field(default_factory=list)
    steps: list[Step]
    kind: str = ""
    place: Literal["any", "deployed", "process"] = "any"


class CaseFile(_Part):
    """The cases of one kind; `source` says where people reported it."""

    kind: str
    title: str
    source: str = ""
    cases: list[Case]
