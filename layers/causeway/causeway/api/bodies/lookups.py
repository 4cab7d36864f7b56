"""The shapes of a lookup: who is asked for, and what is answered."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from causeway.api.bodies.shared import Answer
from causeway.contract.names import SOURCE, Strict
from causeway.lookups.items import MAX_AGE_S, MAX_ITEMS

SOBJECT = r"^[A-Za-z]\w{0,79}$"
MAX_FIELDS = 50  # of one sObject

Path = Annotated[str, StringConstraints(min_length=1, max_length=255)]


class ExternalId(Strict):
    """A record by a value that only it holds in a field, such as an external ID."""

    sobject: str = Field(pattern=SOBJECT)
    field: str = Field(pattern=SOBJECT)
    value: str = Field(min_length=1, max_length=255)


class LookupItem(Strict):
    """
    One person, company or record. Give whatever is known; what is given is used in the order in which a push matches.

    `source` and `key` name a record of the product. `sobject` says of what `salesforce_id` is, where the Id's prefix does not.
    """

    email: str | None = Field(default=None, min_length=1, max_length=320)
    source: str | None = Field(default=None, pattern=SOURCE)
    key: str | None = Field(default=None, min_length=1, max_length=256)
    salesforce_id: str | None = Field(default=None, min_length=1, max_length=64)
    sobject: str | None = Field(default=None, pattern=SOBJECT)
    external_id: ExternalId | None = None
    company: str | None = Field(default=None, min_length=1, max_length=255)

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.key and not self.source:
            raise ValueError("a key needs its source")
        if not (self.email or self.key or self.salesforce_id or self.external_id or self.company):
            raise ValueError("an item needs email, source and key, salesforce_id, external_id or company")
        return self


class LookupRequest(Strict):
    """
    Who to look up, and which fields to answer besides the usual ones.

    `fields` lists Salesforce fields by sObject; paths such as `Owner.Title` are fine. `counts`: open opportunities and cases of
    the account. An answer to the same question that is at most `max_age_s` old costs no API call.
    """

    items: list[LookupItem] = Field(min_length=1, max_length=MAX_ITEMS)
    fields: dict[
        Annotated[str, StringConstraints(pattern=SOBJECT)], Annotated[list[Path], Field(max_length=MAX_FIELDS)]
    ] = Field(default_factory=dict, max_length=10)
    counts: bool = True
    max_age_s: int = Field(default=60, ge=0, le=MAX_AGE_S)


class FoundOwner(Answer):
    """A user of the org; null where the connected user may not see it."""

    id: str | None
    name: str | None
    email: str | None


class FoundPerson(Answer):
    """A lead or contact; `matched_by` says by what, as in outcomes. `values` has the fields that were asked for."""

    id: str
    matched_by: str | None
    is_converted: bool
    values: dict[str, Any]


class FoundAccount(Answer):
    """An account; counts are null where they were not asked for or the connected user may not see them, and stop at 200."""

    id: str
    name: str | None
    website: str | None
    owner: FoundOwner
    open_opportunities: int | None
    open_cases: int | None
    values: dict[str, Any]


class FoundRecord(Answer):
    """A record of another sObject."""

    sobject: str
    id: str
    values: dict[str, Any]


class LookupCandidate(Answer):
    """One record that matches."""

    id: str
    matched_by: str
    chosen: bool


class LookupResult(Answer):
    """
    What the org knows of one item.

    `detail` says why nothing was found. `owner` is the assigned sales rep: the lead's owner, else the contact's; an active user.
    `data` has the names of outcomes. `signals` are the conditions of the tenant's syncs that hold for what was found.
    """

    found: bool
    detail: str | None
    lead: FoundPerson | None
    contact: FoundPerson | None
    account: FoundAccount | None
    owner: FoundOwner | None
    record: FoundRecord | None
    data: dict[str, Any]
    signals: list[str]
    candidates: list[LookupCandidate]


class LookupProblem(Answer):
    """A field or signal that is left out of every result, and why."""

    sobject: str
    field: str
    message: str


class LookupAnswer(Answer):
    """The results in the order of the items; `api_calls` is what this request cost, and `read_at` when the org was read."""

    results: list[LookupResult]
    problems: list[LookupProblem]
    api_calls: int
    read_at: str
