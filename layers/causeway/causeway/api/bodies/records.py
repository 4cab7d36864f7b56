"""The shapes of the API's requests and answers about records of the product."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from causeway.api.bodies.parked import ParkedChange
from causeway.api.bodies.shared import Answer
from causeway.contract.names import SOURCE, Strict


class SearchQuery(Strict):
    """What a record is called: its key, an e-mail address, or a Salesforce Id."""

    q: str = Field(min_length=1, max_length=256)
    source: str | None = Field(default=None, pattern=SOURCE)


class FoundRecord(Answer):
    """One record of the product; `found_by` is `key`, `email` or `salesforce_id`."""

    source: str
    key: str
    links: dict[str, str]
    found_by: str


class FoundRecords(Answer):
    """The records that a text names."""

    records: list[FoundRecord]


class TimelineQuery(Strict):
    """Where a timeline goes on."""

    next: str | None = Field(default=None, max_length=4096, description="What the part before answered as `next`.")


class EventDecision(Answer):
    """What became of a change for one sync."""

    sync: str
    sobject: str
    result: str
    code: str | None
    detail: str | None
    remedy: str | None
    salesforce_id: str | None
    fields_written: list[str]
    warnings: list[dict[str, Any]]
    candidates: list[dict[str, Any]]
    signals: list[str]


class TimelineEvent(Answer):
    """One change of a record: when it was settled, what was sent, and what was decided for each sync."""

    at: str
    settlement: str = Field(description="Names the event; `POST records/send-again` takes it.")
    sent_at: str
    run: str | None
    change: dict[str, Any]
    is_whole: bool = Field(description="False when long values were cut and the conversation was left out.")
    decisions: list[EventDecision]


class Timeline(Answer):
    """What happened to a record, newest first, for as long as the history is kept."""

    events: list[TimelineEvent]
    next: str | None = None


class Record(Timeline):
    """
    Its Salesforce Ids by sObject, the last outcome by sync, account and owner data, and what happened to it.

    `field_times` says by Salesforce Id and field when the change occurred that last decided it.
    """

    source: str
    key: str
    links: dict[str, str]
    outcomes: dict[str, dict[str, Any]]
    data: dict[str, Any]
    field_times: dict[str, dict[str, str]]
    parked: list[ParkedChange] = Field(description="Its changes that were refused and are kept, 50 at most.")
    instance_url: str | None = Field(description="Where the org's records are: an Id after it opens the record.")


class SendAgainRequest(Strict):
    """Which change of which record to send through the syncs of its source again."""

    source: str = Field(pattern=SOURCE)
    key: str = Field(min_length=1, max_length=256)
    settlement: str = Field(min_length=1, max_length=64)


class SentAgain(Answer):
    """It is on its way, for these syncs; what the present rules would not change is answered from memory."""

    accepted: bool
    syncs: list[str]
