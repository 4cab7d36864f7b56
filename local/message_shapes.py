"""The messages on OutboundQueue as readers may rely on them: docs/schemas/ is made of this, and tests hold what is sent against it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from causeway.contract.names import SOURCE, SYNC_ID, TENANT, Strict
from causeway.contract.outcomes import Result
from pydantic import Field, JsonValue

SalesforceId = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{15}([0-9A-Za-z]{3})?$")]
Tenant = Annotated[str, Field(pattern=TENANT)]
Source = Annotated[str, Field(pattern=SOURCE)]
SyncId = Annotated[str, Field(pattern=SYNC_ID)]
Data = Annotated[
    dict[str, JsonValue], Field(description="Account and owner data by name, such as salesforce_account_name.")
]


class FieldWarning(Strict):
    """One thing about one field that was not done as asked; the codes are listed in docs/errors.md."""

    field: str
    code: str
    detail: str


class MatchCandidate(Strict):
    """One record that matched."""

    id: SalesforceId
    matched_by: str
    chosen: bool


class PublishedOutcome(Strict):
    """What became of one change for one sync; `sync` is null when no sync was concerned."""

    key: str
    sync: SyncId | None
    sobject: str | None
    result: Result
    code: str | None = Field(description="A stable word, listed in docs/errors.md; null where the result says all.")
    detail: str | None
    remedy: str | None
    salesforce_id: SalesforceId | None
    fields_written: list[str]
    warnings: list[FieldWarning]
    candidates: list[MatchCandidate] = Field(max_length=10)
    data: Data
    signals: list[str]
    # With a default, so that clients read what a version before sent.
    held_ms: int = Field(
        default=0,
        ge=0,
        description="For how long the change was gathered with others, so that the org's calls last for the day.",
    )


class OutcomesMessage(Strict):
    """Outcomes of changes of one tenant and source, at most 1 MiB."""

    version: Literal[1]
    type: Literal["outcomes"]
    tenant: Tenant
    source: Source
    run: str | None
    outcomes: list[PublishedOutcome] = Field(min_length=1)


class Converted(Strict):
    """What a converted lead became."""

    contact_id: SalesforceId | None
    account_id: SalesforceId | None
    opportunity_id: SalesforceId | None


class PulledRecord(Strict):
    """One record of the org that was created, changed or removed; `values` by the product's field names."""

    kind: Literal["created", "updated", "deleted", "merged", "converted", "left_rule"]
    salesforce_id: SalesforceId
    key: str | None
    system_modstamp: str
    values: dict[str, Any]
    data: Data
    signals: list[str]
    merged_into: SalesforceId | None
    converted: Converted | None


class PageHead(Strict):
    """What every page of records says of itself."""

    version: int
    type: Literal["records"]
    tenant: Tenant
    source: Source
    sync: SyncId
    sobject: str
    run: str
    page: int = Field(ge=1)
    page_id: str
    last: bool


class RecordsMessage(PageHead):
    """One page of a pull, at most 1 MiB. Delivery is at least once: `page_id` is the same each time."""

    version: Literal[1]
    records: list[PulledRecord]


class SharingRecord(Strict):
    """
    One record of a page in version 2, which leaves out what is empty.

    `data` is the place of its account and owner data among the page's. The Id of its person in its own sObject is
    `salesforce_id`, unless `salesforce_lead_id` or `salesforce_contact_id` says another.
    """

    kind: Literal["created", "updated", "deleted", "merged", "converted", "left_rule"]
    salesforce_id: SalesforceId
    system_modstamp: str
    values: dict[str, Any]
    key: str | None = None
    signals: list[str] = Field(default_factory=list)
    merged_into: SalesforceId | None = None
    converted: Converted | None = None
    salesforce_lead_id: SalesforceId | None = None
    salesforce_contact_id: SalesforceId | None = None
    data: int | None = Field(default=None, ge=0)


class SharedRecordsMessage(PageHead):
    """One page of a pull with `RecordsVersion` 2: `data` holds account and owner data once for all records that have the same."""

    version: Literal[2]
    data: list[Data]
    records: list[SharingRecord]
