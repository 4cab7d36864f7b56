"""What arrives on the outbound queue and from the event bus, read into typed messages. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from causeway_client.generated.outcomes import OutcomesMessage
from causeway_client.generated.records import RecordsMessage
from causeway_client.shared_pages import is_shared_page, plain_page

EVENT_SOURCE = "causeway"


class Unreadable(ValueError):
    """A message is none that this version of the package knows."""


class Event(BaseModel):
    """One event of the deployment's event bus, as an EventBridge rule delivers it to a queue or function."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    kind: str = Field(alias="detail-type")
    source: str
    time: datetime
    detail: dict[str, Any]

    @property
    def tenant(self) -> str | None:
        """Return whom the event is about, None where it is nobody."""
        tenant = self.detail.get("tenant")
        return tenant if isinstance(tenant, str) else None


type Received = OutcomesMessage | RecordsMessage | Event


def read_message(body: str) -> Received:
    """
    Return what a message says; raise Unreadable for anything else than outcomes, records or an event.

    A page of records in version 2 is read as one of version 1 would be, so that a handler needs to know one shape only.
    Keys that this version of the package does not know are left out: a newer deployment may send more.
    """
    try:
        raw = json.loads(body)
    except ValueError as error:
        raise Unreadable(f"The message is no JSON: {error}.") from None
    if not isinstance(raw, Mapping):
        raise Unreadable("The message is no JSON object.")
    try:
        given = plain_page(raw) if is_shared_page(raw) else raw
        return _model_of(given).model_validate(given, extra="ignore")
    except (LookupError, TypeError, AttributeError) as error:
        raise Unreadable(f"The page of records does not fit its schema: {error!r}.") from None
    except ValidationError as error:
        raise Unreadable(f"The message does not fit its schema: {error}.") from None


def _model_of(raw: Mapping[str, Any]) -> type[OutcomesMessage] | type[RecordsMessage] | type[Event]:
    if raw.get("type") == "outcomes":
        return OutcomesMessage
    if raw.get("type") == "records":
        return RecordsMessage
    if raw.get("source") == EVENT_SOURCE and "detail-type" in raw:
        return Event
    raise Unreadable(f"The message is of an unknown type: {raw.get('type', raw.get('detail-type'))!r}.")


def identity_of(message: Received, message_id: str) -> str:
    """
    Return the id by which a message is recognized when it comes again.

    A page of records and an event keep their own id whatever brings them; outcomes have that of their SQS message.
    """
    if isinstance(message, RecordsMessage):
        return f"page:{message.tenant}:{message.page_id}"
    if isinstance(message, Event):
        return f"event:{message.id}"
    return f"message:{message_id}"
