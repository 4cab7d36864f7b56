"""The shapes of the API's answers about parked changes."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from causeway.api.bodies.places import Place
from causeway.api.bodies.shared import Answer
from causeway.api.paging import Page
from causeway.contract.names import SOURCE, Strict

GROUP = r"^[A-Za-z0-9_-]{12}$"
UNREADABLE = "_unreadable"


class ParkedFilter(Strict):
    """Which parked changes: of one code, source, record, or group of equal reasons."""

    code: str | None = Field(default=None, min_length=1, max_length=128)
    source: str | None = Field(default=None, pattern=SOURCE)
    key: str | None = Field(default=None, min_length=1, max_length=256)
    group: str | None = Field(default=None, pattern=GROUP)


class ParkedQuery(ParkedFilter, Page):
    """Which parked changes; `tenant=_unreadable` shows operators what named no tenant."""

    tenant: Literal["_unreadable"] | None = None


class ExportQuery(ParkedFilter):
    """Which parked changes to write as CSV, and where to go on."""

    next: str | None = Field(default=None, max_length=4096, description="What the part before answered as `X-Next`.")


class ParkedChange(Answer):
    """One change that is kept with its reason; `change` as it was sent, or `body` when it could not be parsed."""

    parked_id: str
    tenant: str
    source: str | None
    key: str | None
    sync: str | None
    code: str
    reason: str
    remedy: str
    parked_at: str
    retry_when: str | None = Field(description="What it waits for before it goes on by itself; null needs `redrive`.")
    change: dict[str, Any] | None = None
    body: str | None = None


class Parked(Answer):
    """Parked changes by id."""

    parked: list[ParkedChange]
    next: str | None = None


class Group(Answer):
    """
    Changes that are parked for one reason: how many, since when and until when. Waiting ones go on by themselves.

    What only one record says (a value, an address, a number) is `…` in `reason`; `example` is the newest one's in full.
    """

    group: str
    code: str
    source: str | None
    sync: str | None
    reason: str
    example: str
    remedy: str
    count: int
    first_parked_at: str
    last_parked_at: str
    retry_when: str | None = Field(description="What they wait for before they go on; null needs `redrive`.")
    place: Place = Field(description="Where a person mends it.")


class Groups(Answer):
    """A tenant's parked changes by reason, largest group first; `total` counts changes for each sync that refused them."""

    groups: list[Group]
    total: int
    is_complete: bool = Field(description="False when there are more changes than were counted.")


class RedriveRequest(Strict):
    """Which parked changes to send again: all, those of one code, source, record or group, or the ones with these ids."""

    code: str | None = Field(default=None, min_length=1, max_length=128)
    source: str | None = Field(default=None, pattern=SOURCE)
    key: str | None = Field(default=None, min_length=1, max_length=256)
    group: str | None = Field(default=None, pattern=GROUP)
    parked_ids: list[str] = Field(default=[], max_length=200)

    @model_validator(mode="after")
    def _is_one_selection(self) -> RedriveRequest:
        filters = [self.code, self.source, self.key, self.group]
        if self.parked_ids and any(filters):
            raise ValueError("give either `parked_ids` or filters, not both")
        if self.group and any(filters[:3]):
            raise ValueError("a group is a code, a source and a sync already; give it alone")
        return self


class Selection(Answer):
    """Which parked changes a request named; all of the tenant's where everything is null."""

    code: str | None
    source: str | None
    key: str | None
    group: str | None = None
    parked_ids: list[str] = Field(default=[])


class Accepted(Selection):
    """It is on its way, for what was named: `total` changes. `GET …/parked/redrives` shows how far it is."""

    accepted: bool
    redrive_id: str
    total: int


class RedriveProgress(Selection):
    """
    How far a request to send parked changes again is. Every one of them is decided anew: written, or parked again with its reason.

    `waiting`: nothing was sent yet, because the schedule comes each minute or the tenant cannot push now; `sending`; `settling`: all
    was sent; `completed`; `unsettled`: a day after it was sent, `left` changes had not been decided anew, and stay listed.
    """

    redrive_id: str
    status: Literal["waiting", "sending", "settling", "completed", "unsettled"]
    requested_at: str
    ended_at: str | None
    total: int = Field(description="How many changes were parked at the request.")
    sent: int
    passed_over: int = Field(
        description="How many were not sent: their sync is off or gone, or the message breaks its contract."
    )
    left: int = Field(description="How many are parked as they were at the request.")
    percent: int = Field(description="100 when it has ended.")


class Redrives(Answer):
    """Requests to send parked changes again, newest first: those under way, and those that ended in the last 30 days."""

    redrives: list[RedriveProgress]
